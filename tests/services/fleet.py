"""A small fleet over the simulated AWS: declares, lets workers do one thing at a time, and asks what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from access.roles import Role, actor
from accounts.models import Account
from provisioning.aws.clients import forget_clients
from provisioning.core.desired import ClosedScope, DesiredAccount, DesiredItem, Mode, Origin
from provisioning.models import Drift, PlanRecord, Run
from provisioning.services.apply_run import apply_run
from provisioning.services.decide_plan import approve_plan
from provisioning.services.look_accounts import look_accounts
from provisioning.services.request_look import request_look
from provisioning.services.set_desired_state import set_desired_state
from sandbox.client import Sandbox
from tests import factories

DEV, TEST, PROD = "111111111111", "222222222222", "333333333333"
AUTHOR, OPERATOR, APPROVER = "ann", "otto", "paula"
operator = actor(OPERATOR, [Role.OPERATOR])
approver = actor(APPROVER, [Role.APPROVER])
viewer = actor("vera", [Role.VIEWER])


def item(
    kind: str, name: str, declared: dict[str, Any], mode: Mode = Mode.ENFORCE, *, for_production: bool = False
) -> DesiredItem:
    """One desired resource, as rendering would give it."""
    origin = Origin("first-line", 1, "assignment", AUTHOR, approved_for_production=for_production)
    return DesiredItem(kind, name, declared, mode, (origin,))


def group(name: str = "Developers", mode: Mode = Mode.ENFORCE, **declared: Any) -> DesiredItem:
    """A harmless group."""
    return item("iam.group", name, {"attached_policies": ["ReadOnlyAccess"], **declared}, mode)


@dataclass
class Fleet:
    """The product's own services, called as the workers call them, one identity after the other."""

    sandbox: Sandbox
    monkeypatch: pytest.MonkeyPatch

    def register(self, account_id: str = DEV, environment: str = "dev") -> Account:
        """An account that both workers can enter."""
        return factories.account(
            account_id, name=environment, environment=environment, ou_path="/", registered_by=OPERATOR
        )

    def declare(self, account_id: str, *items: DesiredItem, closed: tuple[ClosedScope, ...] = ()) -> None:
        """What the account should look like from now on."""
        set_desired_state(account_id=account_id, desired=DesiredAccount(items, closed), by=AUTHOR)

    def look(self, account_id: str = DEV) -> Run:
        """Ask for a look and let a look worker do it."""
        run, _ = request_look(account_id=account_id, actor=operator)
        self.work_as("look", look_accounts)
        return Run.objects.get(pk=run.pk)

    def apply(self, run: Run) -> Run:
        """Let an apply worker do one attempt."""
        self.work_as("apply", lambda: apply_run(run_id=run.pk))
        return Run.objects.get(pk=run.pk)

    def work_as(self, worker: str, work: Callable[[], Any]) -> None:
        """Do some work under a worker's identity."""
        for name, value in self.sandbox.hub_credentials(worker).items():
            self.monkeypatch.setenv(name.upper(), value)
        forget_clients()
        work()

    def apply_all(self, account_id: str = DEV) -> list[Run]:
        """Apply whatever is queued for an account."""
        queued = Run.objects.filter(account_id=account_id, kind=Run.Kind.APPLY, state__in=Run.WAITING)
        return [self.apply(run) for run in list(queued)]

    def approve(self, account_id: str = DEV) -> PlanRecord:
        """Paula approves what waits for an approval."""
        plan = self.plan(account_id, PlanRecord.Lane.APPROVAL)
        return approve_plan(plan_id=plan.pk, digest=plan.digest, actor=approver)

    def converge(self, account_id: str = DEV) -> None:
        """Look and apply, approvals included, until nothing is left to do."""
        for _ in range(4):
            self.look(account_id)
            waiting = PlanRecord.objects.filter(account_id=account_id, lane="approval", state="proposed").exists()
            if waiting and not Run.objects.filter(account_id=account_id, kind="apply", state__in=Run.OPEN).exists():
                self.approve(account_id)
            if not self.apply_all(account_id):
                return

    def plan(self, account_id: str, lane: str, state: str = PlanRecord.State.PROPOSED) -> PlanRecord:
        """The one plan of an account in this lane and state."""
        plan: PlanRecord = PlanRecord.objects.get(account_id=account_id, lane=lane, state=state)
        return plan

    def drift(self, account_id: str = DEV) -> dict[str, str]:
        """Open drift: `kind/name path` -> type."""
        rows = Drift.objects.open().filter(account_id=account_id)
        return {f"{row.kind}/{row.name} {row.path}".strip(): row.type for row in rows}

    def writes(self, account_id: str = DEV) -> list[str]:
        """Operations that changed the account, by the simulator's own log; a tester's are left out."""
        return [
            call["operation"]
            for call in self.sandbox.calls(account_id)
            if call["is_write"] and call["applied"] and call["service"] != "sts" and call["caller"] != "tamper"
        ]
