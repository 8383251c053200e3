"""Who a request comes from: a bearer token, or the session of someone signed in to the admin."""

from dataclasses import replace
from typing import Any

from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from access.addresses import client_address
from access.models import Token
from access.roles import Actor
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
        address = client_address(request.META)
        token = authenticate_token(presented.strip(), address)
        if token is None:
            note_refused(presented.strip(), address)
            raise AuthenticationFailed(
                "The token is unknown, expired, revoked, or not for use from here: make a new one."
            )
        note_use(token, address)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="firstline"'


class PersonSessionAuthentication(SessionAuthentication):
    """The signed-in person, in all their roles."""


def actor_of(user: Any, token: Any = None) -> Actor:
    """The actor of a request: the person, and with a token within its own grants, whatever the person holds now."""
    return replace(person(user), limit=token.limit) if isinstance(token, Token) else person(user)
