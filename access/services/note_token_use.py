"""Token use in the history: the first of each day from each address, and each refusal of a token that exists."""

import logging

from django.utils import timezone

from access.models import Token
from access.secret import SHAPE
from history.services.record import record
from history.services.refusals import record_refusal

logger = logging.getLogger(__name__)


MOST_ADDRESSES = 20
"""A token that changes its address all day fills neither its row nor the history."""


def note_use(token: Token, address: str) -> None:
    """Record the first use of the day from this address. `token` is as it was before this use."""
    used = token.last_used_at
    is_today = used is not None and used.date() == timezone.now().date()
    known = token.used_from if is_today else []
    if address in known or len(known) >= MOST_ADDRESSES:
        return
    Token.objects.filter(pk=token.pk).update(used_from=[*known, address])
    person = token.user.get_username()
    record(actor=person, verb="token.used", subject=f"{person}/{token.key_id}", detail={"address": address})


def note_refused(presented: str, address: str) -> None:
    """Record that a token of ours was refused; one that never was ours is only logged, for anyone can send those."""
    shape = SHAPE.fullmatch(presented)
    key_id = shape[1] if shape else ""
    token = Token.objects.filter(key_id=key_id).select_related("user").first()
    if token is None:
        logger.warning("unknown token refused", extra={"address": address})
        return
    person = token.user.get_username()
    record_refusal(actor=person, verb="token.refused", subject=f"{person}/{key_id}", detail={"address": address})
