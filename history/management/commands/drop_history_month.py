"""Retention: drops whole past months of the history."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from history.services.months import drop_month, months_before
from history.services.seal import seal_all


class Command(BaseCommand):
    """`manage.py drop_history_month history_event_2025_03`, or `--keep 24` for all but the last 24 months."""

    help = "Drop past months' events. Their seals stay, so that the chain still holds."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which months."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("name", nargs="?", help="the partition, e.g. history_event_2025_03")
        which.add_argument("--keep", type=int, help="how many whole months before the present one stay")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal first: what was never sealed could not be told from what somebody deleted."""
        seal_all()
        try:
            for name in [options["name"]] if options["name"] else months_before(options["keep"]):
                count = drop_month(name, actor="command line")
                self.stdout.write(f"Dropped {name} with {count} events.")
        except ValueError as error:
            raise CommandError(str(error)) from None
