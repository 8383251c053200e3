"""The dispatcher: rings the workers for what is due, and keeps house slowly. Its rounds may overlap with others'."""

import logging
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections, connection
from kombu.exceptions import OperationalError

from access.services.idempotency import drop_old_answers
from access.services.limit_sign_ins import forget_old_tries
from history.services.anchors import keep_anchor, kept_anchors
from history.services.months import make_months
from history.services.seal import seal
from history.services.verify import verify
from iam_templates.services.render_stale import render_stale
from provisioning.services.dispatch import Round, bring_forward, dispatch_round
from provisioning.services.heartbeats import dispatcher_lives, queues_to_ring
from provisioning.services.send_reports import send_due_report
from provisioning.tasks import apply, canary, discover, hand_over, look, vend

logger = logging.getLogger(__name__)

HOUSEKEEPING_SECONDS = 3600.0
MOST_LOOK_HINTS = 8
CANARY_EXPIRES = 300.0
GOODBYE_SECONDS = 15.0
VEND_EXPIRES = 2.0
"""Rung each round while something is due; a worker that is busy finds it by itself."""


def dispatch_until(stop: threading.Event, *, every_seconds: float = 1.0) -> None:
    """Do rounds until `stop` is set, and send reports beside them: a slow mail server must not hold up a round."""
    options = {"every_seconds": every_seconds}
    reporter = threading.Thread(target=report_until, args=(stop,), kwargs=options, daemon=True)
    reporter.start()
    try:
        _rounds_until(stop, every_seconds)
    finally:
        stop.set()
        # What is cut off is sent again when its turn has run out.
        reporter.join(timeout=GOODBYE_SECONDS)


def report_until(stop: threading.Event, *, every_seconds: float) -> None:
    """Send what is due until `stop` is set, one report at a time. What fails is logged and tried again."""
    try:
        while not stop.wait(every_seconds):
            try:
                send_due_report()
            except Exception:
                logger.exception("sending reports failed")
                close_old_connections()
    finally:
        connection.close()


def _rounds_until(stop: threading.Event, every_seconds: float) -> None:
    """A round that fails is logged and the next one tried."""
    next_housekeeping = 0.0
    while not stop.wait(every_seconds):
        try:
            if time.monotonic() >= next_housekeeping:
                # Before the work: house-keeping that fails must not keep the rounds from going on.
                next_housekeeping = time.monotonic() + HOUSEKEEPING_SECONDS
                keep_house()
                bring_forward()
            render_stale()
            ring(dispatch_round())
            seal()
            send_canaries(queues_to_ring())
            dispatcher_lives()
        except Exception:
            logger.exception("round failed")
            close_old_connections()


def keep_house() -> None:
    """Once an hour: the coming months, old answers dropped, and the history's chain verified and anchored."""
    make_months()
    forget_old_tries()
    drop_old_answers()
    anchors = Path(settings.FIRSTLINE.history_anchor_file) if settings.FIRSTLINE.history_anchor_file else None
    keep_anchor(settings.FIRSTLINE.history_anchor_file)
    if damage := verify(kept_anchors(anchors) if anchors else ()).damage:
        logger.error("history does not hold: %s", damage)


def ring(found: Round) -> None:
    """Send the hints of one round; a hint that is lost is sent again after `hint_again_seconds`."""
    looks = min(-(-found.looks // settings.FIRSTLINE.look_threads), MOST_LOOK_HINTS)
    expires = settings.FIRSTLINE.hint_again_seconds * 2
    try:
        for _ in range(looks):
            look.apply_async(expires=expires, retry=False)
        if found.requests:
            vend.apply_async(expires=VEND_EXPIRES, retry=False)
        for run_id in found.applies:
            apply.apply_async([str(run_id)], expires=expires, retry=False)
        for run_id in found.hand_overs:
            hand_over.apply_async([str(run_id)], expires=expires, retry=False)
        if found.discovery:
            discover.apply_async(expires=expires, retry=False)
    except (OperationalError, OSError) as error:
        _unreachable(error)


def send_canaries(queues: Iterable[str]) -> None:
    """One through each queue. It outlives a long slice of work: a busy worker is not a deaf one."""
    try:
        for queue in queues:
            canary.apply_async([queue], queue=queue, expires=CANARY_EXPIRES, retry=False)
    except (OperationalError, OSError) as error:
        _unreachable(error)


def _unreachable(error: Exception) -> None:
    logger.warning("broker unreachable: %s; ringing again later", type(error).__name__)
