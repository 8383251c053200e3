"""A pass over the hand-overs of one account, by the worker that may make credentials and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from access.roles import SYSTEM
from provisioning.aws.call_context import CallCounter
from provisioning.aws.errors import LeaseTooShortError
from provisioning.core.errors import AccessFailedError, AwsError, ErrorClass, FirstlineError
from provisioning.core.session_policy import LOOK_POLICY
from provisioning.models import HandOver, Lease, Run
from provisioning.services.apply_state import PausedError
from provisioning.services.entry import enter_to_hand_over, prove_access
from provisioning.services.hand_over_ends import retire_key, take_back
from provisioning.services.hand_over_events import tell
from provisioning.services.hand_over_steps import make
from provisioning.services.handing import Handing, SpentError
from provisioning.services.leases import Claim, claim_hand_over, hold, release
from provisioning.services.move_run import move_run
from provisioning.services.note_throttles import note_throttles
from provisioning.services.quarantine import carry_out
from provisioning.services.secret_box import NoKeyError, keys
from provisioning.services.work import load_work

AGAIN = timedelta(seconds=20)
AGAIN_BLOCKED = timedelta(minutes=10)
PASSES = frozenset(
    {
        ErrorClass.THROTTLED,
        ErrorClass.TRANSIENT,
        ErrorClass.CONFLICT,
        ErrorClass.CONSISTENCY,
        ErrorClass.SESSION,
    }
)


def hand_over_run(*, run_id: UUID) -> None:
    """Do what is due in one account; safe to call twice, late, or for nothing."""
    claim = claim_hand_over(run_id)
    if claim is not None:
        carry_out(claim, _work)


def _work(claim: Claim) -> None:
    calls = CallCounter()
    try:
        keys()
        work = load_work(claim.account_id)
        prove_access(work, claim, calls)
        with enter_to_hand_over(work, claim, LOOK_POLICY, calls) as reading:
            _do_all(Handing(claim, work, reading, calls))
    except (AccessFailedError, NoKeyError) as error:
        _end(claim, calls, Run.State.BLOCKED, error, AGAIN_BLOCKED)
    except (AwsError, LeaseTooShortError, PausedError) as error:
        unknown = isinstance(error, AwsError) and error.error_class is ErrorClass.UNKNOWN_OUTCOME
        _end(claim, calls, Run.State.FAILED, error, AGAIN, keep_lease=unknown)
    else:
        _end(claim, calls, Run.State.DONE)
    finally:
        note_throttles(claim.run_id, calls)


def _do_all(handing: Handing) -> None:
    due = HandOver.objects.filter(account_id=handing.claim.account_id, next_at__lte=Now())
    for row in due.select_related("account").order_by("next_at"):
        if step := _step(row):
            _do(handing, row, step)


def _step(row: HandOver) -> Callable[[Handing, HandOver], None] | None:
    if row.state in HandOver.TO_MAKE:
        return make
    if row.state in {HandOver.State.EXPIRED, HandOver.State.FAILED}:
        return take_back
    return retire_key if row.state == HandOver.State.READ else None


def _do(handing: Handing, row: HandOver, step: Callable[[Handing, HandOver], None]) -> None:
    """One hand-over; an answered refusal is its own, so that the others go on. What is unknown ends the run."""
    try:
        step(handing, row)
    except SpentError as error:
        _fail(handing, row, error)
    except AwsError as error:
        if error.error_class is ErrorClass.UNKNOWN_OUTCOME:
            _leave_unknown(handing, row, error)
            raise
        if error.error_class in PASSES or _may_have_made(handing, row):
            _put_off(handing, row, error)
        else:
            _fail(handing, row, _refused(error))


def _may_have_made(handing: Handing, row: HandOver) -> bool:
    """An earlier try may have made something: it is looked for until it is found, or known not to be there."""
    return not handing.answered and HandOver.objects.filter(pk=row.pk, state=HandOver.State.MAKING).exists()


def _refused(error: AwsError) -> SpentError:
    hints = {
        "PasswordPolicyViolation": "The account's password policy refused it: look at the policy, and ask again.",
        "LimitExceeded": "The user has two access keys, the most AWS allows: delete one, and ask again.",
        "AccessDenied": "The hand-over role may not do this: deploy the present templates of deploy/.",
    }
    return SpentError(hints.get(error.aws_code, error.message), error.aws_code or error.code)


@transaction.atomic
def _leave_unknown(handing: Handing, row: HandOver, error: AwsError) -> None:
    """Silence after a write: looked at again when the lease has run out and AWS shows what came of it."""
    hold(handing.claim)
    until = Lease.objects.get(pk=row.account_id).lease_until
    settle = timedelta(seconds=settings.FIRSTLINE.settle_seconds if row.what == HandOver.What.ACCESS_KEY else 0)
    HandOver.objects.filter(pk=row.pk).update(next_at=until + settle, reason_code=error.code, message=error.message)
    tell(row, "unknown", SYSTEM.name, run_id=handing.claim.run_id, code=error.aws_code)


@transaction.atomic
def _put_off(handing: Handing, row: HandOver, error: FirstlineError) -> None:
    """An answered refusal that passes: nothing was made."""
    hold(handing.claim)
    said: dict[str, Any] = {"reason_code": error.code, "message": error.message, "next_at": Now() + AGAIN}
    rows = HandOver.objects.filter(pk=row.pk)
    rows.update(**said)
    if handing.answered:
        rows.filter(state=HandOver.State.MAKING).update(state=HandOver.State.QUEUED)
    tell(row, "put_off", SYSTEM.name, run_id=handing.claim.run_id, reason=error.code)


@transaction.atomic
def _fail(handing: Handing, row: HandOver, error: FirstlineError) -> None:
    """Nothing comes of it; of what was expired or replaced, a person is told what is left to do."""
    hold(handing.claim)
    said: dict[str, Any] = {"reason_code": error.code, "message": error.message, "next_at": None}
    rows = HandOver.objects.filter(pk=row.pk)
    rows.update(**said)
    if not handing.answered:
        # An earlier try may have set a password: that is taken back as if nobody had read it.
        rows.filter(state=HandOver.State.MAKING).update(next_at=Now())
    rows.filter(state__in=HandOver.TO_MAKE).update(state=HandOver.State.FAILED, ended_at=Now())
    rows.filter(state=HandOver.State.READ).exclude(old_key="").update(old_key=HandOver.OldKey.KEPT)
    tell(row, "failed", SYSTEM.name, run_id=handing.claim.run_id, reason=error.code, message=error.message)


@transaction.atomic
def _end(
    claim: Claim,
    calls: CallCounter,
    state: Run.State,
    error: FirstlineError | None = None,
    again: timedelta = AGAIN,
    *,
    keep_lease: bool = False,
) -> None:
    hold(claim)
    causes = list(error.causes) if isinstance(error, AccessFailedError) else []
    said = {"reason_code": error.code, "message": error.message, "outcome": {"causes": causes}} if error else {}
    move_run(claim, Run.State.LOOKING, state, aws_calls=calls.made, **said)
    if error:
        left = HandOver.objects.filter(account_id=claim.account_id, next_at__lte=Now())
        left.update(next_at=Now() + again, reason_code=error.code, message=error.message)
    if not keep_lease:
        release(claim)
