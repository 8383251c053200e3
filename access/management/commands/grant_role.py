"""Binds a role to a person: the way to the first owner."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.errors import ConflictError
from access.roles import COMMAND_LINE, Grant, Role
from access.scopes import FLEET, Scope, parse_scope
from access.services.ensure_person import ensure_person
from access.services.grant_role import grant_role


def scope_argument(text: str) -> Scope:
    """A scope as an argument. Raises ArgumentTypeError."""
    try:
        return parse_scope(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


class Command(BaseCommand):
    """`manage.py grant_role --user ann --role owner [--scope fleet]`."""

    help = "Give a person a role on a part of the fleet."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, as what, where."""
        parser.add_argument("--user", required=True, help="the person; made when new, without a password")
        parser.add_argument("--role", required=True, action="append", choices=Role.values, help="once or several times")
        parser.add_argument(
            "--scope",
            type=scope_argument,
            default=FLEET,
            help="fleet, ou:/path, environment:name, team:name or account:12 digits (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what they hold now. Held already is said, not refused, so that a script can run twice."""
        try:
            ensure_person(options["user"])
            for role in options["role"]:
                self._grant(options["user"], Grant(Role(role), options["scope"]))
        except ValidationError as error:
            told = (f"--{field}: {' '.join(why)}" for field, why in error.message_dict.items())
            raise CommandError("; ".join(told)) from None

    def _grant(self, username: str, grant: Grant) -> None:
        try:
            grant_role(username=username, grant=grant, actor=COMMAND_LINE)
            self.stdout.write(f"{username} is {grant}.")
        except ConflictError as held:
            self.stdout.write(str(held))
