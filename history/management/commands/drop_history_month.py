"""Retention: drops a whole past month of the history."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from history.services.months import drop_month
from history.services.seal import seal_all


class Command(BaseCommand):
    """`manage.py drop_history_month history_event_2025_03`."""

    help = "Drop one past month's events. Their seals stay, so that the chain still holds."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which month."""
        parser.add_argument("name", help="the partition, e.g. history_event_2025_03")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal first: what was never sealed could not be told from what somebody deleted."""
        seal_all()
        try:
            count = drop_month(options["name"], actor="command line")
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Dropped {options['name']} with {count} events.")
