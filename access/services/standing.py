"""Whether somebody who decided earlier may still decide: rights can be withdrawn between a decision and its effect."""

from django.contrib.auth import get_user_model

from access.roles import Permission
from access.scopes import Place
from access.services.grants import person


def still_may(username: str, permission: Permission, account: Place) -> bool:
    """Whether this person is active and holds a role that allows it on this account."""
    user = get_user_model().objects.filter(username=username, is_active=True).first()
    return user is not None and person(user).may(permission, account)
