"""A look: what it reads, what it records, and what it does when it cannot see."""

import pytest

from accounts.models import Account
from history.models import Event
from provisioning.core.desired import ClosedScope, Mode, Origin
from provisioning.core.plain import digest
from provisioning.models import Drift, PlanRecord, Run, SectionBody, SnapshotRecord
from provisioning.services.record_snapshot import load_body
from provisioning.services.verdicts import verdicts_of
from tests.services.fleet import DEV, OPERATOR, PROD, TEST, Fleet, group, item

pytestmark = pytest.mark.django_db(transaction=True)


def verdict(account_id: str = DEV) -> tuple[str, str]:
    judgement = verdicts_of([account_id])[account_id].overall
    return judgement.verdict.value, judgement.reason


def test_a_missing_group_is_drift_and_an_auto_plan(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    run = fleet.look()
    assert (run.state, run.reason_code) == ("done", ""), run.message
    assert fleet.drift() == {"iam.group/Developers": "missing"}
    plan = fleet.plan(DEV, "auto", "approved")
    assert [call["operation"] for call in plan.data["changes"][0]["calls"]] == ["CreateGroup", "AttachGroupPolicy"]
    assert verdict() == ("drifted", "open_drift")
    assert fleet.writes() == []


def test_a_look_never_writes_to_the_account(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(), item("iam.role", "App", {"trust": [{"service": "ec2"}]}))
    fleet.look()
    assert [call for call in fleet.sandbox.calls(DEV) if call["is_write"] and call["service"] != "sts"] == []


def test_a_quiet_look_stores_one_snapshot_and_no_second_body(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(mode=Mode.OBSERVE))
    fleet.look()
    bodies = SectionBody.objects.count()
    first = SnapshotRecord.objects.get()
    fleet.look()
    again = SnapshotRecord.objects.get()
    assert again.pk == first.pk and again.last_seen_at > first.last_seen_at
    assert SectionBody.objects.count() == bodies


def test_what_a_look_stored_reads_back_as_it_was_seen(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(mode=Mode.OBSERVE))
    fleet.look()
    stored = SnapshotRecord.objects.get().manifest["iam.details"]["hash"]
    body = load_body(stored)
    assert digest(body) == stored
    assert [user["name"] for user in body["users"]] == ["ann", "ben", "carla"]


def test_observed_items_are_shown_as_a_plan_that_nobody_can_approve(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(mode=Mode.OBSERVE))
    fleet.look()
    assert fleet.plan(DEV, "observe").state == "proposed"
    assert not Run.objects.filter(kind="apply").exists()


def test_in_production_everything_waits_for_a_person(fleet: Fleet) -> None:
    fleet.register(PROD, "prod")
    fleet.declare(PROD, group())
    fleet.look(PROD)
    plan = fleet.plan(PROD, "approval")
    assert plan.reasons == ["production"] and plan.requested_by == OPERATOR


def test_the_same_plan_stays_and_another_takes_its_place(fleet: Fleet) -> None:
    fleet.register(PROD, "prod")
    fleet.declare(PROD, group())
    fleet.look(PROD)
    first = fleet.plan(PROD, "approval")
    fleet.look(PROD)
    assert fleet.plan(PROD, "approval").pk == first.pk
    fleet.declare(PROD, group(), group("Test"))
    fleet.look(PROD)
    first.refresh_from_db()
    assert first.state == "superseded" and fleet.plan(PROD, "approval").pk != first.pk


def test_a_group_with_a_declared_name_that_is_not_ours_is_proposed_for_adoption(fleet: Fleet) -> None:
    fleet.sandbox.client("iam", DEV).create_group(GroupName="Developers")
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    (change,) = fleet.plan(DEV, "approval").data["changes"]
    assert change["action"] == "adopt" and change["reasons"] == ["not_owned"]


def test_drift_lives_it_opens_resolves_and_reopens(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(mode=Mode.OBSERVE))
    fleet.look()
    iam = fleet.sandbox.client("iam", DEV)
    iam.create_group(GroupName="Developers")
    iam.attach_group_policy(GroupName="Developers", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    fleet.look()
    row = Drift.objects.get()
    assert row.state == "resolved" and row.resolved_at is not None
    iam.detach_group_policy(GroupName="Developers", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.delete_group(GroupName="Developers")
    fleet.look()
    row.refresh_from_db()
    assert row.state == "open" and row.reopened_at is not None and row.resolved_at is None
    verbs = Event.objects.filter(verb__startswith="drift.").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["drift.opened", "drift.resolved", "drift.reopened"]


def test_what_was_declared_since_the_last_look_is_not_known_until_the_next(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(attached_policies=[]))
    fleet.converge()
    assert verdict() == ("in_sync", "")
    fleet.declare(DEV, group(attached_policies=[]), group("Auditors"))
    assert verdict() == ("unknown", "desired_changed")
    fleet.look()
    assert verdict() == ("drifted", "open_drift")


def test_undeclared_roles_in_a_closed_scope_are_extra_and_only_a_person_removes_them(fleet: Fleet) -> None:
    trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'  # noqa: E501
    fleet.sandbox.client("iam", DEV).create_role(RoleName="Legacy", AssumeRolePolicyDocument=trust)
    fleet.register()
    fleet.declare(DEV, closed=(ClosedScope("iam.role", "/", (Origin("first-line", 1, "a", "ann"),)),))
    fleet.look()
    assert fleet.drift() == {"iam.role/Legacy": "extra"}
    assert Drift.objects.get().reason == "removal_not_supported_yet"
    assert verdict() == ("attention", "needs_a_person")


@pytest.mark.parametrize("broken", ["role", "trust", "external_id", "suspended"])
def test_an_account_that_cannot_be_entered_is_unreachable_with_causes_and_keeps_its_drift(
    fleet: Fleet, broken: str
) -> None:
    fleet.register()
    fleet.declare(DEV, group(mode=Mode.OBSERVE))
    fleet.look()
    _break(fleet, broken)
    run = fleet.look()
    assert run.state == "unreachable" and len(run.outcome["causes"]) >= 3, run.message
    assert fleet.drift() == {"iam.group/Developers": "missing"}
    assert verdict()[0] == "unknown"


def _break(fleet: Fleet, what: str) -> None:
    iam = fleet.sandbox.client("iam", DEV)
    if what == "role":
        for name in iam.list_role_policies(RoleName="FirstlineLook")["PolicyNames"]:
            iam.delete_role_policy(RoleName="FirstlineLook", PolicyName=name)
        for policy in iam.list_attached_role_policies(RoleName="FirstlineLook")["AttachedPolicies"]:
            iam.detach_role_policy(RoleName="FirstlineLook", PolicyArn=policy["PolicyArn"])
        iam.delete_role(RoleName="FirstlineLook")
    elif what == "trust":
        other = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'  # noqa: E501
        iam.update_assume_role_policy(RoleName="FirstlineLook", PolicyDocument=other)
    elif what == "external_id":
        Account.objects.filter(pk=DEV).update(external_id="not-the-one")
    else:
        fleet.sandbox.set_status(DEV, "SUSPENDED")


def test_a_section_that_is_denied_is_unread_and_never_absent(fleet: Fleet) -> None:
    fleet.register()
    budget = {"type": "cost", "limit": {"amount": "10", "unit": "USD"}, "period": "monthly"}
    fleet.declare(DEV, group(mode=Mode.OBSERVE), item("budget", "b", budget, Mode.OBSERVE))
    fleet.sandbox.fault("denied", account=DEV, operation="GetAccountAuthorizationDetails")
    run = fleet.look()
    assert run.outcome["unread"] == {"iam.group": "denied"}
    assert fleet.drift() == {"budget/b": "missing"}
    kinds = verdicts_of([DEV])[DEV].kinds
    assert (kinds["iam.group"].verdict.value, kinds["budget"].verdict.value) == ("unknown", "drifted")


def test_throttled_reads_are_tried_again(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group(mode=Mode.OBSERVE))
    fleet.sandbox.fault("throttle", account=DEV, operation="ListRoles", count=1)
    fleet.sandbox.fault("throttle", account=DEV, operation="GetAccountAuthorizationDetails", count=1)
    assert fleet.look().state == "done"


def test_one_account_in_trouble_does_not_stop_the_others(fleet: Fleet) -> None:
    for account_id, environment in ((DEV, "dev"), (TEST, "test")):
        fleet.register(account_id, environment)
        fleet.declare(account_id, group(mode=Mode.OBSERVE))
    fleet.sandbox.set_status(DEV, "SUSPENDED")
    from provisioning.services.request_look import request_look
    from tests.services.fleet import operator

    request_look(account_id=DEV, actor=operator)
    assert fleet.look(TEST).state == "done"
    assert Run.objects.get(account_id=DEV).state == "unreachable"


def test_a_look_counts_its_calls_as_the_account_saw_them(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    fleet.apply_all()
    fleet.sandbox.clear_calls()
    run = fleet.look()
    assert run.aws_calls == len(fleet.sandbox.calls(DEV)) == 2  # AssumeRole and the one page of details


def test_a_rejected_plan_is_not_proposed_again_while_it_stays_the_same(fleet: Fleet) -> None:
    from provisioning.services.decide_plan import reject_plan
    from tests.services.fleet import approver

    fleet.register(PROD, "prod")
    fleet.declare(PROD, group())
    fleet.look(PROD)
    plan = fleet.plan(PROD, "approval")
    reject_plan(plan_id=plan.pk, digest=plan.digest, actor=approver, comment="not now")
    fleet.look(PROD)
    assert not PlanRecord.objects.filter(state="proposed").exists()
    fleet.declare(PROD, group(), group("Test"))
    fleet.look(PROD)
    assert fleet.plan(PROD, "approval").digest != plan.digest
