"""Asking whether an account can be entered. A worker answers: the web holds no AWS credentials."""

from access.roles import Actor
from provisioning.models import Run
from provisioning.services.request_look import open_run, require_registered


def request_check(*, account_id: str, actor: Actor) -> tuple[Run, bool]:
    """Queue an access check; the open one is returned when there is one already (False)."""
    require_registered(actor, account_id)
    return open_run(account_id=account_id, kind=Run.Kind.CHECK, by=actor.name, cause="request")
