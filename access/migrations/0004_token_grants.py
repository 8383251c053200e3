"""A token carries grants of its own, where it may be used, its pepper and its successor."""

from django.db import migrations, models


def roles_become_grants(apps, schema_editor):
    """Each token gives what its role gave, on the fleet; operators wrote the baselines until now."""
    for token in apps.get_model("access", "Token").objects.all():
        roles = ["operator", "baseline_author"] if token.role == "operator" else [token.role]
        token.grants = [{"role": role, "scope": "fleet"} for role in sorted(roles)]
        token.save(update_fields=["grants"])


class Migration(migrations.Migration):
    dependencies = [("access", "0003_teams_and_bindings")]
    operations = [
        migrations.AlterModelOptions("token", {"ordering": ["-created_at", "-id"]}),
        migrations.AddField(
            "token",
            "grants",
            models.JSONField(default=list, help_text='[{"role": "operator", "scope": "team:payments"}]'),
        ),
        migrations.AddField(
            "token",
            "allowed_cidrs",
            models.JSONField(blank=True, default=list, help_text="Where it may be used; [] for anywhere."),
        ),
        migrations.AddField("token", "pepper_id", models.CharField(blank=True, default="", max_length=16)),
        migrations.AddField(
            "token",
            "rotated_to",
            models.CharField(blank=True, default="", help_text="Key id of its successor.", max_length=16),
        ),
        migrations.RunPython(roles_become_grants, migrations.RunPython.noop),
        migrations.RemoveField("token", "role"),
    ]
