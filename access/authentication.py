"""Who a request comes from: a bearer token, or the session of someone signed in to the admin."""

from typing import Any

from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from access.models import Token
from access.roles import Actor, actor
from access.services.authenticate_token import authenticate_token
from access.services.grants import person
from access.services.note_token_use import note_refused, note_use


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer fl_<key id>.<secret>`."""

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        """The token's person; None when no bearer token was sent."""
        scheme, _, presented = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        address = request.META.get("REMOTE_ADDR", "")
        token = authenticate_token(presented.strip())
        if token is None:
            note_refused(presented.strip(), address)
            raise AuthenticationFailed("The token is unknown, expired or revoked: ask for a new one.")
        note_use(token, address)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="firstline"'


class PersonSessionAuthentication(SessionAuthentication):
    """The signed-in person, in all their roles."""


def actor_of(user: Any, token: Any = None) -> Actor:
    """The actor of a request: a token carries its own role, a person all of theirs."""
    return actor(user.get_username(), [token.role]) if isinstance(token, Token) else person(user)
