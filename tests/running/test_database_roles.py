"""The two roles of the install guide's database: the owner migrates, the application works and can't touch the past."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from sandbox.servers import embedded_postgres
from tests.architecture.sources import ROOT


@dataclass(frozen=True)
class Roles:
    """URLs of one database as each of its two roles."""

    owner: str
    app: str


@pytest.fixture(scope="module")
def roles() -> Iterator[Roles]:
    (guide,) = re.findall(r"```sql\n(.*?)```", (ROOT / "docs/install.md").read_text(), re.DOTALL)
    at_first, then = guide.split("\\connect firstline\n")
    with embedded_postgres() as server:
        given = urlsplit(server.url)
        run(urlunsplit(given._replace(path="/postgres")), "DROP DATABASE firstline")
        for statement in at_first.split(";\n"):
            run(urlunsplit(given._replace(path="/postgres")), statement)
        run(server.url, then)
        owner, app = (f"postgresql://firstline_{name}@/firstline?{given.query}" for name in ("owner", "app"))
        done = manage(owner, "migrate", "--no-input", "--verbosity", "0")
        assert done.returncode == 0, done.stderr
        yield Roles(owner, app)


def run(url: str, statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statements)


def manage(url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "FIRSTLINE_DATABASE_URL": url}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_application_works_with_the_rows(roles: Roles) -> None:
    done = manage(
        roles.app,
        "shell",
        "--no-imports",
        "-c",
        "from accounts.models import Account\n"
        "from history.services.record import record\n"
        "Account.objects.create(account_id='111111111111', name='a', environment='dev', registered_by='ann')\n"
        "Account.objects.update(name='b')\n"
        "record(actor='ann', verb='account.registered')\n"
        "Account.objects.all().delete()\n",
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_event SET actor = 'nobody'",
        "DELETE FROM history_event",
        "TRUNCATE history_event",
        "DROP TABLE history_event",
        "ALTER TABLE history_event DISABLE TRIGGER ALL",
        "ALTER TABLE history_event ADD COLUMN mine int",
    ],
)
def test_application_cannot_change_the_past_or_its_guard(roles: Roles, statement: str) -> None:
    manage(
        roles.app,
        "shell",
        "--no-imports",
        "-c",
        "from history.services.record import record; record(actor='a', verb='b.c')",
    )
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)):
        run(roles.app, statement)


def test_dispatcher_as_the_owner_can_make_the_months_of_history(roles: Roles) -> None:
    run(
        roles.owner,
        "DO $$ DECLARE name text; BEGIN SELECT max(inhrelid::regclass::text) INTO name FROM pg_inherits "
        "WHERE inhparent = 'history_event'::regclass; EXECUTE 'DROP TABLE ' || name; END $$",
    )
    done = manage(
        roles.owner, "shell", "--no-imports", "-c", "from history.services.months import make_months; make_months()"
    )
    assert done.returncode == 0, done.stderr
