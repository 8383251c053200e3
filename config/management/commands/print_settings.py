"""`manage.py print_settings > docs/settings.md`: every setting and what it is."""

from typing import Any

from django.core.management.base import BaseCommand

from config.settings_page import page


class Command(BaseCommand):
    help = "Print the reference of all settings, as Markdown."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        self.stdout.write(page(), ending="")
