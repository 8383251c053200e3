"""Two teams with rows of every sort, and people who hold each role on either, on the fleet, or none at all."""

from dataclasses import dataclass
from typing import Any

import yaml
from django.contrib.auth.models import User
from django.utils import timezone

from access.models import RoleBinding, Team, Token
from access.roles import Role
from accounts.account_request import AccountRequest
from accounts.models import Account, Discovery
from history.models import Event
from history.services.record import record
from iam_templates.models import Assignment, Baseline, BaselineVersion
from provisioning.core.plain import digest
from provisioning.models import (
    AccessVerification,
    Attestation,
    BudgetStatus,
    Decision,
    DesiredState,
    Drift,
    HandOver,
    Ownership,
    PlanRecord,
    Report,
    Run,
    SnapshotRecord,
)
from tests import factories
from tests.people import person, token

CONTENT = {"resources": {"iam.group": {"Developers": {"members": {"include": ["ann"]}}}}}
ROLES: list[str] = list(Role.values)
SCOPES = {"own": "team:payments", "other": "team:search", "fleet": "fleet"}
"""Seen from the rows of payments, which every request of the tables asks for."""


@dataclass(frozen=True)
class Side:
    """The rows of one team."""

    account: Account
    drift: Drift
    plan: PlanRecord
    decision: Decision
    run: Run
    snapshot: SnapshotRecord
    desired: DesiredState
    owned: Ownership
    attestation: Attestation
    budget: BudgetStatus
    report: Report
    verification: AccessVerification
    request: AccountRequest
    hand_over: HandOver
    baseline: Baseline
    draft: BaselineVersion
    published: BaselineVersion
    assignment: Assignment
    event: Event
    team: Team
    binding: RoleBinding
    token: Token

    @property
    def marker(self) -> str:
        """A text that stands in what is shown of this team's account, and nowhere else."""
        return self.account.name


@dataclass(frozen=True)
class World:
    """Payments is asked for; search is the other team; `people` by role and scope, and one without any."""

    payments: Side
    search: Side
    people: dict[tuple[str, str], User]
    nobody: User
    newcomer: User
    discovery: Discovery


def build_world() -> World:
    payments, search = build_side("payments", "111111111111"), build_side("search", "222222222222")
    people = {
        (role, scope): person(f"{role}-{scope}", role, scope=text) for role in ROLES for scope, text in SCOPES.items()
    }
    return World(payments, search, people, person("nobody"), person("newcomer"), done_discovery(payments))


def done_discovery(of: Side) -> Discovery:
    """It did not find this side's account."""
    told = {"not_in_organisation": [of.account.pk]}
    made: Discovery = Discovery.objects.create(state="done", requested_by="rita", finished_at=timezone.now(), told=told)
    return made


def build_side(name: str, account_id: str) -> Side:
    """One of each sort, about one account of one team."""
    team = Team.objects.create(name=name)
    account = factories.account(account_id, name=f"only-{name}", owner_team=name, ou_path=f"/{name}/dev")
    baseline = Baseline.objects.create(name=f"{name}-baseline", owner_team=name, created_by="olga")
    published = _version(baseline, 1, published_at=timezone.now(), digest=digest(CONTENT))
    run = factories.run(account, state=Run.State.QUEUED, finished_at=None)
    applied = factories.plan(account, state=PlanRecord.State.APPLIED)
    holder = person(f"holder-{name}", is_staff=False)
    token(holder.username, "viewer", scope=f"team:{name}")
    return Side(
        account=account,
        drift=factories.drift(account, name=f"only-{name}-group", reason=f"because_{name}"),
        plan=factories.plan(account),
        decision=applied.decisions.create(verb="approved", digest=applied.digest, by="ada", comment=f"only-{name}"),
        run=run,
        snapshot=factories.snapshot(account),
        desired=factories.desired_state(account),
        owned=Ownership.objects.create(
            account=account, kind=f"kind.{name}", identity="x", name=f"only-{name}", how="created"
        ),
        attestation=factories.attestation(account),
        budget=BudgetStatus.objects.create(
            kept_in=account, account=account, name=f"only-{name}", type="cost", period="monthly", crossed=[]
        ),
        report=_report(name, holder.username),
        verification=_verification(account),
        request=factories.account_request(name, account),
        hand_over=factories.hand_over(account),
        baseline=baseline,
        draft=_version(baseline, 2),
        published=published,
        assignment=Assignment.objects.create(
            version=published, selector="account", value=account_id, mode={"default": "observe"}, created_by="olga"
        ),
        event=record(actor="rita", verb="look.requested", account_id=account_id, subject=f"only-{name}"),
        team=team,
        binding=RoleBinding.objects.get(user=holder),
        token=Token.objects.get(user=holder),
    )


def _report(name: str, by: str) -> Report:
    scope = {"scope_kind": "team", "scope_value": name, "created_by": by}
    made: Report = Report.objects.create(
        name=f"Costs of {name}", every="daily", hour=7, next_at=timezone.now(), recipients=["a@example.org"], **scope
    )
    return made


def _verification(account: Account) -> AccessVerification:
    made: AccessVerification = AccessVerification.objects.create(
        selector={"account_ids": [account.pk]}, requested_by="rita"
    )
    look, apply = (factories.run(account, kind=kind) for kind in (Run.Kind.CHECK, Run.Kind.CHECK_APPLY))
    made.rows.create(account=account, look_check=look, apply_check=apply)
    return made


def _version(baseline: Baseline, number: int, **fields: Any) -> BaselineVersion:
    written = {"source": yaml.safe_dump(CONTENT), "content": CONTENT, "author": "olga", **fields}
    return BaselineVersion.objects.create(baseline=baseline, number=number, **written)
