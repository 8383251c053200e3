"""Accounts that were suspended or left: nothing is scheduled, claimed, rung, approved or written there."""

import pytest
from django.utils import timezone

from access.roles import Role, actor
from accounts.models import Account
from history.models import Event
from provisioning.core.errors import ConflictError, FencedError, NotAllowedError
from provisioning.core.verdict import Verdict
from provisioning.models import PlanRecord, Run
from provisioning.services.decide_plan import approve_plan
from provisioning.services.dispatch import dispatch_round
from provisioning.services.leases import claim_apply, claim_looks
from provisioning.services.record_check import record_check
from provisioning.services.set_aside import leave_account, return_account, suspend_account
from provisioning.services.verdicts import verdicts_of
from tests import factories
from tests.tasks.fleet import due, waiting

pytestmark = pytest.mark.django_db
otto = actor("otto", [Role.OPERATOR])
vera = actor("vera", [Role.VIEWER])
STATES = ["suspended", "left"]


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_scheduled_or_rung_for_it(state: str) -> None:
    due(state=state, check_due_at=timezone.now())
    found = dispatch_round()
    assert (found.looks, found.applies) == (0, ()) and not Run.objects.exists()


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_claimed_of_it(state: str) -> None:
    account = factories.account(state=state)
    apply, check = waiting(account, "apply"), waiting(account, "check_apply")
    waiting(account, "look")
    waiting(account, "check")
    assert claim_looks(10) == [] and claim_apply(apply.pk) is None and claim_apply(check.pk) is None


@pytest.mark.parametrize("state", ["registered", "awaiting_role", "proven"])
def test_an_account_that_is_not_managed_yet_is_not_written_to(state: str) -> None:
    apply = waiting(factories.account(state=state), "apply")
    assert dispatch_round().applies == () and claim_apply(apply.pk) is None


@pytest.mark.parametrize("role", ["untested", "denied", "external_id_not_required"])
def test_an_apply_waits_until_the_apply_role_is_proven(role: str) -> None:
    apply = waiting(factories.account(apply_role=role), "apply")
    assert dispatch_round().applies == () and claim_apply(apply.pk) is None
    Account.objects.update(apply_role="proven")
    assert dispatch_round().applies == (apply.pk,)


@pytest.mark.parametrize("set_aside", [suspend_account, leave_account])
def test_what_waits_is_cancelled_and_what_is_proposed_superseded(set_aside: object) -> None:
    account = factories.account()
    apply, look = waiting(account, "apply"), waiting(account, "look")
    proposed = factories.plan(account, lane="observe")
    set_aside(account_id=account.pk, actor=otto, reason="closed by finance")  # type: ignore[operator]
    assert {run.state for run in Run.objects.filter(pk__in=[apply.pk, look.pk])} == {"cancelled"}
    assert PlanRecord.objects.get(pk=proposed.pk).state == "superseded"
    assert PlanRecord.objects.get(pk=apply.plan_id).state == "stale"
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"apply.cancelled", "look.cancelled", "plan.superseded"} <= verbs


def test_what_works_at_that_moment_stores_nothing_or_stops_before_its_next_write() -> None:
    account = factories.account()
    check, apply = waiting(account, "check"), factories.run(account, kind="apply", state="applying", finished_at=None)
    (claim,) = claim_looks(1)
    suspend_account(account_id=account.pk, actor=otto, reason="incident")
    assert Run.objects.get(pk=check.pk).state == "cancelled"
    assert Run.objects.filter(pk=apply.pk, state="applying", cancel_requested=True).exists()
    with pytest.raises(FencedError):
        record_check(claim=claim, identity="arn", aws_calls=4)


def test_a_run_that_comes_to_be_meanwhile_is_ended_by_the_next_round() -> None:
    account = factories.account(state="suspended")
    look, plan = waiting(account, "look"), factories.plan(account)
    dispatch_round()
    assert Run.objects.get(pk=look.pk).state == "cancelled"
    assert PlanRecord.objects.get(pk=plan.pk).state == "superseded"


@pytest.mark.parametrize("state", [*STATES, "proven"])
def test_its_plans_are_approved_by_nobody(state: str) -> None:
    plan = factories.plan(factories.account(state=state))
    with pytest.raises(ConflictError, match=state):
        approve_plan(plan_id=plan.pk, digest=plan.digest, actor=actor("paula", [Role.APPROVER]))


def test_its_verdict_says_so_whatever_was_seen_before() -> None:
    account = factories.account()
    factories.desired_state(account)
    factories.run(account)
    assert verdicts_of([account.pk])[account.pk].overall.verdict is Verdict.IN_SYNC
    suspend_account(account_id=account.pk, actor=otto, reason="incident")
    judged = verdicts_of([account.pk])[account.pk].overall
    assert (judged.verdict, judged.reason) == (Verdict.UNKNOWN, "suspended")


def test_what_returns_is_proven_anew_and_not_judged_by_what_was_seen_before() -> None:
    account = factories.account(state="left")
    factories.desired_state(account)
    factories.run(account)
    assert return_account(account_id=account.pk, actor=otto, reason="back").state == "registered"
    judged = verdicts_of([account.pk])[account.pk].overall
    assert (judged.verdict, judged.reason) == (Verdict.UNKNOWN, "registered")
    Account.objects.update(state="proven")
    assert verdicts_of([account.pk])[account.pk].overall.reason == "never_looked"
    found = dispatch_round()
    assert found.looks == 1 and len(found.applies) == 1
    assert set(Run.objects.filter(state="queued").values_list("kind", flat=True)) == {"check", "check_apply"}


def test_a_step_that_does_not_fit_is_refused_and_changes_nothing() -> None:
    account = factories.account(state="left")
    waiting(account, "look")
    with pytest.raises(ConflictError, match="is left"):
        suspend_account(account_id=account.pk, actor=otto, reason="x")
    with pytest.raises(ConflictError, match="is managed"):
        return_account(account_id=factories.account().pk, actor=otto, reason="x")
    assert not Event.objects.exists()


def test_a_viewer_may_not() -> None:
    account = factories.account()
    with pytest.raises(NotAllowedError):
        suspend_account(account_id=account.pk, actor=vera, reason="x")
