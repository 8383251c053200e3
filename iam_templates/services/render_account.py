"""Putting together what one account should look like, from all assignments that reach it."""

from django.db import transaction

from accounts.models import Account
from iam_templates.at_payer import joined
from iam_templates.locks import share_assignments
from iam_templates.models import RenderDue
from iam_templates.reach import assignments_reaching
from iam_templates.rendering import Outcome, Renderer
from provisioning.core.desired import DesiredAccount
from provisioning.core.errors import DeclarationError
from provisioning.kinds import all_kinds
from provisioning.services.keep_at_payer import keep_at_payer, take_up
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
    renderer = renderer or Renderer()
    outcome = renderer.outcome(account, assignments_reaching(account))
    if isinstance(outcome, DesiredAccount):
        keep_at_payer(member_id=account_id, payer_id=_payer_id(renderer, outcome), items=outcome.at_payer)
    if account.is_management_account:
        outcome = _with_members(account_id, outcome)
    if isinstance(outcome, DesiredAccount):
        set_desired_state(account_id=account_id, desired=outcome, by=by)
    else:
        mark_not_renderable(account_id=account_id, reasons=outcome, by=by)
    RenderDue.objects.filter(pk=account_id).delete()
    return outcome


def _payer_id(renderer: Renderer, desired: DesiredAccount) -> str:
    """'' where nothing is to be kept, which needs no payer."""
    return renderer.payer.account_id if desired.at_payer and renderer.payer else ""


def _with_members(payer_id: str, own: Outcome) -> Outcome:
    kept = take_up(payer_id)
    if not isinstance(own, DesiredAccount):
        return own
    try:
        return joined(own, kept, all_kinds())
    except DeclarationError as error:
        return error.reasons
