"""A small fleet with everything the pages show: drift of every sort, plans in every lane, runs that failed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Account
from history.models import Event
from history.services.record import record
from iam_templates.models import Assignment, Baseline, BaselineVersion
from provisioning.core.change import Action, Call, ResourceKey
from provisioning.core.plain import digest
from provisioning.core.plan import Plan, PlannedChange, Risk
from provisioning.models import Attestation, DesiredState, Drift, Ownership, PlanRecord, Run, SnapshotRecord, Write
from tests import factories

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
GUARD = "iam.policy", "MfaGuard"


def guard_document(*actions: str, region: str = "eu-central-1") -> dict[str, Any]:
    """Denies everything but these actions until MFA is there."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DenyWithoutMfa",
                "Effect": "Deny",
                "NotAction": sorted(actions),
                "Resource": "*",
                "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
            },
            {"Sid": "StayAtHome", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"}
            | {"Condition": {"StringNotEquals": {"aws:RequestedRegion": region}}},
        ],
    }


OBSERVED_GUARD = guard_document("iam:*", "sts:GetSessionToken", region="us-east-1")
DESIRED_GUARD = guard_document("iam:EnableMFADevice", "iam:ListMFADevices", "sts:GetSessionToken")


@dataclass(frozen=True)
class Fleet:
    """Its rows by name."""

    dev: Account
    prod: Account
    guard_drift: Drift
    plan: PlanRecord
    shown_plan: PlanRecord
    apply: Run
    failed_look: Run
    state: DesiredState
    version: BaselineVersion
    assignment: Assignment
    snapshot: SnapshotRecord
    owned: Ownership
    attestation: Attestation
    extra_role: Drift
    event: Event


def build_fleet() -> Fleet:
    """Two accounts: dev has drifted, prod can't be entered and has an apply behind it."""
    dev = factories.account("111122223333", name="payments-dev", owner_team="payments", state="managed")
    prod = factories.account(
        "444455556666", name="payments-prod", environment="prod", ou_path="/workloads/prod", owner_team="payments"
    )
    state = factories.desired_state(dev)
    run = factories.run(dev, aws_calls=17, outcome=_outcome())
    guard_drift = _drift(dev, run)
    extra_role = _more_drift(dev, run)
    version = _version()
    plan = _plan(dev, run)
    applied = _applied(prod)
    return Fleet(
        dev=dev,
        prod=prod,
        guard_drift=guard_drift,
        plan=plan,
        shown_plan=factories.plan(dev, lane=PlanRecord.Lane.OBSERVE, look_id=run.pk),
        apply=applied,
        failed_look=_failed_look(prod),
        state=state,
        version=version,
        assignment=_assignment(version),
        snapshot=factories.snapshot(dev),
        owned=Ownership.objects.create(account=dev, kind="iam.group", identity="admins", name="Admins", how="created"),
        attestation=factories.attestation(dev),
        extra_role=extra_role,
        event=record(actor="rita", verb="look.requested", account_id=dev.pk, subject=dev.pk, run_id=run.pk),
    )


def _outcome() -> dict[str, Any]:
    return {
        "kinds": ["budget", "iam.group", "iam.policy", "iam.role"],
        "unread": {"budget": "denied"},
        "unmanaged": {"iam.role": 12, "iam.policy": 3},
        "violations": [{"rule": "quota", "resource": "iam.group/Admins", "reason": "11 attached policies"}],
        "findings": {"auto": 2, "person": 2},
    }


def _drift(account: Account, run: Run) -> Drift:
    now = timezone.now()
    kind, name = GUARD
    return factories.drift(
        account,
        kind=kind,
        name=name,
        identity=name.lower(),
        path="document",
        type="changed",
        desired=DESIRED_GUARD,
        observed=OBSERVED_GUARD,
        fingerprint=digest(OBSERVED_GUARD),
        origins=["first-line-of-defense v3"],
        opened_at=now - timedelta(days=2),
        reopened_at=now - timedelta(hours=3),
        run_id=run.pk,
    )


