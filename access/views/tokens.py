"""Tokens: one's own, and the list of all for who administers the fleet."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from access.etags import TaggedViewSet
from access.filters import TokenFilter
from access.models import Token
from access.policy import visible_tokens
from access.serializers import (
    NewTokenSerializer,
    NothingSerializer,
    RotateSerializer,
    TokenSerializer,
    TokenWithSecretSerializer,
)
from access.services.create_token import create_token
from access.services.revoke_token import revoke_token
from access.services.rotate_token import rotate_token
from access.views.acting import ANYONE_SIGNED_IN, acting, read, token_of


@extend_schema_view(list=extend_schema(summary="Tokens, newest first"), retrieve=extend_schema(summary="One token"))
@extend_schema(tags=["people"])
class TokenViewSet(ListModelMixin, TaggedViewSet[Token]):
    """Keys to the API, without their secrets."""

    permission_classes = ANYONE_SIGNED_IN
    queryset = Token.objects.select_related("user").defer("digest")
    serializer_class = TokenSerializer
    filterset_class = TokenFilter
    lookup_field = "key_id"
    version_fields = ("expires_at", "revoked_at", "rotated_to")
    page_ordering = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[Token]:
        """One's own; all for who administers the fleet."""
        if getattr(self, "swagger_fake_view", False):
            return Token.objects.none()
        return visible_tokens(super().get_queryset(), acting(self.request))

    @extend_schema(
        summary="Make a token for yourself", request=NewTokenSerializer, responses={201: TokenWithSecretSerializer}
    )
    def create(self, request: Request) -> Response:
        """Its text is shown this once. It gives what its grants say, and never more than you hold when it is used."""
        given = read(NewTokenSerializer, request)
        actor = acting(request)
        token, text = create_token(username=actor.name, actor=actor, via=token_of(request), **given)
        return _with_secret(token, text)

    @extend_schema(
        summary="Make a token's successor", request=RotateSerializer, responses={201: TokenWithSecretSerializer}
    )
    def rotate(self, request: Request, key_id: str) -> Response:
        """The same under a new secret; the old one lives on for the overlap, so that it can be replaced everywhere."""
        self.get_object()
        given = read(RotateSerializer, request)
        with self.matching(key_id=key_id):
            token, text = rotate_token(key_id=key_id, actor=acting(request), via=token_of(request), **given)
        return _with_secret(token, text)

    @extend_schema(summary="Revoke a token", request=None, responses=TokenSerializer)
    def revoke(self, request: Request, key_id: str) -> Response:
        """Refused from now on. Twice is harmless."""
        self.get_object()
        read(NothingSerializer, request)
        with self.matching(key_id=key_id):
            token = revoke_token(key_id=key_id, actor=acting(request))
        return self.tagged(token, TokenSerializer(token).data)


def _with_secret(token: Token, text: str) -> Response:
    data = {**TokenSerializer(token).data, "token": text}
    return Response(data, status=201, headers={"Cache-Control": "no-store"})
