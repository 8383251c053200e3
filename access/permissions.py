"""Deny by default: a view states what each of its actions needs, or nobody may use it."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from access.authentication import actor_of
from access.roles import Permission


class RolePermission(BasePermission):
    """Reads need `view`; every other action needs what the view's `needs` table says; an unlisted one is refused."""

    message = "Your role does not allow this; ask an operator or an approver."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the request's actor may use this action of this view."""
        if not request.user or not request.user.is_authenticated:
            return False
        if not _has_handler(request, view):
            return True
        needed = self._needed(request, view)
        return needed is not None and actor_of(request.user, request.auth).may(needed)

    @staticmethod
    def _needed(request: Request, view: Any) -> Permission | None:
        action = getattr(view, "action", None) or str(request.method).lower()
        default = Permission.VIEW if request.method in {"GET", "HEAD", "OPTIONS"} else None
        needed: Permission | None = getattr(view, "needs", {}).get(action, default)
        return needed


def _has_handler(request: Request, view: Any) -> bool:
    """Whether the view answers this method at all; where it does not, nothing runs and the answer is 405."""
    return hasattr(view, str(request.method).lower())
