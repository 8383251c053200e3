"""The dispatcher's share of rendering: accounts whose desired state is older than what it is made from."""

import logging
from datetime import timedelta

from django.db.models import F, Q

from access.roles import SYSTEM
from accounts.models import Account
from iam_templates.rendering import Renderer
from iam_templates.services.render_account import render_account
from provisioning.services.keep_at_payer import find_payer, members_elsewhere, payers_behind

logger = logging.getLogger(__name__)
BATCH = 100
OVERLAP = timedelta(seconds=5)
"""A change of an account's facts is stamped a moment before it can be seen; so long it is looked at again."""


def render_stale(*, by: str = SYSTEM.name, limit: int = BATCH) -> int:
    """Render up to `limit` accounts that are due, each in a transaction of its own; returns how many.

    Due is an account that an assignment marked (RenderDue), one never rendered, one changed since, and a payer whose
    members changed what it keeps. Any number of dispatchers may do this at once: rendering twice changes nothing.
    """
    due = Q(render_due__isnull=False) | Q(desired__isnull=True) | Q(updated_at__gt=F("desired__rendered_at") - OVERLAP)
    due |= members_elsewhere(find_payer())
    ids = list(Account.objects.filter(due).order_by("account_id").values_list("pk", flat=True)[:limit])
    if len(ids) < limit:
        # Last, so that a change of many members makes few new states of their payer.
        ids += [payer for payer in payers_behind() if payer not in ids]
    renderer = Renderer()
    return sum(_rendered(account_id, by, renderer) for account_id in ids)


def _rendered(account_id: str, by: str, renderer: Renderer) -> bool:
    try:
        render_account(account_id=account_id, by=by, renderer=renderer)
    except Exception:
        # One account must not keep the others from being rendered; it stays due, and the next pass tries again.
        logger.exception("rendering failed", extra={"account_id": account_id})
        return False
    return True
