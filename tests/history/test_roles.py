"""The database role of the processes: it can add to the history and check it, and do nothing else to it."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from history.models import Event
from history.services.record import record
from history.services.seal import seal
from history.services.verify import verify
from tests.architecture.sources import ROOT

pytestmark = pytest.mark.django_db
MONTH = f"history_event_{timezone.now():%Y_%m}"


@pytest.fixture
def _as_the_application() -> Iterator[None]:
    record(actor="ann", verb="test.done")
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute((ROOT / "deploy/postgres/roles.sql").read_text())
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL ROLE firstline_app")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.mark.usefixtures("_as_the_application")
def test_application_records_seals_and_verifies() -> None:
    record(actor="ann", verb="test.done")
    assert seal() == 2
    assert verify().damage is None
    assert Event.objects.filter(verb="test.done").count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_event SET actor = 'eve'",
        "DELETE FROM history_event",
        "TRUNCATE history_event",
        f"TRUNCATE {MONTH}",
        f"DELETE FROM {MONTH}",
        f"INSERT INTO {MONTH} SELECT * FROM history_event",
        f"DROP TABLE {MONTH}",
        "ALTER TABLE history_event DISABLE TRIGGER ALL",
        "UPDATE history_seal SET mac = ''",
        "TRUNCATE history_seal",
        "DELETE FROM history_chain_head",
        "TRUNCATE history_chain_head",
    ],
)
@pytest.mark.usefixtures("_as_the_application")
def test_application_may_not(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
