"""Each account is looked at in its own interval, and never a whole fleet at one moment."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.models import Max, Min
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from access.roles import Role, actor
from accounts.models import LONGEST, SHORTEST, Account
from accounts.schedule import MINUTES, Source, interval_of, next_due, parameters
from config.environment import Environment
from provisioning.models import Run
from provisioning.services.dispatch import AT_ONCE, bring_forward, schedule_due
from provisioning.services.request_look import request_look
from provisioning.services.verdicts import verdicts_of
from tests import factories
from tests.tasks.fleet import due

pytestmark = pytest.mark.django_db
OTTO = actor("otto", [Role.OPERATOR])


@pytest.fixture
def by_environment(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.FIRSTLINE, "look_intervals", {"prod": 15.0})
    monkeypatch.setattr(settings.FIRSTLINE, "look_interval_minutes", 60.0)


@pytest.mark.parametrize(
    ("environment", "own", "minutes", "source"),
    [("prod", None, 15, Source.ENVIRONMENT), ("dev", None, 60, Source.INSTALLATION), ("prod", 5, 5, Source.ACCOUNT)],
)
def test_the_narrowest_interval_holds_in_python_and_in_sql(
    by_environment: None, environment: str, own: int | None, minutes: float, source: Source
) -> None:
    found = interval_of(environment, own)
    assert (found.minutes, found.source) == (minutes, source)
    factories.account(environment=environment, look_interval_minutes=own)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {MINUTES} FROM accounts_account", parameters())
        assert cursor.fetchone()[0] == minutes


@given(minutes=st.integers(SHORTEST, LONGEST), seed=st.floats(-1, 1))
def test_the_next_look_lies_within_a_tenth_of_the_interval(minutes: int, seed: float) -> None:
    one = Account.objects.first() or factories.account()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [seed])
    Account.objects.filter(pk=one.pk).update(look_interval_minutes=minutes)
    Account.objects.filter(pk=one.pk).update(next_due_at=next_due())
    one.refresh_from_db()
    wait = (one.next_due_at - timezone.now()).total_seconds() / 60
    assert minutes * 0.9 - 1 <= wait <= minutes * 1.1


def test_next_looks_are_spread_evenly_over_the_jitter() -> None:
    due(1000, look_interval_minutes=100)
    before = timezone.now()
    schedule_due()
    waits = [(at - before).total_seconds() / 60 for at in Account.objects.values_list("next_due_at", flat=True)]
    fifths = [sum(90 + 4 * n <= wait < 94 + 4 * n for wait in waits) for n in range(5)]
    assert all(130 <= count <= 270 for count in fifths), fifths


def test_the_first_hundred_begin_at_once_and_the_others_one_after_the_other(settings: LazySettings) -> None:
    due(AT_ONCE + 200)
    assert schedule_due() == AT_ONCE + 200
    now = Run.objects.filter(next_at__lte=timezone.now()).count()
    assert now >= AT_ONCE
    found = Run.objects.aggregate(first=Min("next_at"), last=Max("next_at"))
    assert found["last"] - found["first"] >= timedelta(seconds=200 / settings.FIRSTLINE.looks_per_second - 1)


def test_looks_that_come_due_while_others_wait_their_turn_stand_behind_them() -> None:
    due(AT_ONCE + 200)
    schedule_due()
    last = Run.objects.aggregate(last=Max("next_at"))["last"]
    due(100)
    schedule_due()
    assert Run.objects.filter(next_at__gt=last).count() >= 50


def test_an_account_that_missed_many_looks_gets_one() -> None:
    (one,) = due()
    Account.objects.filter(pk=one.pk).update(next_due_at=timezone.now() - timedelta(days=9))
    assert [schedule_due(), schedule_due()] == [1, 0]
    assert Run.objects.filter(account=one, next_at__lte=timezone.now()).count() == 1


def test_a_person_does_not_wait_for_a_look_that_waits_its_turn() -> None:
    one = factories.account()
    later = timezone.now() + timedelta(minutes=5)
    factories.run(one, state="queued", finished_at=None, next_at=later)
    run, made = request_look(account_id=one.pk, actor=OTTO)
    run.refresh_from_db()
    assert (made, run.next_at < later) == (False, True)


def test_a_shortened_interval_holds_for_accounts_that_were_due_later(by_environment: None) -> None:
    in_an_hour = timezone.now() + timedelta(hours=1)
    prod, dev = (factories.account(environment=name, next_due_at=in_an_hour) for name in ("prod", "dev"))
    assert bring_forward() == 1
    assert Account.objects.get(pk=prod.pk).next_due_at <= timezone.now() + timedelta(minutes=15)
    assert Account.objects.get(pk=dev.pk).next_due_at == in_an_hour


@pytest.mark.parametrize(("own", "verdict"), [(5, "unknown"), (30, "in_sync")])
def test_a_verdict_is_too_old_after_twice_the_interval_of_its_own_account(own: int, verdict: str) -> None:
    one = factories.account(look_interval_minutes=own)
    factories.desired_state(one)
    factories.run(one, finished_at=timezone.now() - timedelta(minutes=20))
    assert verdicts_of([one.pk])[one.pk].overall.verdict == verdict


def test_the_environment_sets_intervals_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTLINE_SECRET_KEY", "x" * 40)
    monkeypatch.setenv("FIRSTLINE_LOOK_INTERVALS", '{"prod": 15, "sandbox": 240}')
    assert Environment().look_intervals == {"prod": 15.0, "sandbox": 240.0}  # type: ignore[call-arg]
    for wrong in ('{"moon": 15}', '{"prod": 1}'):
        monkeypatch.setenv("FIRSTLINE_LOOK_INTERVALS", wrong)
        with pytest.raises(ValueError, match="look_intervals"):
            Environment()  # type: ignore[call-arg]
