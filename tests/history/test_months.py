"""Retention drops whole past months, told in the history, and the chain still holds."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from history.models import Event
from history.services.months import make_months, months
from history.services.record import record
from history.services.seal import seal_all
from history.services.verify import verify

pytestmark = pytest.mark.django_db
PAST = datetime(2020, 3, 9, tzinfo=UTC)


@pytest.fixture
def past() -> str:
    """A month of long ago with two events, and one event of today."""
    make_months(PAST.date())
    for n in range(2):
        Event.objects.create(at=PAST, actor="ann", verb="account.updated", subject=str(n))
    record(actor="ann", verb="account.updated")
    seal_all()
    return "history_event_2020_03"


def test_a_past_month_is_dropped_and_the_chain_holds(past: str) -> None:
    call_command("drop_history_month", past, stdout=StringIO())
    assert past not in months()
    seal_all()
    assert verify().damage is None
    told = Event.objects.get(verb="history.month_dropped")
    assert (told.subject, told.detail) == ("2020_03", {"events": 2, "earlier": []})


def test_all_months_but_the_last_so_many_are_dropped(past: str) -> None:
    make_months(datetime(2020, 8, 1, tzinfo=UTC).date())
    left = [name for name in months() if name not in {past, "history_event_2020_04"}]
    told = StringIO()
    today = timezone.now()
    since_may_2020 = (today.year - 2020) * 12 + today.month - 5
    call_command("drop_history_month", keep=since_may_2020, stdout=told)
    # Months that were never made are none to drop; what make_months made of the present stays.
    assert months() == left
    assert "Dropped history_event_2020_03 with 2 events." in told.getvalue()
    assert verify().damage is None


def test_keeping_no_month_is_refused(past: str) -> None:
    with pytest.raises(CommandError, match="keep at least 1 month"):
        call_command("drop_history_month", keep=0, stdout=StringIO())
    assert past in months()


@pytest.mark.parametrize("name", ["this month", "history_event_2019_01", "auth_user", "x'; DROP TABLE auth_user"])
def test_the_present_month_and_what_is_no_month_stay(past: str, name: str) -> None:
    if name == "this month":
        name = f"history_event_{timezone.now():%Y_%m}"
    before = months()
    with pytest.raises(CommandError, match="not a past month"):
        call_command("drop_history_month", name, stdout=StringIO())
    assert months() == before


def test_a_dropped_month_stays_told_when_the_month_that_told_of_it_goes_too(past: str) -> None:
    call_command("drop_history_month", past, stdout=StringIO())
    make_months(datetime(2020, 9, 1, tzinfo=UTC).date())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        told = "UPDATE history_event SET at = '2020-09-09' WHERE verb = 'history.month_dropped'"
        cursor.execute(told)
        cursor.execute("UPDATE history_unsealed SET event_at = '2020-09-09' WHERE event_at > '2021-01-01'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    call_command("drop_history_month", "history_event_2020_09", stdout=StringIO())
    seal_all()
    assert verify().damage is None
