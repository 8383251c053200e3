"""Sign-ins to the admin, told to the history: Django says so by signals, this listens."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from history.services.record import record
from history.services.refusals import record_refusal

SHOWN = 150


def listen() -> None:
    """Connect; called once when the app is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="history_sign_in")
    user_logged_out.connect(_signed_out, dispatch_uid="history_sign_out")
    user_login_failed.connect(_failed, dispatch_uid="history_sign_in_failed")


def _signed_in(sender: Any, request: HttpRequest | None, user: Any, **_: Any) -> None:
    record(actor=user.get_username(), verb="sign_in.succeeded", subject=user.get_username(), detail=_where(request))


def _signed_out(sender: Any, request: HttpRequest | None, user: Any, **_: Any) -> None:
    if user is not None:
        record(actor=user.get_username(), verb="sign_in.ended", subject=user.get_username(), detail=_where(request))


def _failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    name = _known(str(credentials.get("username", "")))
    record_refusal(actor=name, verb="sign_in.failed", subject=name, detail=_where(request))


def _known(typed: str) -> str:
    """The name when somebody has it: what else was typed there may be a password."""
    people = get_user_model().objects
    return typed[:SHOWN] if "\0" not in typed and people.filter(username=typed[:SHOWN]).exists() else ""


def _where(request: HttpRequest | None) -> dict[str, Any]:
    return {"address": request.META.get("REMOTE_ADDR", "")} if request is not None else {}
