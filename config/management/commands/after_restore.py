"""`manage.py after_restore`: make a restored database safe to work with."""

from typing import Any

from django.core.management.base import BaseCommand

from provisioning.services.after_restore import after_restore


class Command(BaseCommand):
    help = (
        "After the database was restored from a backup, before anything else is started: pause the fleet, raise every "
        "fence, end open plans, runs and sessions, and queue a look at every account (docs/runbooks/restore.md)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        found = after_restore(by="manage.py after_restore")
        self.stdout.write(
            f"The fleet is paused. {found.accounts} accounts are looked at again; ended: {found.plans} plans, "
            f"{found.applies} applies, {found.looks} looks. Now start Firstline, read what the looks find, and resume "
            "the fleet when you believe it."
        )
