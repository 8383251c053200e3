"""Requests that were refused, in the history: the same for the API and the admin."""

import logging
from typing import Any

from django.db import DatabaseError

from history.services.refusals import record_refusal

logger = logging.getLogger(__name__)


def record_refused_request(request: Any, why: str) -> None:
    """Who was refused what, by a right they lack or by a rule such as "nobody approves their own".

    A history that can't be written to is logged: the refusal stands anyway.
    """
    user = getattr(request, "user", None)
    name = user.get_username() if user is not None and user.is_authenticated else ""
    detail = {"method": request.method, "path": request.path[:200], "reason": why[:300]}
    try:
        record_refusal(actor=name, verb="request.refused", subject=request.path[:300], detail=detail)
    except DatabaseError:
        logger.exception("refusal not recorded")
