"""Who is asking, and what they may."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.parameters import refuse_parameters
from access.roles import Grant, Permission
from access.serializers import MeSerializer
from access.views.acting import ANYONE_SIGNED_IN, acting, token_of


class MeView(APIView):
    """The person of this request."""

    permission_classes = ANYONE_SIGNED_IN

    @extend_schema(tags=["people"], summary="Who am I, and what may I do where", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """With a token, what its person holds counts only within the token's own grants."""
        refuse_parameters(request)
        actor, token = acting(request), token_of(request)
        found = {
            "name": actor.name,
            "grants": _plain(actor.grants),
            "token": None if token is None else {"key_id": token.key_id, "grants": token.grants},
            "permissions": [one for one in Permission if actor.may(one)],
            "on_the_whole_fleet": [one for one in Permission if actor.may_everywhere(one)],
        }
        return Response(MeSerializer(found).data)


def _plain(grants: frozenset[Grant]) -> list[dict[str, str]]:
    return sorted((grant.to_plain() for grant in grants), key=lambda one: (one["role"], one["scope"]))
