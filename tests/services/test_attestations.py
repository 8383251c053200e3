"""Attestations: they make the verdict until their review date passes, are superseded, withdrawn, and all on record."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.roles import Role, actor
from access.scopes import parse_scope
from accounts.models import Account
from history.models import Event
from provisioning.core.errors import ConflictError, DeclarationError, NotAllowedError, NotFoundError
from provisioning.models import Attestation, Drift, PlanRecord, SnapshotRecord
from provisioning.models.attestation import today
from provisioning.services.attest import MOST_DAYS, attest
from provisioning.services.dispatch import dispatch_round
from provisioning.services.leases import claim_looks
from provisioning.services.request_look import request_look
from provisioning.services.verdicts import verdicts_of
from provisioning.services.withdraw_attestation import withdraw_attestation
from provisioning.services.work import load_work
from tests.services.fleet import DEV, TEST, Fleet, item, operator, viewer

pytestmark = pytest.mark.django_db(transaction=True)


rosa = actor("rosa", [Role.SECURITY_ADMIN])


def billing(activated: bool = True) -> Any:
    return item("billing_access", "account", {"activated": activated})


def attested(account_id: str = DEV, activated: bool = True, **given: Any) -> Attestation:
    said = {
        "account_id": account_id,
        "kind": "billing_access",
        "value": {"activated": activated},
        "statement": "Seen on the Account page",
        "evidence": "https://wiki.example.com/billing",
        "review_on": today() + timedelta(days=365),
        "actor": rosa,
        **given,
    }
    return attest(**said)


def verdict(account_id: str = DEV) -> tuple[str, str]:
    found = verdicts_of([account_id])[account_id]
    assert found.overall == found.kinds["billing_access"]
    return found.overall.verdict.value, found.overall.reason


def pass_days(days: int) -> None:
    """As if the attestations had been made that much earlier."""
    for row in Attestation.objects.all():
        Attestation.objects.filter(pk=row.pk).update(review_on=row.review_on - timedelta(days=days))


@pytest.fixture
def declared(fleet: Fleet) -> Fleet:
    fleet.register()
    fleet.declare(DEV, billing())
    fleet.look()
    return fleet


def test_declared_and_not_attested_waits_for_a_person_without_a_call_about_it(declared: Fleet) -> None:
    assert verdict() == ("attention", "needs_a_person")
    row = Drift.objects.get()
    assert (row.type, row.remedy, row.reason) == ("missing", "person", "not_attested")
    operations = [call["operation"] for call in declared.sandbox.calls(DEV)]
    assert set(operations) <= {"AssumeRole", "GetCallerIdentity", "LookupEvents"}


def test_attested_as_declared_is_in_sync_after_the_look_that_is_due_at_once(declared: Fleet) -> None:
    attested()
    assert Account.objects.get(pk=DEV).next_due_at <= timezone.now()
    declared.look()
    assert verdict() == ("in_sync", "")
    assert Drift.objects.get().state == "resolved"
    assert not PlanRecord.objects.exists()


def test_attested_otherwise_than_declared_waits_for_a_person(declared: Fleet) -> None:
    attested(activated=False)
    declared.look()
    assert verdict() == ("attention", "needs_a_person")
    assert Drift.objects.open().get().reason == "attested_otherwise"


def test_it_holds_until_the_end_of_its_review_date_and_then_shows_at_once(declared: Fleet) -> None:
    attested()
    declared.look()
    pass_days(365)
    assert verdict() == ("in_sync", "")
    pass_days(1)
    assert verdict() == ("attention", "not_attested")
    declared.look()
    assert verdict() == ("attention", "needs_a_person")
    assert Drift.objects.open().get().reason == "not_attested"


def test_dispatchers_tell_a_lapse_once_and_have_the_account_looked_at(declared: Fleet) -> None:
    attested()
    declared.look()
    Account.objects.filter(pk=DEV).update(next_due_at=timezone.now() + timedelta(hours=1))
    pass_days(366)
    dispatch_round()
    dispatch_round()
    assert Event.objects.filter(verb="attestation.lapsed").count() == 1
    assert dispatch_round().looks == 0  # rung for already
    assert claim_looks(5)[0].account_id == DEV


def test_a_newer_one_takes_the_place_of_the_older(declared: Fleet) -> None:
    first = attested()
    second = attested(activated=False)
    first.refresh_from_db()
    assert (first.state, first.ended_by, second.state) == ("superseded", "rosa", "in_force")
    event = Event.objects.filter(verb="attestation.made").order_by("id").last()
    assert event is not None
    assert (event.before, event.after, event.actor) == ({"activated": True}, {"activated": False}, "rosa")


def test_withdrawn_it_counts_no_more_at_once(declared: Fleet) -> None:
    made = attested()
    declared.look()
    withdraw_attestation(attestation_id=made.pk, reason="The screenshot was of another account", actor=rosa)
    assert verdict() == ("attention", "not_attested")
    declared.look()
    assert Drift.objects.open().get().reason == "not_attested"
    with pytest.raises(ConflictError, match="withdrawn already"):
        withdraw_attestation(attestation_id=made.pk, reason="again", actor=rosa)
    (event,) = Event.objects.filter(verb="attestation.withdrawn")
    assert event.detail["reason"] == "The screenshot was of another account"


def test_a_look_that_began_before_it_was_attested_is_followed_by_another(declared: Fleet) -> None:
    request_look(account_id=DEV, actor=operator)
    work = load_work(DEV)
    attested()
    declared.monkeypatch.setattr("provisioning.services.look_accounts.load_work", lambda account_id: work)
    declared.look()
    assert Account.objects.get(pk=DEV).next_due_at <= timezone.now()


def test_quiet_looks_store_no_second_snapshot_and_no_statement(declared: Fleet) -> None:
    attested()
    declared.look()
    before = SnapshotRecord.objects.count()
    declared.look()
    assert SnapshotRecord.objects.count() == before
    assert [sorted(row) for row in load_work(DEV).attested] == [["at", "by", "kind", "name", "review_on", "value"]]


def test_it_is_of_one_account_only(declared: Fleet) -> None:
    declared.register(TEST, "test")
    declared.declare(TEST, billing())
    attested(TEST)
    declared.look()
    declared.look(TEST)
    assert (verdict(DEV)[0], verdict(TEST)[0]) == ("attention", "in_sync")


def test_verdicts_ask_one_more_question_only_where_somebodys_word_counts(declared: Fleet) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        verdicts_of([DEV])
    assert len(asked) == 6
    declared.register(TEST, "test")
    with CaptureQueriesContext(connection) as asked:
        verdicts_of([TEST])
    assert len(asked) == 5


@pytest.mark.parametrize(
    ("given", "pointers"),
    [
        ({"kind": "iam.role"}, {"/kind"}),
        ({"value": {"activated": "yes"}}, {"/value/activated"}),
        ({"value": {"activated": True, "more": 1}}, {"/value/more"}),
        ({"review_on": today()}, {"/review_on"}),
        ({"review_on": today() + timedelta(days=MOST_DAYS + 1)}, {"/review_on"}),
        ({"statement": " ", "evidence": "", "value": {}}, {"/statement", "/evidence", "/value/activated"}),
    ],
    ids=["readable kind", "wrong value", "unknown field", "today", "too far", "all at once"],
)
def test_what_does_not_hold_up_is_refused_with_every_reason(
    declared: Fleet, given: dict[str, Any], pointers: set[str]
) -> None:
    with pytest.raises(DeclarationError) as refused:
        attested(**given)
    assert {reason.pointer for reason in refused.value.reasons} == pointers
    assert not Attestation.objects.exists()


def test_only_who_may_attest_on_the_account_attests_and_withdraws(declared: Fleet) -> None:
    for other in (viewer, operator, actor("tara", [Role.SECURITY_ADMIN], parse_scope(f"account:{TEST}"))):
        with pytest.raises((NotAllowedError, NotFoundError)):
            attested(actor=other)
    made = attested()
    for other in (viewer, actor("tara", [Role.OWNER], parse_scope(f"account:{TEST}"))):
        with pytest.raises((NotAllowedError, NotFoundError)):
            withdraw_attestation(attestation_id=made.pk, reason="no", actor=other)
    with pytest.raises(NotFoundError):
        attested("999999999999")
    made.refresh_from_db()
    assert made.state == "in_force"
