"""Leave room in the lease's pages, so that each claim updates its row in place (HOT)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("provisioning", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE provisioning_lease SET (fillfactor = 70)",
            "ALTER TABLE provisioning_lease RESET (fillfactor)",
        )
    ]
