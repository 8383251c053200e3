"""Taking an account one step on in its life: one conditional UPDATE, and the history of it."""

from typing import Any

from django.db.models.functions import Now

from accounts.life import Step, after
from accounts.models import Account
from history.services.record import record

VERBS = {Step.RETURNED: "account.returned"}


def move_account(*, account_id: str, step: Step, by: str, reason: str = "", **fields: Any) -> Account.State | None:
    """The state it is in now, or None when the step does not start from the one it is in.

    `reason`: a reason code or a person's words; `fields`: stored with it. Call it inside a transaction.
    """
    old = Account.objects.filter(pk=account_id).values_list("state", flat=True).first()
    new = after(old, step) if old is not None else None
    if new is None:
        return None
    stored = {"state": new, "state_reason": reason, **({} if new == old else {"state_since": Now()}), **fields}
    if not Account.objects.filter(pk=account_id, state=old).update(**stored):
        return None
    if new != old:
        record(
            actor=by,
            verb=VERBS.get(step, f"account.{new}"),
            account_id=account_id,
            subject=account_id,
            before={"state": old},
            after={"state": str(new)},
            detail={"reason": reason} if reason else None,
        )
    return new
