"""Idempotency-Key on every POST of the API: put around all views in one place (config/urls.py).

It stands inside the view, after authentication and permission, and around the handler: the effect and the stored answer
are committed together, and a refusal rolls back as it does without a key.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.http.request import RawPostDataException
from django.urls import URLPattern, URLResolver
from rest_framework.exceptions import APIException, UnsupportedMediaType
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import KeptAnswer, Token
from access.services.idempotency import SHAPE, Answer, Asked, asked, is_kept, is_same, keep, kept_answer, lock_key

KEY_HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
KEPT_HEADERS = ("Location", "ETag", "Link")
MEDIA_TYPE = "application/json"
Handler = Callable[..., Any]


class MalformedKeyError(APIException):
    """Not a key."""

    status_code = 400
    default_code = "idempotency_key_invalid"
    default_detail = f"{KEY_HEADER} takes 1 to 128 of A-Z a-z 0-9 . _ - such as a UUID."


class MismatchError(APIException):
    """The key was used for something else."""

    status_code = 422
    default_code = "idempotency_mismatch"
    default_detail = "This key was sent with another address or body: use a new key for a new request."


class InFlightError(APIException):
    """The first request is still open."""

    status_code = 409
    default_code = "idempotency_in_flight"
    default_detail = "A request with this key is still under way: send it again in a moment for its answer."
    wait = 1


class SecretShownOnceError(APIException):
    """The answer held a secret, which is not stored."""

    status_code = 409
    default_code = "secret_shown_once"
    default_detail = (
        "This was done, and its secret was shown once; it is not stored. If you did not get it, find the newest token "
        "in the list of tokens, revoke it, and make or rotate one with a new key."
    )


def with_idempotency(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same addresses, each view with a POST honouring the key."""
    found = list(patterns)
    for pattern in found:
        if isinstance(pattern, URLResolver):
            with_idempotency(pattern.url_patterns)
        elif _takes_posts(pattern.callback):
            pattern.callback = _honouring(pattern.callback)
    return found


def _takes_posts(callback: Any) -> bool:
    return "post" in (getattr(callback, "actions", None) or {}) or hasattr(getattr(callback, "cls", None), "post")


def _honouring(callback: Any) -> Any:
    if issubclass(callback.cls, IdempotentPosts):
        return callback
    view = type(callback.cls.__name__, (IdempotentPosts, callback.cls), {"__doc__": callback.cls.__doc__})
    actions = getattr(callback, "actions", None)
    return view.as_view(actions, **callback.initkwargs) if actions else view.as_view(**callback.initkwargs)  # type: ignore[attr-defined]


class IdempotentPosts:
    """Mixed into a view: its POST handler runs once per key."""

    post: Handler
    claimed: Asked | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Once who asks is known and allowed, the handler is exchanged for one that knows the key."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if request.method == "POST" and KEY_HEADER in request.headers and hasattr(self, "post") and self._keeps():
            self.post = partial(self._once, self.post)

    def _keeps(self) -> bool:
        """Whether an answer may be stored at all: one that is read once is not, not even that it was given."""
        return not getattr(self, "keeps_no_answer", False)

    def _once(self, handler: Handler, request: Request, *args: Any, **kwargs: Any) -> Any:
        given = _asked(request)
        with transaction.atomic():
            if (kept := _claim(given)) is not None:
                return _replay(kept)
            self.claimed = given
            answer = handler(request, *args, **kwargs)
            _keep(given, answer)
            return answer

    def handle_exception(self, error: Exception) -> Any:
        """Everything is rolled back by now: what is told to the history and kept of a refusal stands outside of it."""
        answer = super().handle_exception(error)  # type: ignore[misc]
        if self.claimed is not None:
            _keep(self.claimed, answer)
        return answer


def _asked(request: Request) -> Asked:
    key = request.headers[KEY_HEADER]
    if not SHAPE.fullmatch(key):
        raise MalformedKeyError
    token = request.auth if isinstance(request.auth, Token) else None
    try:
        body = request.body
    except RawPostDataException:  # a form, which no address of the API takes
        raise UnsupportedMediaType(request.content_type) from None
    path = request.get_full_path()
    return asked(user_id=request.user.pk, token=token, key=key, method="POST", path=path, body=body)


def _claim(given: Asked) -> KeptAnswer | None:
    """What to replay; None when the key is ours to use. Raises InFlightError, MismatchError, SecretShownOnceError."""
    if not lock_key(given):
        raise InFlightError
    kept = kept_answer(given)
    if kept is not None and not is_same(kept, given):
        raise MismatchError
    if kept is not None and kept.body is None:
        raise SecretShownOnceError
    return kept


def _replay(kept: KeptAnswer) -> HttpResponse:
    headers = {**kept.headers, REPLAYED_HEADER: "true"}
    return HttpResponse(kept.body or "", status=kept.status, headers=headers, content_type=kept.media_type)


def _keep(given: Asked, response: Any) -> None:
    if not is_kept(response.status_code):
        return
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    is_data = isinstance(response, Response)
    body = JSONRenderer().render(response.data) if is_data else response.content
    media_type = MEDIA_TYPE if is_data else response.headers["Content-Type"]
    # What no cache may store is not stored here either: it shows a secret.
    shows_secret = "no-store" in response.headers.get("Cache-Control", "")
    keep(given, Answer(response.status_code, None if shows_secret else body.decode(), media_type, headers))
