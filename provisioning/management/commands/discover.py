"""`manage.py discover`: bring the accounts in step with AWS Organizations."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.roles import COMMAND_LINE
from accounts.models import Discovery
from provisioning.core.errors import FirstlineError
from provisioning.services.discover import discover
from provisioning.services.request_discovery import request_discovery

LOOK_AGAIN_SECONDS = 1.0


class Command(BaseCommand):
    help = "Ask for a discovery of the organisation, and wait for what it finds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--here", action="store_true", help="read it in this process, by its own AWS identity")
        parser.add_argument("--no-wait", action="store_true", help="only ask; a look worker reads it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with an error when the discovery fails."""
        try:
            found, made = request_discovery(actor=COMMAND_LINE, cause="request")
        except FirstlineError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"discovery {found.pk} is {'queued' if made else 'open already'}")
        if not options["no_wait"]:
            self._follow(found, here=options["here"])

    def _follow(self, found: Discovery, *, here: bool) -> None:
        while found.finished_at is None:
            if not (here and discover()):
                time.sleep(LOOK_AGAIN_SECONDS)
            found.refresh_from_db()
        if found.state == Discovery.State.FAILED:
            raise CommandError("\n".join([found.message, *found.causes]))
        self.stdout.write(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in found.counts.items()))
