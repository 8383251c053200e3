"""Who acts, and what they sent."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import Serializer

from access.authentication import actor_of
from access.roles import Actor


def acting(request: Request) -> Actor:
    """The actor of this request."""
    return actor_of(request.user, request.auth)


def read(serializer_class: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The body's fields. Raises ValidationError with every reason at once."""
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    found: dict[str, Any] = serializer.validated_data
    return found