def _more_drift(account: Account, run: Run) -> Drift:
    factories.drift(
        account, path=f"attached_policies[{ADMIN}]", type="extra", desired=None, observed=ADMIN, run_id=run.pk
    )
    factories.drift(account, path="members[ann]", remedy="person", reason="user_does_not_exist", run_id=run.pk)
    role = {
        "path": "/",
        "trust": {"Version": "2012-10-17", "Statement": [_trust("arn:aws:iam::999900001111:root")]},
        "attached_policies": [ADMIN],
        "inline_policies": {"Everything": guard_document("*")},
        "tags": {"owner": "nobody", "made-by": "a-very-long-tag-value-without-any-place-to-break-" * 4},
        "boundary": None,
    }
    return factories.drift(
        account,
        kind="iam.role",
        name="Backdoor",
        identity="backdoor",
        path="",
        type="extra",
        desired=None,
        observed=role,
        remedy="person",
        reason="removal_not_supported_yet",
        run_id=run.pk,
    )


def _trust(principal: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}


def plan_of_changes(account_id: str) -> Plan:
    """A group that gets a policy, and a policy that gets its document back."""
    kind, name = GUARD
    arn = f"arn:aws:iam::{account_id}:policy/guards/{name}"
    update = PlannedChange(
        action=Action.ADOPT,
        key=ResourceKey(kind, name),
        fields=("document",),
        before={"document": OBSERVED_GUARD, "path": "unmanaged"},
        after={"document": DESIRED_GUARD, "path": "unmanaged"},
        calls=(_new_version(arn),),
        risk=Risk.HIGH,
        reasons=("not_owned",),
    )
    return Plan(account_id, (update, factories.planned_change(account_id)), ("first-line-of-defense v3",))


def _new_version(arn: str) -> Call:
    document = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":"iam:EnableMFADevice","Resource":"*"}]}'
    )
    params = {"PolicyArn": arn, "PolicyDocument": document, "SetAsDefault": True}
    return Call("iam", "CreatePolicyVersion", params, frozenset({("iam:CreatePolicyVersion", arn)}))


def _plan(account: Account, run: Run) -> PlanRecord:
    made = plan_of_changes(account.pk)
    given = {"data": made.to_plain(), "digest": made.digest, "fingerprint": made.fingerprint}
    return factories.plan(account, look_id=run.pk, reasons=["admin_grant", "not_owned"], **given)


def _applied(account: Account) -> Run:
    plan = factories.plan(account, state=PlanRecord.State.APPLIED)
    plan.decisions.create(verb="approved", digest=plan.digest, by="ada", comment="as agreed")
    done = factories.run(account, kind=Run.Kind.APPLY, plan=plan, cause="approval", aws_calls=9)
    params = {"GroupName": "Developers", "PolicyArn": READ_ONLY}
    named = {"kind": "iam.group", "name": "Developers", "service": "iam", "operation": "AttachGroupPolicy"}
    Write.objects.create(run=done, fence=3, n=1, params=params, outcome="ok", answered_at=timezone.now(), **named)
    return done


def _failed_look(account: Account) -> Run:
    return factories.run(
        account,
        state=Run.State.UNREACHABLE,
        reason_code="cannot_enter",
        message=f"account {account.pk} can't be entered",
        outcome={"causes": ["The role does not exist, or has another path.", "The external id is another."]},
    )


def _version() -> BaselineVersion:
    baseline = Baseline.objects.create(name="first-line-of-defense", description="The workshop", created_by="olga")
    return BaselineVersion.objects.create(
        baseline=baseline,
        number=3,
        source="resources:\n  iam.group:\n    Admins: {}\n",
        content={"resources": {"iam.group": {"Admins": {}}}},
        digest=digest("three"),
        author="olga",
        published_at=timezone.now(),
        published_by="olga",
    )


def _assignment(version: BaselineVersion) -> Assignment:
    return Assignment.objects.create(
        version=version, selector="environment", value="dev", mode={"default": "enforce"}, created_by="olga"
    )
