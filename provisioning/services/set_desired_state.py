"""Storing what one account should look like: a new generation only when it really differs."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from history.services.record import record
from provisioning.core.desired import DesiredAccount
from provisioning.core.plain import digest, plain
from provisioning.models import DesiredHead, DesiredState


@transaction.atomic
def set_desired_state(*, account_id: str, desired: DesiredAccount, by: str) -> DesiredState:
    """Put `desired` in force and clear an earlier failure. A changed digest makes a new generation and a look due.

    No item at all means nothing is assigned (verdict `unassigned`); it never means that everything is to go.
    """
    head = head_for_update(account_id)
    data = plain(desired.to_plain())
    if head.current is None or head.current.digest != digest(data):
        head.current = _next_generation(head, data, by)
        Account.objects.filter(pk=account_id).update(next_due_at=timezone.now())
    head.failure = None
    head.rendered_at = timezone.now()
    head.save()
    return head.current


def head_for_update(account_id: str) -> DesiredHead:
    """The locked head of an account, made when there is none: whoever holds it is the only one who renders."""
    DesiredHead.objects.bulk_create(
        [DesiredHead(account_id=account_id, rendered_at=timezone.now())], ignore_conflicts=True
    )
    return DesiredHead.objects.select_for_update(of=("self",)).select_related("current").get(pk=account_id)


def _next_generation(head: DesiredHead, data: object, by: str) -> DesiredState:
    before = head.current
    state = DesiredState.objects.create(
        account_id=head.pk,
        generation=before.generation + 1 if before else 1,
        data=data,
        digest=digest(data),
        created_by=by,
    )
    record(
        actor=by,
        verb="desired_state.changed",
        account_id=head.pk,
        subject=str(state),
        before={"generation": before.generation, "digest": before.digest} if before else None,
        after={"generation": state.generation, "digest": state.digest},
    )
    return state
