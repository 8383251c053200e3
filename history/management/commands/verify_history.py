"""Verifies the history's chain."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from history.chain import Anchor
from history.services.anchors import kept_anchors
from history.services.seal import seal_all
from history.services.verify import verify


class Command(BaseCommand):
    """`manage.py verify_history [--anchor seq:mac …] [--anchor-file path]`; status 1 when the chain doesn't hold."""

    help = "Find events that were edited, deleted, put in, cut off or put in another order."

    def add_arguments(self, parser: CommandParser) -> None:
        """Anchors are what was kept outside the database."""
        parser.add_argument("--anchor", action="append", default=[], help="seq:mac, kept outside the database")
        parser.add_argument(
            "--anchor-file", default=settings.FIRSTLINE.history_anchor_file, help="lines of time and seq:mac"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal what waits, verify all, say what was found."""
        try:
            anchors = [Anchor.parse(text) for text in options["anchor"]]
            anchors += kept_anchors(Path(options["anchor_file"])) if options["anchor_file"] else []
        except (OSError, ValueError) as error:
            raise CommandError(f"--anchor, --anchor-file: {error}") from None
        seal_all()
        found = verify(anchors, actor="command line")
        if found.damage:
            raise CommandError(f"The history does not hold. {found.damage}. {found.links} links before it hold.")
        self.stdout.write(f"{found.links} events hold; {len(anchors)} anchors agree. The chain ends at {found.end}")
