"""Makes the first tokens, and any later one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.roles import Role
from access.services.create_token import DAYS, create_token

BY = "command line"


class Command(BaseCommand):
    """`manage.py create_token --user ann --role operator --name laptop [--days 90]`."""

    help = "Make a token for a person in one role and print it: the only time it can be seen."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, as what, for where, for how long."""
        parser.add_argument("--user", required=True, help="the person; made when new, without a password")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", required=True, help="where the token is used, e.g. laptop")
        parser.add_argument(
            "--days", type=int, default=DAYS, help="how long it lives (default and longest: %(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Only the token goes to stdout, so that a script can take it."""
        try:
            text = create_token(
                username=options["user"],
                role=options["role"],
                name=options["name"],
                days=options["days"],
                by=BY,
            )
        except ValidationError as error:
            raise CommandError(
                "; ".join(f"--{field}: {' '.join(why)}" for field, why in error.message_dict.items())
            ) from None
        self.stderr.write(f"A token for {options['user']} ({options['role']}). Keep it: it is not shown again.")
        self.stdout.write(text)
