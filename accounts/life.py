"""The life of an account: which step leads from which states to which, and what is done in each. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from accounts.models import Account

State = Account.State


class Step(StrEnum):
    """What happens to an account."""

    ENTERED = "entered"
    """An access check got in, and a missing and a wrong external id were refused."""
    REFUSED = "refused"
    """An access check did not get in, or got in without the external id."""
    LOOKED_AT = "looked_at"
    SUSPENDED = "suspended"
    LEFT = "left"
    RETURNED = "returned"


NOT_PROVEN = frozenset({State.REGISTERED, State.AWAITING_ROLE})
CHECKED = NOT_PROVEN | {State.PROVEN, State.MANAGED}
"""Access checks are made."""
LOOKED_AT = frozenset({State.PROVEN, State.MANAGED})
"""Looks are made."""
SET_ASIDE = frozenset({State.SUSPENDED, State.LEFT})
"""Nothing is scheduled, claimed, read or written."""

MOVES: Mapping[Step, tuple[frozenset[State], State]] = {
    Step.ENTERED: (NOT_PROVEN, State.PROVEN),
    Step.REFUSED: (NOT_PROVEN, State.AWAITING_ROLE),
    Step.LOOKED_AT: (frozenset({State.PROVEN}), State.MANAGED),
    Step.SUSPENDED: (CHECKED, State.SUSPENDED),
    Step.LEFT: (CHECKED | {State.SUSPENDED}, State.LEFT),
    Step.RETURNED: (SET_ASIDE, State.REGISTERED),
}
"""Writes are made in `managed` only. What returns is proven anew: nobody knows what was changed meanwhile."""


def after(state: str, step: Step) -> State | None:
    """The state that this step leads to; None when it does not start from `state`."""
    sources, target = MOVES[step]
    return target if state in sources else None
