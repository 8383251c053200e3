"""Asking whether an account can be entered. Workers answer: the web holds no AWS credentials."""

from access.roles import Actor
from provisioning.models import Run
from provisioning.services.request_look import open_run, require_registered


def request_check(*, account_id: str, actor: Actor) -> tuple[Run, bool]:
    """Queue a check of each role; the look role's is returned, the open one when there is one already (False)."""
    require_registered(actor, account_id)
    open_run(account_id=account_id, kind=Run.Kind.CHECK_APPLY, by=actor.name, cause="request")
    return open_run(account_id=account_id, kind=Run.Kind.CHECK, by=actor.name, cause="request")
