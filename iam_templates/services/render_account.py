"""Putting together what one account should look like, from all assignments that reach it."""

from django.db import transaction

from accounts.models import Account
from iam_templates.locks import share_assignments
from iam_templates.models import RenderDue
from iam_templates.reach import assignments_reaching
from iam_templates.rendering import Outcome, Renderer
from provisioning.core.desired import DesiredAccount
from provisioning.services.mark_not_renderable import mark_not_renderable
from provisioning.services.set_desired_state import head_for_update, set_desired_state


@transaction.atomic
def render_account(*, account_id: str, by: str, renderer: Renderer | None = None) -> Outcome:
    """Render and store; returns the desired state, or the reasons why the last good one was kept instead.

    To be called in the transaction that registers an account or changes its facts. With no assignment left the
    desired state is empty: nothing is managed then, and nothing removed.
    """
    share_assignments()
    head_for_update(account_id)
    account = Account.objects.get(pk=account_id)
    outcome = (renderer or Renderer()).outcome(account, assignments_reaching(account))
    if isinstance(outcome, DesiredAccount):
        set_desired_state(account_id=account_id, desired=outcome, by=by)
    else:
        mark_not_renderable(account_id=account_id, reasons=outcome, by=by)
    RenderDue.objects.filter(pk=account_id).delete()
    return outcome
