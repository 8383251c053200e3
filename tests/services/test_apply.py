"""An apply: bound to its approval, one write at a time, safe to lose at any point."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from access.roles import Role, actor
from history.models import Event
from provisioning.core.errors import ConflictError, NotAllowedError
from provisioning.models import Ownership, PlanRecord, Run, Write
from provisioning.services.cancel_run import cancel_run
from provisioning.services.decide_plan import approve_plan
from provisioning.services.pause_account import pause_account, resume_account
from provisioning.services.pause_fleet import pause_fleet, resume_fleet
from tests.services.fleet import APPROVER, AUTHOR, DEV, OPERATOR, PROD, Fleet, approver, group, item, operator, viewer
from tests.services.test_look import verdict

pytestmark = pytest.mark.django_db(transaction=True)
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ADMIN = {"attached_policies": ["AdministratorAccess"], "members": ["ann"]}


def test_an_auto_plan_is_applied_verified_and_then_nothing_is_left(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(members=["ben"]))
    fleet.look()
    (run,) = fleet.apply_all()
    assert (run.state, run.message) == ("done", "")
    assert fleet.writes() == ["CreateGroup", "AttachGroupPolicy", "AddUserToGroup"]
    assert fleet.drift() == {} and verdict() == ("in_sync", "")
    assert Ownership.objects.get().how == "created"
    fleet.look()
    assert not PlanRecord.objects.filter(state="proposed").exists() and fleet.apply_all() == []


def test_every_write_has_a_committed_intent_a_history_row_and_an_outcome(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    (run,) = fleet.apply_all()
    assert list(run.writes.values_list("operation", "outcome")) == [("CreateGroup", "ok"), ("AttachGroupPolicy", "ok")]
    verbs = Event.objects.filter(run_id=run.pk).order_by("id").values_list("verb", flat=True)
    assert [verb for verb in verbs if verb.startswith("write.")] == ["write.intended", "write.ok"] * 2


def test_a_high_risk_plan_waits_and_is_applied_once_approved(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group("Admins", **ADMIN))
    fleet.look()
    assert fleet.apply_all() == [] and fleet.writes() == []
    plan = fleet.approve()
    (run,) = fleet.apply_all()
    plan.refresh_from_db()
    assert (run.state, plan.state) == ("done", "applied")
    assert fleet.sandbox.state(DEV)["groups"]["Admins"]["members"] == ["ann"]


def test_putting_back_what_was_approved_and_applied_needs_no_second_approval(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group("Admins", **ADMIN))
    fleet.converge()
    iam = fleet.sandbox.client("iam", DEV)
    iam.detach_group_policy(GroupName="Admins", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.add_user_to_group(GroupName="Admins", UserName="carla")
    fleet.look()
    (run,) = fleet.apply_all()
    assert run.state == "done"
    assert fleet.sandbox.state(DEV)["groups"]["Admins"]["members"] == ["ann"]


@pytest.mark.parametrize("name", [AUTHOR, OPERATOR])
def test_nobody_approves_what_they_wrote_or_asked_for(fleet: Fleet, name: str) -> None:
    fleet.register(PROD, "prod")
    fleet.declare(PROD, group())
    fleet.look(PROD)
    plan = fleet.plan(PROD, "approval")
    with pytest.raises(NotAllowedError):
        approve_plan(plan_id=plan.pk, digest=plan.digest, actor=actor(name, Role.values))


def test_approval_needs_the_role_the_digest_and_a_plan_that_can_be_approved(fleet: Fleet) -> None:
    fleet.register(PROD, "prod")
    fleet.declare(PROD, group())
    fleet.look(PROD)
    plan = fleet.plan(PROD, "approval")
    for who in (viewer, operator):
        with pytest.raises(NotAllowedError):
            approve_plan(plan_id=plan.pk, digest=plan.digest, actor=who)
    with pytest.raises(ConflictError):
        approve_plan(plan_id=plan.pk, digest="0" * 64, actor=approver)
    approve_plan(plan_id=plan.pk, digest=plan.digest, actor=approver)
    with pytest.raises(ConflictError):
        approve_plan(plan_id=plan.pk, digest=plan.digest, actor=approver)


def test_a_plan_whose_account_moved_is_stale_says_why_and_writes_nothing(fleet: Fleet) -> None:
    fleet.register(PROD, "prod")
    fleet.declare(PROD, group(members=["ben"]))
    fleet.converge(PROD)
    iam = fleet.sandbox.client("iam", PROD)
    iam.remove_user_from_group(GroupName="Developers", UserName="ben")
    fleet.look(PROD)
    plan = fleet.approve(PROD)
    iam.detach_group_policy(GroupName="Developers", PolicyArn=READ_ONLY)
    before = len(fleet.writes(PROD))
    (run,) = fleet.apply_all(PROD)
    plan.refresh_from_db()
    assert (run.state, plan.state) == ("stale", "stale") and "iam.group/Developers" in run.message
    assert len(fleet.writes(PROD)) == before


def test_changes_elsewhere_in_the_account_do_not_void_an_approval(fleet: Fleet) -> None:
    fleet.register(PROD, "prod")
    fleet.declare(PROD, group())
    fleet.look(PROD)
    fleet.approve(PROD)
    fleet.sandbox.client("iam", PROD).create_group(GroupName="Others")
    assert [run.state for run in fleet.apply_all(PROD)] == ["done"]


def test_a_plan_edited_in_the_database_is_refused(fleet: Fleet) -> None:
    fleet.register(PROD, "prod")
    fleet.declare(PROD, group())
    fleet.look(PROD)
    plan = fleet.approve(PROD)
    data = plan.data
    data["changes"][0]["calls"][1]["params"]["PolicyArn"] = "arn:aws:iam::aws:policy/AdministratorAccess"
    PlanRecord.objects.filter(pk=plan.pk).update(data=data)
    (run,) = fleet.apply_all(PROD)
    assert (run.state, run.reason_code) == ("refused", "seal_broken") and fleet.writes(PROD) == []


@pytest.mark.parametrize("when", ["before", "between"])
def test_an_approvers_right_withdrawn_after_the_approval_stops_the_apply(
    fleet: Fleet, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.register(PROD, "prod")
    fleet.declare(PROD, group())
    fleet.look(PROD)
    fleet.approve(PROD)
    withdraw = get_user_model().objects.filter(username=APPROVER).update
    if when == "before":
        withdraw(is_active=False)
    else:
        after_first_write(monkeypatch, lambda: withdraw(is_active=False))
    (run,) = fleet.apply_all(PROD)
    assert (run.state, run.reason_code) == ("refused", "rights_withdrawn")
    assert fleet.writes(PROD) == ([] if when == "before" else ["CreateGroup"])


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_write_whose_answer_is_lost_is_looked_at_again_and_not_repeated(fleet: Fleet, nth: int) -> None:
    fleet.register()
    fleet.declare(DEV, group(members=["ben"]))
    fleet.look()
    fleet.sandbox.fault("timeout", account=DEV, operation="write", nth=nth, count=1, seconds=3)
    (run,) = fleet.apply_all()
    assert (run.state, run.reason_code) == ("retry_wait", "unknown_outcome")
    assert Write.objects.filter(outcome="unknown").count() == 1
    wait_for_lease(run)
    assert fleet.apply(run).state == "done"
    assert fleet.writes() == ["CreateGroup", "AttachGroupPolicy", "AddUserToGroup"]
    assert fleet.sandbox.overlaps() == []


def wait_for_lease(run: Run) -> None:
    """An unknown outcome keeps the lease until it runs out."""
    import time

    from django.utils import timezone

    from provisioning.models import Lease

    left = Lease.objects.get(pk=run.account_id).lease_until - timezone.now()
    time.sleep(max(left.total_seconds(), 0) + 0.05)


def test_the_lease_is_kept_after_an_unknown_outcome(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    fleet.sandbox.fault("timeout", account=DEV, operation="CreateGroup", count=1, seconds=3)
    (run,) = fleet.apply_all()
    assert fleet.apply(run).state == "retry_wait"
    assert fleet.sandbox.calls(DEV)[-1]["operation"] != "AttachGroupPolicy"


def test_a_denied_write_blocks_the_run_and_keeps_the_drift(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    fleet.sandbox.fault("denied", account=DEV, operation="AttachGroupPolicy")
    (run,) = fleet.apply_all()
    assert (run.state, run.reason_code) == ("blocked", "denied")
    fleet.sandbox.clear_faults()
    fleet.look()
    assert fleet.drift() == {f"iam.group/Developers attached_policies[{READ_ONLY}]": "missing"}
    (again,) = fleet.apply_all()
    assert again.state == "done"


@pytest.mark.parametrize("fault", ["throttle", "server_error", "cut"])
def test_passing_trouble_ends_in_the_desired_state(fleet: Fleet, fault: str) -> None:
    fleet.register()
    fleet.declare(DEV, group(members=["ben"]))
    fleet.look()
    fleet.sandbox.fault(fault, account=DEV, operation="AttachGroupPolicy", count=4)
    run = fleet.apply_all()[0]
    for _ in range(6):
        if run.state == "done":
            break
        wait_for_lease(run)
        Run.objects.filter(pk=run.pk).update(next_at="2026-01-01T00:00Z")
        run = fleet.apply(run)
    assert run.state == "done" and fleet.sandbox.overlaps() == []


def test_a_pause_of_the_fleet_or_the_account_holds_every_write(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    pause_fleet(actor=operator, reason="incident")
    assert fleet.apply_all()[0].state == "queued"
    resume_fleet(actor=operator)
    pause_account(account_id=DEV, actor=operator, reason="move")
    assert fleet.apply_all()[0].state == "queued" and fleet.writes() == []
    resume_account(account_id=DEV, actor=operator)
    assert fleet.apply_all()[0].state == "done"


@pytest.mark.parametrize("stop", ["pause", "cancel"])
def test_a_pause_or_a_cancel_in_the_middle_takes_effect_before_the_next_write(
    fleet: Fleet, stop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    run = Run.objects.get(kind="apply")
    after_first_write(monkeypatch, lambda: _stop(stop, run))
    state = fleet.apply(run).state
    assert fleet.writes() == ["CreateGroup"]
    assert state == {"pause": "retry_wait", "cancel": "cancelled"}[stop]


def _stop(stop: str, run: Run) -> None:
    if stop == "pause":
        pause_fleet(actor=operator, reason="incident")
    else:
        cancel_run(run_id=run.pk, actor=operator)


def after_first_write(monkeypatch: pytest.MonkeyPatch, do: Any) -> None:
    """Do something between the first write of an apply and its second."""
    from provisioning.aws.session import AwsSession

    send, done = AwsSession.send, []

    def sending(self: AwsSession, call: Any) -> Any:
        sent = send(self, call)
        if not done:
            done.append(do())
        return sent

    monkeypatch.setattr(AwsSession, "send", sending)


def test_somebody_changing_the_resource_between_two_writes_makes_the_plan_stale(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.register()
    fleet.declare(DEV, group(members=[]))
    fleet.look()
    iam = fleet.sandbox.client("iam", DEV)
    after_first_write(monkeypatch, lambda: iam.add_user_to_group(GroupName="Developers", UserName="carla"))
    (run,) = fleet.apply_all()
    assert run.state == "stale" and fleet.writes() == ["CreateGroup"]


def test_a_worker_that_lost_its_lease_writes_nothing_more(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.models import F

    from provisioning.models import Lease

    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    run = Run.objects.get(kind="apply")
    after_first_write(monkeypatch, lambda: Lease.objects.filter(pk=DEV).update(fence=F("fence") + 1))
    fleet.apply(run)
    assert fleet.writes() == ["CreateGroup"]


def test_adoption_writes_the_ledger_even_when_nothing_had_to_change(fleet: Fleet) -> None:
    iam = fleet.sandbox.client("iam", DEV)
    iam.create_group(GroupName="Developers")
    iam.attach_group_policy(GroupName="Developers", PolicyArn=READ_ONLY)
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    fleet.approve()
    (run,) = fleet.apply_all()
    assert run.state == "done" and fleet.writes() == []
    assert Ownership.objects.get().how == "adopted"
    fleet.look()
    assert not PlanRecord.objects.filter(state="proposed").exists()


def test_what_refers_to_something_is_made_after_it(fleet: Fleet) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}],
    }
    fleet.register()
    fleet.declare(DEV, group(attached_policies=["Guard"]), item("iam.policy", "Guard", {"document": document}))
    fleet.look()
    assert [run.state for run in fleet.apply_all()] == ["done"]
    assert fleet.writes() == ["CreatePolicy", "CreateGroup", "AttachGroupPolicy"]


def test_no_session_is_wider_than_its_slice(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(members=["ben"]))
    fleet.look()
    fleet.apply_all()
    assert [call for call in fleet.sandbox.calls(DEV) if "AccessDenied" in (call.get("error") or "")] == []
