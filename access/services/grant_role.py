"""Binding a role to a person on a part of the fleet."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from access.errors import ConflictError
from access.models import RoleBinding, Team
from access.roles import Actor, Grant, Permission
from access.scopes import ScopeKind
from history.services.record import record


@transaction.atomic
def grant_role(*, username: str, grant: Grant, actor: Actor, expires_at: datetime | None = None) -> RoleBinding:
    """Bind it. Nobody gives themselves a role, nor one that allows more, or elsewhere, than they hold themselves.

    Raises PermissionDenied, ValidationError naming what is wrong, ConflictError when they hold it already.
    """
    if username == actor.name:
        raise PermissionDenied("Nobody gives themselves a role: another owner must.")
    if not actor.may_over(Permission.ADMINISTER, grant.scope) or not actor.holds(grant):
        raise PermissionDenied(f"You may not give {grant}: it is more than you hold there.")
    _refuse_wrong_arguments(username, grant, expires_at)
    user = get_user_model().objects.get(username=username)
    given = {"granted_by": actor.name, "expires_at": expires_at}
    binding, made = RoleBinding.objects.get_or_create(
        user=user, role=grant.role, scope_kind=grant.scope.kind, scope_value=grant.scope.value, defaults=given
    )
    if not made:
        raise ConflictError(f"{username} is {grant} already; take it away to give it anew.", code="already_bound")
    detail = {**grant.to_plain(), "expires_at": expires_at.isoformat() if expires_at else None}
    record(actor=actor.name, verb="role.granted", subject=username, detail=detail)
    return binding


def _refuse_wrong_arguments(username: str, grant: Grant, expires_at: datetime | None) -> None:
    errors = {}
    user = get_user_model().objects.filter(username=username).first()
    if user is None or not user.is_active:
        errors["user"] = "there is no such person, or they are switched off"
    if grant.scope.kind == ScopeKind.TEAM and not Team.objects.filter(pk=grant.scope.value).exists():
        errors["scope"] = f"there is no team {grant.scope.value}: make it first"
    if expires_at is not None and expires_at <= timezone.now():
        errors["expires_at"] = "name a time to come, or none"
    if errors:
        raise ValidationError(errors)
