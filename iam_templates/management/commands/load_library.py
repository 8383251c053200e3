"""Loads the shipped baselines."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from access.roles import Role, actor
from iam_templates.services.load_library import load_library

BY = "command line"


class Command(BaseCommand):
    """`manage.py load_library [--author ann]`."""

    help = "Add each shipped baseline as a draft version. Loading again adds only what is new."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose drafts they are."""
        parser.add_argument(
            "--author", default=BY, help="whose drafts they are: the author may not approve (default: %(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what is new."""
        made = load_library(actor=actor(options["author"], [Role.BASELINE_AUTHOR]))
        for version in made:
            self.stdout.write(f"{version}: a draft; publish it, then assign it")
        if not made:
            self.stdout.write("Nothing new: every shipped baseline is loaded.")
