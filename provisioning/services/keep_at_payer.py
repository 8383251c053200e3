"""The items that members have kept at the payer: each member writes its own rows, the payer's rendering takes them up.

Neither waits for the other: a row that is being changed stays marked, and is taken up by the next rendering.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from accounts.models import Account
from provisioning.core.desired import DesiredItem
from provisioning.core.plain import plain
from provisioning.models import PayerItem

_ROWS = 1000


def find_payer() -> Account | None:
    """The organisation's management account, as it is registered here; None while none is."""
    found: Account | None = (
        Account.objects.filter(is_management_account=True)
        .exclude(state=Account.State.LEFT)
        .order_by("account_id")
        .first()
    )
    return found


@transaction.atomic
def keep_at_payer(*, member_id: str, payer_id: str, items: Iterable[DesiredItem]) -> None:
    """Have the payer keep these items of the member, and no others. What is as it was is not touched.

    To be called by whoever holds the member's desired head.
    """
    wanted = {(item.kind, item.name): plain(item.to_plain()) for item in items}
    there = {(row.kind, row.name): row for row in PayerItem.objects.filter(member_id=member_id)}
    for key, data in wanted.items():
        row = there.get(key)
        if row is None:
            PayerItem.objects.create(payer_id=payer_id, member_id=member_id, kind=key[0], name=key[1], data=data)
        elif row.data != data or row.is_gone or row.payer_id != payer_id:
            PayerItem.objects.filter(pk=row.pk).update(data=data, payer_id=payer_id, is_new=True, is_gone=False)
    gone = [row.pk for key, row in there.items() if key not in wanted and not row.is_gone]
    if gone:
        PayerItem.objects.filter(pk__in=gone).update(is_new=True, is_gone=True)


@transaction.atomic
def take_up(payer_id: str) -> tuple[DesiredItem, ...]:
    """Everything the members want of the payer, as of now; what was taken up is no longer marked as new."""
    marked = PayerItem.objects.filter(payer_id=payer_id, is_new=True).order_by("pk")
    taken = list(marked.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    found = tuple(
        DesiredItem.from_plain(data)
        for data in PayerItem.objects.filter(payer_id=payer_id, is_gone=False)
        .order_by("kind", "name")
        .values_list("data", flat=True)
        .iterator(_ROWS)
    )
    PayerItem.objects.filter(pk__in=taken, is_gone=True).delete()
    PayerItem.objects.filter(pk__in=taken).update(is_new=False)
    return found


def payers_behind() -> list[str]:
    """The payers whose members changed what they want kept, since it was last taken up."""
    rows = PayerItem.objects.filter(is_new=True, payer__is_management_account=True)
    return sorted(set(rows.values_list("payer_id", flat=True)))


def members_elsewhere(payer: Account | None) -> Q:
    """Accounts that must be rendered anew because the payer is another one, or was registered since they failed."""
    if payer is None:
        return Q(pk__in=[])
    failed = Q(desired__failure__isnull=False, desired__rendered_at__lt=payer.updated_at)
    moved = PayerItem.objects.filter(is_gone=False).exclude(payer=payer)
    return failed | Q(pk__in=moved.values("member_id"))
