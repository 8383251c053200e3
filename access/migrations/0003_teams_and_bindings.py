"""Roles are bound to people and to a part of the fleet; the groups that stood for roles go."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

ROLES = [
    ("viewer", "Viewer"),
    ("operator", "Operator"),
    ("approver", "Approver"),
    ("baseline_author", "Baseline Author"),
    ("security_admin", "Security Admin"),
    ("owner", "Owner"),
]
KINDS = [("fleet", "Fleet"), ("ou", "Ou"), ("environment", "Environment"), ("team", "Team"), ("account", "Account")]
BY = "migration"
CAME_TO = {"viewer": ["viewer"], "operator": ["operator", "baseline_author"], "approver": ["approver"]}
"""What each group becomes, on the whole fleet. Operators wrote the baselines until now."""


def bind_groups(apps, schema_editor):
    """Whoever held a role, by group or by a token that still lives, holds it on the fleet."""
    user, token = apps.get_model("auth", "User"), apps.get_model("access", "Token")
    binding = apps.get_model("access", "RoleBinding")
    live = token.objects.filter(revoked_at=None, expires_at__gt=timezone.now())
    held = {*user.objects.filter(groups__name__in=CAME_TO).values_list("pk", "groups__name")}
    held |= {*live.values_list("user_id", "role")}
    for user_id, old in sorted(held):
        for role in CAME_TO.get(old, []):
            binding.objects.get_or_create(user_id=user_id, role=role, scope_kind="fleet", defaults={"granted_by": BY})
    apps.get_model("auth", "Group").objects.filter(name__in=CAME_TO).delete()


class Migration(migrations.Migration):
    dependencies = [("access", "0002_roles"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Team",
            fields=[
                (
                    "name",
                    models.CharField(
                        max_length=100,
                        primary_key=True,
                        serialize=False,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[a-z0-9]([a-z0-9-]*[a-z0-9])?\\Z", "use lower-case letters, digits and hyphens"
                            )
                        ],
                    ),
                ),
                ("description", models.CharField(blank=True, default="", max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.AlterField("token", "role", models.CharField(choices=ROLES, max_length=16)),
        migrations.CreateModel(
            name="RoleBinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(choices=ROLES, max_length=16)),
                ("scope_kind", models.CharField(choices=KINDS, default="fleet", max_length=12)),
                ("scope_value", models.CharField(blank=True, default="", max_length=512)),
                ("granted_by", models.CharField(max_length=150)),
                ("granted_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_bindings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-granted_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "role", "scope_kind", "scope_value"), name="one_binding_per_scope"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scope_kind", "fleet"), ("scope_value", ""))
                        | (~models.Q(scope_kind="fleet") & ~models.Q(scope_value="")),
                        name="binding_names_its_scope",
                    ),
                ],
            },
        ),
        migrations.RunPython(bind_groups, migrations.RunPython.noop),
    ]
