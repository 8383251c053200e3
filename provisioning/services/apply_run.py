"""Applying an approved plan: look again, check that the approval still covers it, write call by call, verify."""

import time
from uuid import UUID

from provisioning.aws.errors import LeaseTooShortError
from provisioning.aws.session import AwsSession
from provisioning.core.errors import (
    AccessFailedError,
    AwsError,
    DeclarationError,
    ErrorClass,
)
from provisioning.core.session_policy import SessionPolicyTooLongError, session_policies
from provisioning.models import Run
from provisioning.services.apply_state import (
    Applying,
    PausedError,
    RefusedError,
    StalePlanError,
    StoppedError,
    bind,
    changes_to_make,
    load_applying,
    put_off_unread,
)
from provisioning.services.check_apply_role import check_apply_role
from provisioning.services.end_apply import barren_attempts, end_apply, end_verified, put_off
from provisioning.services.entry import enter_to_verify, enter_to_write
from provisioning.services.leases import Claim, claim_apply, keep_alive, renew
from provisioning.services.make_change import Step, make_call
from provisioning.services.move_run import move_run
from provisioning.services.note_throttles import note_throttles
from provisioning.services.observe import Observation, observe
from provisioning.services.quarantine import carry_out

ATTEMPTS = 25
"""So often an apply may be tried without making a single write."""
PATIENCE_SECONDS = (0.0, 1.0, 2.0, 4.0)
RETRYABLE = {
    ErrorClass.THROTTLED,
    ErrorClass.TRANSIENT,
    ErrorClass.CONSISTENCY,
    ErrorClass.CONFLICT,
    ErrorClass.SESSION,
}
ENDS: dict[type[Exception], Run.State] = {
    StalePlanError: Run.State.STALE,
    RefusedError: Run.State.REFUSED,
    StoppedError: Run.State.CANCELLED,
    DeclarationError: Run.State.FAILED,
    SessionPolicyTooLongError: Run.State.FAILED,
}


def apply_run(*, run_id: UUID) -> None:
    """Do one attempt of an apply, or a check of its role; safe to call twice, late, or for nothing."""
    claim = claim_apply(run_id)
    if claim is not None:
        carry_out(claim, _do)


def _do(claim: Claim) -> None:
    if claim.kind == Run.Kind.CHECK_APPLY:
        check_apply_role(claim)
    else:
        _attempt(load_applying(claim))


def _attempt(applying: Applying) -> None:
    try:
        _work(applying)
    finally:
        note_throttles(applying.claim.run_id, applying.calls)


def _work(applying: Applying) -> None:
    try:
        with enter_to_verify(applying.work, applying.claim, applying.calls) as looking:
            _look_and_write(applying, looking)
    except PausedError as error:
        put_off(applying, error, keep_lease=False)
    except (AwsError, LeaseTooShortError) as error:
        _answer(applying, error)
    except AccessFailedError as error:
        end_apply(applying, Run.State.BLOCKED, error, {"causes": list(error.causes)})
    except (StalePlanError, RefusedError, StoppedError, DeclarationError, SessionPolicyTooLongError) as error:
        end_apply(applying, ENDS[type(error)], error)


def _answer(applying: Applying, error: AwsError | LeaseTooShortError) -> None:
    error_class = error.error_class if isinstance(error, AwsError) else None
    unknown = error_class is ErrorClass.UNKNOWN_OUTCOME
    passes = unknown or error_class is None or error_class in RETRYABLE
    if passes and barren_attempts(applying.claim) < ATTEMPTS:
        put_off(applying, error, keep_lease=unknown)
    elif error_class in {ErrorClass.DENIED, ErrorClass.GONE}:
        end_apply(applying, Run.State.BLOCKED, error)
    else:
        end_apply(applying, Run.State.FAILED, error, keep_lease=unknown)


def _look_and_write(applying: Applying, looking: AwsSession) -> None:
    seen = observe(looking, applying.work, applying.created, keep_alive(applying.claim))
    bind(applying, seen)
    move_run(applying.claim, Run.State.LOOKING, Run.State.APPLYING, aws_calls=applying.aws_calls)
    _write(applying, looking, seen)
    move_run(applying.claim, Run.State.APPLYING, Run.State.VERIFYING, aws_calls=applying.aws_calls)
    end_verified(applying, _look_until_visible(applying, looking))


def _write(applying: Applying, looking: AwsSession, seen: Observation) -> None:
    pairs = [(change, call) for change in changes_to_make(applying, seen) for call in change.calls]
    steps = [Step(change, call, n) for n, (change, call) in enumerate(pairs)]
    # Re-reads go through the session that looks, so a slice holds the actions of its writes and nothing else.
    for policy, part in session_policies([step.call for step in steps]):
        with enter_to_write(applying.work, applying.claim, policy, applying.calls) as writing:
            for step in steps[part]:
                make_call(applying, step, seen, looking, writing)


def _look_until_visible(applying: Applying, looking: AwsSession) -> Observation:
    """What was written may take AWS a moment to show; then the settle window goes on waiting."""
    for pause in PATIENCE_SECONDS:
        time.sleep(pause)
        renew([applying.claim])
        seen = observe(looking, applying.work, applying.created, keep_alive(applying.claim))
        if not any(change.calls for change in changes_to_make(applying, seen)):
            break
    put_off_unread(applying, seen)
    return seen
