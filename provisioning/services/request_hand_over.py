"""Asking for a first password or an access key: for a declared and owned user, to be read by one named person."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from access.roles import Actor, Permission
from access.services.standing import still_may
from accounts.models import Account
from provisioning.core.errors import ConflictError, DeclarationError, Reason
from provisioning.models import HandOver
from provisioning.services.hand_over_events import tell
from provisioning.services.hand_over_user import why_not_handed_over
from provisioning.services.require import require_account
from provisioning.services.secret_box import keys, why_not_public_key


def request_hand_over(
    *,
    account_id: str,
    user: str,
    what: str,
    reader: str,
    actor: Actor,
    replaces: str = "",
    public_key: str = "",
) -> HandOver:
    """Ask for one credential; where the environment asks for it, somebody else approves it first.

    Raises NotFoundError, NotAllowedError, DeclarationError with every reason, ConflictError while one is open
    and where nothing could be encrypted.
    """
    account = require_account(actor, Permission.HAND_OVER, Account.objects.filter(pk=account_id).first())
    if account.state != Account.State.MANAGED:
        raise ConflictError(f"Account {account_id} is {account.state}: credentials are made in managed accounts only.")
    if reasons := list(_reasons(account, user, what, reader, replaces, public_key)):
        raise DeclarationError(reasons)
    keys()
    try:
        with transaction.atomic():
            return _store(account, user, what, reader, actor, replaces, public_key)
    except IntegrityError:
        raise ConflictError(
            f"A hand-over of this for {user} is open: wait for it to be read, or withdraw it."
        ) from None


def _store(
    account: Account, user: str, what: str, reader: str, actor: Actor, replaces: str, public_key: str
) -> HandOver:
    waits = account.environment in settings.FIRSTLINE.hand_over_approval
    now = timezone.now()
    row: HandOver = HandOver.objects.create(
        account=account,
        user_name=user,
        what=what,
        reader=reader,
        public_key=public_key,
        replaces=replaces,
        state=HandOver.State.PROPOSED if waits else HandOver.State.QUEUED,
        requested_by=actor.name,
        make_until=now + timedelta(hours=settings.FIRSTLINE.plan_expiry_hours),
        next_at=None if waits else now,
        old_key=HandOver.OldKey.ACTIVE if replaces else "",
    )
    tell(row, "requested", actor.name, waits_for_approval=waits)
    return row


def _reasons(account: Account, user: str, what: str, reader: str, replaces: str, public_key: str) -> Iterator[Reason]:
    if why := why_not_handed_over(account.pk, user, what):
        yield Reason("/user", why)
    if not still_may(reader, Permission.VIEW, account):
        yield Reason("/for", f"{reader} is nobody who may see this account: give them a role there first.")
    if replaces and what != HandOver.What.ACCESS_KEY:
        yield Reason("/replaces", "Only an access key replaces an access key.")
    if public_key and (why := why_not_public_key(public_key)):
        yield Reason("/public_key", why)
