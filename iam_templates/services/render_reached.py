"""Rendering the accounts that a change of assignments reaches: few at once, many by the dispatcher."""

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Account
from iam_templates.models import RenderDue
from iam_templates.rendering import Renderer
from iam_templates.services.render_account import render_account

AT_ONCE = 200
_ROWS = 1000


@transaction.atomic
def render_reached(*, accounts: QuerySet[Account], by: str) -> int:
    """Render up to 200 accounts now; more are marked due, and `render_stale` renders them. Returns how many now.

    The marks are part of the caller's transaction, so no account is forgotten when the process dies.
    """
    ids = list(accounts.values_list("pk", flat=True))
    if len(ids) > AT_ONCE:
        marks = [RenderDue(account_id=account_id) for account_id in ids]
        RenderDue.objects.bulk_create(marks, batch_size=_ROWS, ignore_conflicts=True)
        return 0
    renderer = Renderer()
    for account_id in ids:
        render_account(account_id=account_id, by=by, renderer=renderer)
    return len(ids)
