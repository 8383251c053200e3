"""People who hold roles, somewhere or on the whole fleet."""

from typing import Any

from django.contrib.auth.models import User

from access.models import RoleBinding
from access.roles import COMMAND_LINE, Grant, Role
from access.scopes import parse_scope
from access.services.create_token import create_token

PASSWORD = "a long pass phrase"


def person(name: str, *roles: str, scope: str = "fleet", is_staff: bool = True, password: str | None = None) -> User:
    """Someone who may sign in, with these roles on one scope."""
    made = User.objects.create_user(name, password=password, is_staff=is_staff)
    for role in roles:
        bind(made, role, scope)
    return made


def bind(user: User, role: str, scope: str = "fleet") -> RoleBinding:
    """Give a role that nobody asks about."""
    where = parse_scope(scope)
    made, _ = RoleBinding.objects.get_or_create(
        user=user, role=role, scope_kind=where.kind, scope_value=where.value, defaults={"granted_by": "test"}
    )
    return made


def token(username: str, *roles: str, scope: str = "fleet", **given: Any) -> str:
    """The text of a token of these roles, for someone who holds them; made when new."""
    user = User.objects.filter(username=username).first() or person(username, is_staff=False)
    for role in roles:
        bind(user, role, scope)
    grants = [Grant(Role(role), parse_scope(scope)) for role in roles]
    return create_token(username=username, grants=grants, actor=COMMAND_LINE, **{"name": "test", **given})[1]
