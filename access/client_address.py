"""Where a request comes from, as far as the proxies in front can be believed."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw; the connection's own when none is trusted, or too few spoke.

    Whatever stands further left in X-Forwarded-For was written by the client.
    """
    trusted: int = settings.FIRSTLINE.trusted_proxies
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if trusted and len(forwarded) >= trusted and forwarded[-trusted]:
        return forwarded[-trusted]
    return str(request.META.get("REMOTE_ADDR", ""))
