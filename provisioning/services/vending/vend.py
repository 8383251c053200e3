"""What the vending worker does: takes requests that are due, and each as far as it goes."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.utils import timezone

from accounts.account_request import AccountRequest
from accounts.core.creation_failures import Failure, WayOn
from provisioning.core.errors import FencedError, FirstlineError
from provisioning.services.vending.bootstrap import bootstrap
from provisioning.services.vending.claims import Claim, claim_request, let_go, move, renew
from provisioning.services.vending.create import begin, follow
from provisioning.services.vending.outcome import Doubtful, Failed, Moved, Outcome, Waits, outcome_of
from provisioning.services.vending.place import place
from provisioning.services.vending.prove import prove

logger = logging.getLogger(__name__)
State = AccountRequest.State
Step = Callable[[Claim, AccountRequest], Outcome]

SLICE_SECONDS = 60
PATIENCE = timedelta(minutes=70)
"""So long a trouble may last before a person is asked: AWS sets an organisation up within an hour."""


def _go_on(claim: Claim, row: AccountRequest) -> Outcome:
    return Moved(State.PLACING)


STEPS: Mapping[str, Step] = {
    State.APPROVED: begin,
    State.CREATING: follow,
    State.CREATED: _go_on,
    State.PLACING: place,
    State.BOOTSTRAPPING: bootstrap,
    State.PROVING: prove,
}


def vend_requests() -> int:
    """Work on due requests until none is left or the slice of time is over; returns how many were taken."""
    taken, until = 0, time.monotonic() + SLICE_SECONDS
    while time.monotonic() < until and (claim := claim_request()):
        with claim.bound():
            try:
                work_on(claim)
            except FencedError as error:
                logger.warning("%s", error.message)
        taken += 1
    return taken


def work_on(claim: Claim) -> None:
    """Step after step, until it waits or ends. Raises FencedError when it is somebody else's now."""
    while True:
        row = claim.row()
        if row.state not in STEPS:
            return
        outcome = _step(claim, row)
        if not _stored(claim, claim.row(), outcome):
            return
        renew(claim)


def _step(claim: Claim, row: AccountRequest) -> Outcome:
    try:
        return STEPS[row.state](claim, row)
    except FencedError:
        raise
    except FirstlineError as error:
        return outcome_of(error, row.attempts)


def _stored(claim: Claim, row: AccountRequest, outcome: Outcome) -> bool:
    """Whether the next step may follow at once."""
    state = State(row.state)
    match outcome:
        case Moved():
            if outcome.to != state:
                move(claim, state, outcome.to, detail=outcome.detail or None, **outcome.fields)
            return outcome.to in STEPS
        case Waits():
            _wait(claim, row, outcome)
        case Failed():
            _fail(claim, state, outcome)
        case Doubtful():
            way_on = {"failure": "in_doubt", "message": outcome.message, "way_on": WayOn.PERSON}
            move(claim, state, State.IN_DOUBT, detail={"reason": outcome.message}, **way_on)
    return False


def _wait(claim: Claim, row: AccountRequest, waits: Waits) -> None:
    if waits.is_trouble and timezone.now() - row.state_since > PATIENCE:
        _fail(claim, State(row.state), Failed(Failure(waits.code, f"{waits.message} Retry.", WayOn.RETRY)))
        return
    told = {"failure": waits.code, "message": waits.message, "way_on": WayOn.WAIT if waits.code else ""}
    let_go(claim, timedelta(seconds=waits.seconds), **told)


def _fail(claim: Claim, state: State, failed: Failed) -> None:
    why = failed.failure
    told = {"failure": why.code, "message": why.sentence, "way_on": why.way_on}
    move(claim, state, State.FAILED, detail={"failure": why.code, "reason": why.sentence}, **told, **failed.fields)
