"""What follows a hand-over: what nobody read is taken back, and the key that was replaced is retired."""

from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from provisioning.aws.user_credentials import (
    AccessKey,
    User,
    access_keys,
    deactivate_key,
    delete_key,
    end_console_access,
    is_used,
    login_profile,
    read_user,
)
from provisioning.models import HandOver
from provisioning.services.hand_over_steps import find_user
from provisioning.services.handing import Handing, note, remove_key, under_lease, writing_to
from provisioning.services.record_look import look_again_at

What, OldKey = HandOver.What, HandOver.OldKey


def take_back(handing: Handing, row: HandOver) -> None:
    """What nobody read opens nothing: the key is deleted; so is console access that began with it."""
    user = read_user(handing.reading, row.user_name)
    how = "gone"
    if user and row.what == What.ACCESS_KEY:
        for key in (key for key in access_keys(handing.reading, user.name) if key.id == row.key_id):
            remove_key(handing, row, user, key, "key_deleted")
            how = "key_deleted"
    elif user:
        how = _take_back_password(handing, row, user)
    note(handing, row, "taken_back", taken_back_at=Now(), next_at=None, how=how)
    look_again_at(row.account_id, timedelta(0))


def _take_back_password(handing: Handing, row: HandOver, user: User) -> str:
    profile = login_profile(handing.reading, user.name)
    if profile is None:
        return "gone"
    # Changed at a sign-in since: then somebody else gave the user another password, and it is theirs.
    if row.had_profile or not profile.get("PasswordResetRequired"):
        return "left_unknown_to_all"
    with writing_to(handing, user) as writing:
        under_lease(handing, lambda: end_console_access(writing, user))
    return "console_access_ended"


def retire_key(handing: Handing, row: HandOver) -> None:
    """Second half of a rotation: inactive once the new key is in use, deleted when the grace time is over."""
    user = find_user(handing, row)
    old = next((key for key in access_keys(handing.reading, user.name) if key.id == row.replaces), None)
    if old is None:
        note(handing, row, "old_key_deleted", old_key=OldKey.DELETED, next_at=None)
    elif row.old_key == OldKey.ASKED:
        _deactivate_old(handing, row, user, old)
    elif row.old_key == OldKey.INACTIVE and old.is_active:
        told = {"reason_code": "old_key_active", "message": f"{old.id} was made active again, so it was not deleted."}
        note(handing, row, "old_key_kept", old_key=OldKey.KEPT, next_at=None, **told)
    elif row.old_key == OldKey.INACTIVE:
        with writing_to(handing, user) as writing:
            under_lease(handing, lambda: delete_key(writing, user, old.id))
        note(handing, row, "old_key_deleted", old_key=OldKey.DELETED, next_at=None)


def _deactivate_old(handing: Handing, row: HandOver, user: User, old: AccessKey) -> None:
    if not is_used(handing.reading, row.key_id):
        why = f"{row.key_id} was not used yet, as far as AWS shows; it does some minutes later. Ask again then."
        told = {"reason_code": "new_key_unused", "message": why}
        note(handing, row, "old_key_kept", old_key=OldKey.ACTIVE, next_at=None, **told)
        return
    with writing_to(handing, user) as writing:
        under_lease(handing, lambda: deactivate_key(writing, user, old.id))
    at = timezone.now() + timedelta(days=settings.FIRSTLINE.key_grace_days)
    note(handing, row, "old_key_deactivated", old_key=OldKey.INACTIVE, delete_old_at=at, next_at=at)
