"""Hand-overs over the simulated AWS: who asks, who reads, and the worker that makes."""

from typing import Any

from access.roles import Role, actor
from provisioning.models import HandOver, Ownership, Run
from provisioning.services.decide_hand_over import approve_hand_over
from provisioning.services.due_hand_overs import expire_hand_overs, schedule_hand_overs
from provisioning.services.hand_over_run import hand_over_run
from provisioning.services.read_hand_over import HandedOver, read_hand_over
from provisioning.services.request_hand_over import request_hand_over
from tests.people import person
from tests.services.fleet import DEV, Fleet, item

SEC, READER, APPROVER = "sam", "rita", "paula"
sam = actor(SEC, [Role.SECURITY_ADMIN])
rita = actor(READER, [Role.VIEWER])
paula = actor(APPROVER, [Role.APPROVER])
USER = "ann"


def prepare(fleet: Fleet, account_id: str = DEV, environment: str = "dev", **declared: Any) -> None:
    """An account whose user is declared and ours, a security admin who asks and a viewer who reads."""
    fleet.register(account_id, environment)
    person(SEC, Role.SECURITY_ADMIN)
    person(READER, Role.VIEWER)
    fleet.declare(account_id, item("iam.user", USER, declared))
    Ownership.objects.create(account_id=account_id, kind="iam.user", identity=USER, name=USER, how="created")


def ask(what: str = "password", account_id: str = DEV, **more: Any) -> HandOver:
    return request_hand_over(
        **{"account_id": account_id, "user": USER, "what": what, "reader": READER, "actor": sam, **more}
    )


def work(fleet: Fleet) -> None:
    """One round of the dispatcher's for hand-overs, and the worker that it rings."""
    expire_hand_overs()
    schedule_hand_overs()
    for run in Run.objects.filter(kind=Run.Kind.HAND_OVER, state__in=Run.WAITING):
        fleet.work_as("hand-over", lambda run=run: hand_over_run(run_id=run.pk))  # type: ignore[misc]


def fresh(row: HandOver) -> HandOver:
    found: HandOver = HandOver.objects.get(pk=row.pk)
    return found


def made(fleet: Fleet, what: str = "password", **more: Any) -> HandOver:
    """Asked for and made."""
    row = ask(what, **more)
    if row.state == HandOver.State.PROPOSED:
        approve_hand_over(hand_over_id=row.pk, actor=paula)
    work(fleet)
    return fresh(row)


def read(row: HandOver) -> HandedOver:
    return read_hand_over(hand_over_id=row.pk, actor=rita)


def user_of(fleet: Fleet, account_id: str = DEV) -> Any:
    """The user as the simulator knows it."""
    return fleet.sandbox.state(account_id)["users"][USER]


def due_now() -> None:
    """Whatever waits for its time is due."""
    from django.db.models.functions import Now

    HandOver.objects.filter(next_at__isnull=False).update(next_at=Now())
