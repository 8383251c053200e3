"""Ends a token that was lost or is no longer needed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.roles import COMMAND_LINE
from access.services.revoke_token import revoke_token


class Command(BaseCommand):
    """`manage.py revoke_token 1a2b3c4d5e6f`."""

    help = "Refuse a token from now on."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which token."""
        parser.add_argument("key_id", help="what stands between fl_ and the dot")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say whose token it was."""
        try:
            token = revoke_token(key_id=options["key_id"], actor=COMMAND_LINE)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        self.stdout.write(f"Revoked {token.name} of {token.user.get_username()}.")
