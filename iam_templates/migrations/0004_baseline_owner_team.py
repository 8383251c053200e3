"""A baseline belongs to a team, or to the fleet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("iam_templates", "0003_assignment_moved_by")]
    operations = [
        migrations.AddField(
            "baseline",
            "owner_team",
            models.CharField(blank=True, default="", help_text="Whose it is; '' for the fleet's.", max_length=100),
        ),
    ]
