"""Headers that every answer carries."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from history.context import accepted_request_id, bound

logger = logging.getLogger(__name__)

NOT_NEEDED = ("camera", "display-capture", "geolocation", "microphone", "payment", "publickey-credentials-get", "usb")
CLOSED = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in NOT_NEEDED),
}
"""Where a view or WhiteNoise says something else, that stands."""
POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"


class RequestId:
    """Names each request: by the id it brings when that is one, else by a new one. The answer says which."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = accepted_request_id(request.headers.get("X-Request-ID", ""))
        with bound(request_id=name, cause="admin" if request.path.startswith("/admin/") else "request"):
            started = time.monotonic()
            response = self.get_response(request)
            _log(request, response, time.monotonic() - started)
        response.headers["X-Request-ID"] = name
        return response


def _log(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """One line a request: no query, which may hold what somebody searched for."""
    told = {
        "method": request.method,
        "path": request.path[:200],
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
        "actor": _actor(request),
    }
    logger.info("request", extra=told)


def _actor(request: HttpRequest) -> str:
    """Who asked, as far as answering found out: a session nobody looked at is not loaded for the log's sake."""
    user = getattr(request, "_cached_user", None) or request.__dict__.get("user")
    if user is None or isinstance(user, SimpleLazyObject) or not user.is_authenticated:
        return ""
    return str(user.get_username())


class ContentSecurityPolicy:
    """No inline script, no inline style, nothing from elsewhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class ClosedByDefault:
    """No answer is kept by a cache, embedded elsewhere, or given a device, redirects and refusals included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in CLOSED.items():
            response.headers.setdefault(name, value)
        return response
