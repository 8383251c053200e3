"""Whether somebody who decided earlier may still decide: rights can be withdrawn between a decision and its effect."""

from django.contrib.auth import get_user_model
from django.utils import timezone

from access.models import Token
from access.roles import Permission, Role, actor


def still_may(username: str, permission: Permission) -> bool:
    """Whether this person is active and holds, by group or by a live token, a role that allows it."""
    user = get_user_model().objects.filter(username=username, is_active=True).first()
    if user is None:
        return False
    if user.is_superuser:
        return True
    live = Token.objects.filter(user=user, revoked_at=None, expires_at__gt=timezone.now())
    roles = {*user.groups.values_list("name", flat=True), *live.values_list("role", flat=True)}
    return actor(username, roles & {*Role.values}).may(permission)
