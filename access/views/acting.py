"""Who acts, by which token, and what they sent."""

from typing import Any

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from access.authentication import actor_of
from access.models import Token
from access.parameters import refuse_parameters
from access.roles import Actor

ANYONE_SIGNED_IN = (IsAuthenticated,)
"""For what concerns the person themselves: the services narrow it to that."""


def acting(request: Request) -> Actor:
    """The actor of this request."""
    return actor_of(request.user, request.auth)


def token_of(request: Request) -> Token | None:
    """The token that this request was sent with; None in a session."""
    return request.auth if isinstance(request.auth, Token) else None


def read(serializer_class: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The body's fields. Raises ValidationError with every reason at once."""
    refuse_parameters(request)
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    found: dict[str, Any] = serializer.validated_data
    return found
