"""What Celery rings: each task names its use case and does nothing else."""

from uuid import UUID

from celery import shared_task

from provisioning.services.apply_run import apply_run
from provisioning.services.discover import discover as discover_organisation
from provisioning.services.hand_over_run import hand_over_run
from provisioning.services.heartbeats import queue_lives
from provisioning.services.look_accounts import look_accounts
from provisioning.services.vending.vend import vend_requests


@shared_task(name="provisioning.tasks.look")
def look() -> None:
    """Look at whatever is due."""
    look_accounts()


@shared_task(name="provisioning.tasks.apply")
def apply(run_id: str) -> None:
    """Do one attempt of one apply."""
    apply_run(run_id=UUID(run_id))


@shared_task(name="provisioning.tasks.vend")
def vend() -> None:
    """Work on account requests that are due."""
    vend_requests()


@shared_task(name="provisioning.tasks.hand_over")
def hand_over(run_id: str) -> None:
    """Make what is asked for of one account, and take back what nobody read."""
    hand_over_run(run_id=UUID(run_id))


@shared_task(name="provisioning.tasks.discover")
def discover() -> None:
    """Read one slice of the organisation."""
    discover_organisation()


@shared_task(name="provisioning.tasks.canary")
def canary(queue: str) -> None:
    """Tell that this queue is listened to."""
    queue_lives(queue)
