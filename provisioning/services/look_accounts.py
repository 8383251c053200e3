"""Looking at many accounts: threads read, one call in flight in each account; this thread alone records."""

import logging
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from django.conf import settings

from provisioning.aws.call_context import CallCounter
from provisioning.core.errors import AccessFailedError, AwsError, DeclarationError, FencedError, FirstlineError
from provisioning.models import Run
from provisioning.services.entry import enter_to_look, prove_access
from provisioning.services.leases import Claim, claim_looks, renew
from provisioning.services.note_throttles import note_throttles
from provisioning.services.observe import Observation, observe
from provisioning.services.quarantine import CRASHES, quarantine
from provisioning.services.record_check import record_check, record_failed_check
from provisioning.services.record_look import record_failed_look, record_look
from provisioning.services.work import Work, load_work

logger = logging.getLogger(__name__)

SLICE_SECONDS = 100


@dataclass(frozen=True)
class Reading:
    """One account being read on a thread, which gives what was seen; for an access check, as whom it got in."""

    claim: Claim
    work: Work
    calls: CallCounter


def look_accounts() -> int:
    """Take due looks and checks until none is left or the slice of time is over; returns how many ended."""
    threads, ended, until = settings.FIRSTLINE.look_threads, 0, time.monotonic() + SLICE_SECONDS
    pause = settings.FIRSTLINE.lease_seconds / 3
    renew_at = time.monotonic() + pause
    busy: dict[Future[Observation | str], Reading] = {}
    with ThreadPoolExecutor(threads, thread_name_prefix="look") as pool:
        while True:
            if time.monotonic() < until:
                busy |= _start(pool, threads - len(busy))
            if not busy:
                return ended
            done, _ = wait(busy, timeout=max(0.0, renew_at - time.monotonic()), return_when=FIRST_COMPLETED)
            for future in done:
                _record(busy.pop(future), future)
                ended += 1
            # Not after every look: with n threads each look would then write n leases.
            if time.monotonic() >= renew_at:
                renew([reading.claim for reading in busy.values()])
                renew_at = time.monotonic() + pause


def _start(pool: ThreadPoolExecutor, free: int) -> dict[Future[Observation | str], Reading]:
    started = {}
    for claim in claim_looks(free) if free else []:
        if claim.crash_count > CRASHES:
            with claim.bound():
                quarantine(claim)
            continue
        reading = Reading(claim, load_work(claim.account_id), CallCounter())
        started[pool.submit(_read, reading)] = reading
    return started


def _read(reading: Reading) -> Observation | str:
    with reading.claim.bound():
        if reading.claim.kind == Run.Kind.CHECK:
            return prove_access(reading.work, reading.claim, reading.calls)
        return _observed(reading)


def _observed(reading: Reading) -> Observation:
    with enter_to_look(reading.work, reading.claim, reading.calls) as session:
        return observe(session, reading.work)


def _record(reading: Reading, future: Future[Observation | str]) -> None:
    try:
        with reading.claim.bound():
            _end(reading, future)
    except FencedError:
        logger.warning("look lost its lease", extra={"run_id": str(reading.claim.run_id)})
    note_throttles(reading.claim.run_id, reading.calls)


def _end(reading: Reading, future: Future[Observation | str]) -> None:
    try:
        seen = future.result()
    except (AccessFailedError, AwsError, DeclarationError) as error:
        _fail(reading, error)
    except Exception as error:
        logger.exception("look failed", extra={"run_id": str(reading.claim.run_id)})
        told = f"{type(error).__name__}: see the worker's log for this run."
        _fail(reading, FirstlineError(told, code="bug"))
    else:
        _succeed(reading, seen)


def _succeed(reading: Reading, seen: Observation | str) -> None:
    if isinstance(seen, str):
        record_check(claim=reading.claim, identity=seen, aws_calls=reading.calls.made)
    else:
        record_look(claim=reading.claim, work=reading.work, seen=seen, aws_calls=reading.calls.made)


def _fail(reading: Reading, error: FirstlineError) -> None:
    if reading.claim.kind == Run.Kind.CHECK:
        record_failed_check(claim=reading.claim, error=error, aws_calls=reading.calls.made)
        return
    refused = isinstance(error, AccessFailedError)
    record_failed_look(
        claim=reading.claim,
        state=Run.State.UNREACHABLE if refused else Run.State.FAILED,
        code="not_renderable" if isinstance(error, DeclarationError) else error.code,
        message=error.message,
        aws_calls=reading.calls.made,
        outcome={"causes": list(error.causes)} if isinstance(error, AccessFailedError) else None,
    )
