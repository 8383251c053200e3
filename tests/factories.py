"""Rows with sensible defaults; each test names only what it is about."""

import itertools
import uuid
from datetime import datetime, timedelta
from typing import Any

import zstandard
from django.utils import timezone

from accounts.account_request import AccountRequest
from accounts.models import Account
from provisioning.core.change import Action, Call, ResourceKey
from provisioning.core.desired import DesiredAccount, DesiredItem, Mode, Origin
from provisioning.core.plain import canonical, digest
from provisioning.core.plan import Plan, PlannedChange, Risk
from provisioning.models import (
    Attestation,
    DesiredHead,
    DesiredState,
    Drift,
    HandOver,
    PlanRecord,
    Run,
    SectionBody,
    SnapshotRecord,
)

_numbers = itertools.count(1)
AUTHOR = "olga"
REQUESTER = "rita"


def account(account_id: str = "", **fields: Any) -> Account:
    """A managed account in dev."""
    number = next(_numbers)
    given = {
        "account_id": account_id or f"{number:012d}",
        "name": f"account {number}",
        "environment": "dev",
        "ou_path": "/workloads/dev",
        "registered_by": REQUESTER,
        "state": Account.State.MANAGED,
        "apply_role": Account.ApplyRole.PROVEN,
        **fields,
    }
    made: Account = Account.objects.create(**given)
    return made


def origin(**fields: Any) -> Origin:
    """Version 1 of a baseline by AUTHOR."""
    return Origin(**{"baseline": "first", "version": 1, "assignment": str(uuid.uuid4()), "author": AUTHOR, **fields})


def desired_state(of: Account, *, failure: list[dict[str, str]] | None = None) -> DesiredState:
    """One group, in force."""
    item = DesiredItem("iam.group", "Developers", {"members": {"include": ["ann"]}}, Mode.ENFORCE, (origin(),))
    data = DesiredAccount(items=(item,)).to_plain()
    state = DesiredState.objects.create(
        account=of, generation=1, data=data, digest=digest(data), created_by="firstline"
    )
    DesiredHead.objects.create(account=of, current=state, failure=failure, rendered_at=timezone.now())
    return state


def planned_change(account_id: str, *, risk: Risk = Risk.HIGH) -> PlannedChange:
    """A policy attached to a group."""
    params = {"GroupName": "Developers", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    arn = f"arn:aws:iam::{account_id}:group/Developers"
    return PlannedChange(
        action=Action.UPDATE,
        key=ResourceKey("iam.group", "Developers"),
        fields=("attached_policies",),
        before={"attached_policies": []},
        after={"attached_policies": [params["PolicyArn"]]},
        calls=(Call("iam", "AttachGroupPolicy", params, frozenset({("iam:AttachGroupPolicy", arn)})),),
        risk=risk,
        reasons=("admin_grant",) if risk is Risk.HIGH else (),
    )


def plan(of: Account, **fields: Any) -> PlanRecord:
    """A proposed plan that waits for a person; REQUESTER asked for it and AUTHOR wrote the version behind it."""
    proposed = Plan(of.account_id, (planned_change(of.account_id),), ("first v1",))
    given = {
        "account": of,
        "lane": PlanRecord.Lane.APPROVAL,
        "data": proposed.to_plain(),
        "digest": proposed.digest,
        "fingerprint": proposed.fingerprint,
        "risk": proposed.risk.value,
        "reasons": ["admin_grant"],
        "generation": 1,
        "look_id": uuid.uuid4(),
        "requested_by": REQUESTER,
        "authors": [AUTHOR],
        "expires_at": timezone.now() + timedelta(days=1),
        **fields,
    }
    made: PlanRecord = PlanRecord.objects.create(**given)
    return made


def run(of: Account, **fields: Any) -> Run:
    """A look that is done and saw the first generation, unless said otherwise."""
    given = {
        "account": of,
        "kind": Run.Kind.LOOK,
        "state": Run.State.DONE,
        "requested_by": REQUESTER,
        "cause": "request",
        "outcome": {"kinds": ["iam.group"], "unread": {}},
        "finished_at": timezone.now(),
        "generation": 1 if fields.get("state", Run.State.DONE) == Run.State.DONE else None,
        **fields,
    }
    return Run.objects.create(**given)


def account_request(team: str, place: Account) -> AccountRequest:
    """A request for an account beside this one."""
    made: AccountRequest = AccountRequest.objects.create(
        name=f"only-{team}",
        email=f"{team}@example.com",
        environment=place.environment,
        ou_path=place.ou_path,
        owner_team=team,
        requested_by="rita",
    )
    made.refresh_from_db()
    return made


def drift(of: Account, **fields: Any) -> Drift:
    """A member who is not there."""
    now = timezone.now()
    given = {
        "account": of,
        "kind": "iam.group",
        "identity": "developers",
        "name": "Developers",
        "path": f"members[{next(_numbers)}]",
        "type": Drift.Type.MISSING,
        "desired": "ann",
        "observed": None,
        "fingerprint": digest(None),
        "remedy": Drift.Remedy.AUTO,
        "origins": [vars(origin())],
        "opened_at": now,
        "seen_at": now,
        "run_id": uuid.uuid4(),
        **fields,
    }
    made: Drift = Drift.objects.create(**given)
    return made


def attestation(of: Account, **fields: Any) -> Attestation:
    """Billing access, seen by REQUESTER; for a year."""
    given = {
        "account": of,
        "kind": "billing_access",
        "name": "account",
        "value": {"activated": True},
        "statement": "Seen on the Account page",
        "evidence": "https://wiki.example.com/billing",
        "review_on": timezone.now().date() + timedelta(days=365),
        "by": REQUESTER,
        **fields,
    }
    made: Attestation = Attestation.objects.create(**given)
    return made


def hand_over(of: Account, **fields: Any) -> HandOver:
    """A first password that waits for approval, asked for by REQUESTER, for a reader of their own."""
    given = {
        "account": of,
        "user_name": "ann",
        "what": HandOver.What.PASSWORD,
        "reader": f"reader-of-{of.pk}",
        "state": HandOver.State.PROPOSED,
        "requested_by": REQUESTER,
        "make_until": timezone.now() + timedelta(days=1),
        **fields,
    }
    made: HandOver = HandOver.objects.create(**given)
    return made


def details_body(of: Account) -> dict[str, Any]:
    """One role, which may read S3."""
    role = {
        "name": "Reader",
        "path": "/",
        "arn": f"arn:aws:iam::{of.pk}:role/Reader",
        "id": "AROA1",
        "trust": "",
        "attached": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
        "inline": {},
        "boundary": None,
        "tags": {},
        "instance_profiles": [],
    }
    return {"users": [], "groups": [], "roles": [role], "policies": []}


def snapshot(of: Account, at: datetime | None = None) -> SnapshotRecord:
    """One section read, one not."""
    now = at or timezone.now()
    body = details_body(of)
    text = canonical(body).encode()
    SectionBody.objects.get_or_create(hash=digest(body), defaults={"body": zstandard.compress(text), "size": len(text)})
    manifest = {"iam.details": {"hash": digest(body)}, "budgets": {"unreadable": "denied"}}
    return SnapshotRecord.objects.create(
        account=of, manifest=manifest, run_id=uuid.uuid4(), first_seen_at=now, last_seen_at=now
    )
