"""Makes the first tokens, and any later one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.management.commands.grant_role import scope_argument
from access.roles import COMMAND_LINE, Grant, Role
from access.scopes import FLEET
from access.services.create_token import DAYS, create_token


class Command(BaseCommand):
    """`manage.py create_token --user ann --role operator --scope team:payments --name laptop [--days 90]`."""

    help = "Make a token for a person, of roles they hold, and print it: the only time it can be seen."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, as what, where, used where, for how long."""
        parser.add_argument("--user", required=True, help="the person; grant_role makes them")
        parser.add_argument("--role", required=True, action="append", choices=Role.values, help="once or several times")
        parser.add_argument("--scope", type=scope_argument, default=FLEET, help="default: %(default)s")
        parser.add_argument("--name", required=True, help="where the token is used, e.g. laptop")
        parser.add_argument("--cidr", action="append", default=[], help="only from this network; default: anywhere")
        parser.add_argument(
            "--days", type=int, default=DAYS, help="how long it lives (default and longest: %(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Only the token goes to stdout, so that a script can take it."""
        grants = [Grant(Role(role), options["scope"]) for role in options["role"]]
        try:
            _, text = create_token(
                username=options["user"],
                grants=grants,
                name=options["name"],
                days=options["days"],
                allowed_cidrs=options["cidr"],
                actor=COMMAND_LINE,
            )
        except ValidationError as error:
            told = (f"--{field}: {' '.join(why)}" for field, why in error.message_dict.items())
            raise CommandError("; ".join(told)) from None
        held = ", ".join(map(str, grants))
        self.stderr.write(f"A token for {options['user']} ({held}). Keep it: it is not shown again.")
        self.stdout.write(text)
