"""An access check: whether each role gets in, whether it asks for the external id, and what follows from it."""

import pytest
from django.utils import timezone

from accounts.models import Account
from provisioning.models import PlanRecord, Run
from provisioning.services.apply_run import apply_run
from provisioning.services.dispatch import schedule_checks, schedule_due
from provisioning.services.look_accounts import look_accounts
from provisioning.services.request_check import request_check
from tests.entrances import change_trust, remove_role
from tests.services.fleet import DEV, Fleet, group, operator

pytestmark = pytest.mark.django_db(transaction=True)
ROLES = {"check": "FirstlineLook", "check_apply": "FirstlineApply"}


@pytest.fixture
def registered(fleet: Fleet) -> Fleet:
    """One account that nobody has tried to enter."""
    fleet.register()
    Account.objects.update(state="registered", apply_role="untested", check_due_at=timezone.now())
    return fleet


def check(fleet: Fleet) -> dict[str, Run]:
    """Ask, and let both workers answer."""
    request_check(account_id=DEV, actor=operator)
    return answered(fleet)


def answered(fleet: Fleet) -> dict[str, Run]:
    fleet.work_as("look", look_accounts)
    (run,) = Run.objects.filter(kind="check_apply", state="queued")
    fleet.work_as("apply", lambda: apply_run(run_id=run.pk))
    return {kind: Run.objects.filter(kind=kind).latest("created_at") for kind in ROLES}


def account() -> Account:
    found: Account = Account.objects.get(pk=DEV)
    return found


def trust_without_external_id(fleet: Fleet, role: str, value: str = "", account_id: str = DEV) -> None:
    """The role's trust asks for nothing, or for any value that looks like `value`."""
    condition = {"StringLike": {"sts:ExternalId": value}} if value else None
    change_trust(fleet.sandbox, account_id, role, Condition=condition)


def test_an_account_that_lets_both_roles_in_is_proven_and_due_for_its_first_look(registered: Fleet) -> None:
    runs = check(registered)
    for kind, role in ROLES.items():
        assert runs[kind].state == "done" and f":assumed-role/{role}/" in runs[kind].outcome["identity"]
    assert (account().state, account().apply_role, account().check_due_at) == ("proven", "proven", None)
    schedule_due()
    registered.work_as("look", look_accounts)
    assert account().state == "managed" and Run.objects.get(kind="look").state == "done"


def test_a_check_tries_without_and_with_a_wrong_external_id_and_counts_those_calls(registered: Fleet) -> None:
    runs = check(registered)
    asked = [call for call in registered.sandbox.calls(DEV) if call["service"] == "sts"]
    assert [runs[kind].aws_calls for kind in ROLES] == [4, 4] and len(asked) == 8
    assert [call["status"] for call in asked if call["operation"] == "AssumeRole"] == [200, 403, 403] * 2


def test_an_account_without_the_role_awaits_it_and_lists_what_it_may_be(registered: Fleet) -> None:
    Account.objects.update(external_id="not-the-one")
    runs = check(registered)
    assert {run.state for run in runs.values()} == {"unreachable"}
    assert "external id" in " ".join(runs["check"].outcome["causes"]).lower()
    assert "not-the-one" not in "".join(run.message + str(run.outcome) for run in runs.values())
    assert (account().state, account().state_reason, account().apply_role) == (
        "awaiting_role",
        "cannot_enter",
        "denied",
    )


@pytest.mark.parametrize("value", ["", "*"])
def test_a_look_role_that_does_not_ask_for_the_external_id_is_not_used(registered: Fleet, value: str) -> None:
    trust_without_external_id(registered, "FirstlineLook", value)
    runs = check(registered)
    assert (runs["check"].state, runs["check"].reason_code) == ("unreachable", "external_id_not_required")
    assert ("without an external id" in runs["check"].message) == (value == "")
    assert "with a wrong external id" in runs["check"].message
    assert (account().state, account().state_reason) == ("awaiting_role", "external_id_not_required")
    schedule_due()
    assert not Run.objects.filter(kind="look").exists()


def test_the_session_a_careless_role_gives_makes_no_call(registered: Fleet) -> None:
    trust_without_external_id(registered, "FirstlineLook")
    check(registered)
    calls = [call["operation"] for call in registered.sandbox.calls(DEV) if call["service"] == "sts"][:4]
    assert calls == ["AssumeRole", "GetCallerIdentity", "AssumeRole", "AssumeRole"]


def test_an_account_whose_apply_role_fails_is_observed_only(registered: Fleet) -> None:
    remove_role(registered.sandbox, DEV, "FirstlineApply")
    registered.declare(DEV, group())
    check(registered)
    assert (account().state, account().apply_role) == ("proven", "denied")
    registered.look()
    plan = PlanRecord.objects.get()
    assert (plan.lane, plan.reasons, plan.state) == ("observe", ["apply_role_denied"], "proposed")
    assert account().state == "managed" and account().check_due_at is not None


def test_an_apply_role_that_fails_later_blocks_what_waits(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    trust_without_external_id(fleet, "FirstlineApply")
    check(fleet)
    apply = Run.objects.get(kind="apply")
    assert (apply.state, apply.reason_code) == ("blocked", "apply_role_denied") and fleet.writes() == []
    assert account().apply_role == "external_id_not_required"
    fleet.look()
    assert PlanRecord.objects.get(state="proposed").lane == "observe"


def test_a_repaired_apply_role_has_what_was_only_shown_proposed_anew(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    Account.objects.update(apply_role="denied")
    fleet.look()
    Account.objects.update(next_due_at=None)
    check(fleet)
    assert account().apply_role == "proven"
    schedule_due()
    fleet.work_as("look", look_accounts)
    (apply,) = fleet.apply_all()
    assert apply.state == "done"


def test_a_throttled_check_says_nothing_about_the_account_and_is_due_again_soon(registered: Fleet) -> None:
    schedule_checks()
    registered.sandbox.fault("throttle", operation="AssumeRole")
    runs = answered(registered)
    assert {(run.state, run.reason_code) for run in runs.values()} == {("failed", "throttled")}
    found = account()
    assert (found.state, found.apply_role) == ("registered", "untested")
    assert (found.check_due_at - timezone.now()).total_seconds() < 90


def test_an_open_check_answers_a_second_request(fleet: Fleet) -> None:
    fleet.register()
    first, made = request_check(account_id=DEV, actor=operator)
    second, again = request_check(account_id=DEV, actor=operator)
    assert (made, again) == (True, False) and first.pk == second.pk
