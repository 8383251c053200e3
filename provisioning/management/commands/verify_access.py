"""Asks which accounts can be entered, waits for the workers, and prints the table."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.roles import Role, actor
from accounts.csv_text import csv_text
from accounts.selectors import SelectorError, parse
from history.shown import inert
from provisioning.core.errors import FirstlineError
from provisioning.models import AccessVerification
from provisioning.serializers.verifications import table_lines
from provisioning.services.access_table import AccessRow, access_row, rows_of, summary_of
from provisioning.services.verify_access import verify_access

BY = actor("command line", [Role.OPERATOR])
LINES = ("environment", "ou", "tag", "owner_team", "state")
POLL_SECONDS = 1.0


class Command(BaseCommand):
    """`manage.py verify_access --ou /workloads`: the workers enter; this process holds no AWS credentials."""

    help = "Check which accounts can be entered, by both roles, and print why others can't. Fails when one can't."

    def add_arguments(self, parser: CommandParser) -> None:
        """The selector's conditions, and how to wait and print."""
        parser.add_argument("--all", action="store_true", help="every account")
        for name in LINES:
            parser.add_argument(f"--{name.replace('_', '-')}", help=HELP[name])
        parser.add_argument("--account", action="append", dest="account_ids", help="12 digits; may be given repeatedly")
        parser.add_argument("--wait", type=float, default=600, help="seconds to wait for workers (%(default)s)")
        parser.add_argument("--csv", action="store_true", help="print CSV, causes included")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table; what could not be entered is listed below it with all possible causes."""
        given = {name: options[name] for name in ("all", "account_ids", *LINES) if options[name]}
        try:
            asked = verify_access(selector=parse(given), actor=BY)
        except SelectorError as error:
            raise CommandError("; ".join(filter(None, (_reason(*one) for one in error.reasons.items())))) from None
        except FirstlineError as error:
            raise CommandError(error.message) from None
        waiting = self._wait(asked, options["wait"])
        rows = [access_row(row) for row in rows_of(asked, BY)]
        self.stdout.write(csv_text(table_lines(rows)) if options["csv"] else table_text(rows))
        if waiting:
            raise CommandError(f"{waiting} accounts still wait: are a dispatcher, a look and an apply worker running?")
        if failed := sum(not row.entered for row in rows):
            raise CommandError(f"{failed} of {len(rows)} accounts can't be entered by both roles.")

    def _wait(self, asked: AccessVerification, seconds: float) -> int:
        until, told = time.monotonic() + seconds, -1
        while True:
            found = summary_of(asked)
            if found.waiting != told:
                told = found.waiting
                self.stderr.write(f"{found.accounts - told} of {found.accounts} accounts checked")
            if not told or time.monotonic() >= until:
                return told
            time.sleep(POLL_SECONDS)


HELP = {
    "environment": "sandbox, dev, test, staging or prod",
    "ou": "an OU path and everything below it, e.g. /workloads",
    "tag": "key=value, or key for any value",
    "owner_team": "a team",
    "state": "e.g. awaiting_role",
}


def _reason(field: str, reason: str) -> str:
    return f"--{field.replace('_', '-')}: {reason}" if field else reason


def table_text(rows: list[AccessRow]) -> str:
    """Columns for a terminal, then the causes of each account that was not entered."""
    cells = [("ACCOUNT", "NAME", "STATE", "LOOK ROLE", "APPLY ROLE")]
    for row in rows:
        account = row.account
        cells.append((account.pk, inert(account.name), account.state, row.look_role.outcome, row.apply_role.outcome))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    return "\n".join([*lines, *(line for row in rows for line in _causes(row))])


def _causes(row: AccessRow) -> list[str]:
    lines = []
    for role, result in (("look", row.look_role), ("apply", row.apply_role)):
        if result.message:
            lines += ["", f"{row.account.pk}, {role} role: {inert(result.message)}"]
            lines += [f"  {number}. {inert(cause)}" for number, cause in enumerate(result.causes, 1)]
    return lines
