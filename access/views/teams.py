"""Teams."""

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from access.etags import TaggedViewSet
from access.models import Team
from access.policy import visible_teams
from access.roles import Permission
from access.serializers import NewTeamSerializer, TeamSerializer
from access.services.create_team import create_team
from access.services.delete_team import delete_team
from access.views.acting import acting, read


@extend_schema_view(list=extend_schema(summary="Teams by name"), retrieve=extend_schema(summary="One team"))
@extend_schema(tags=["people"])
class TeamViewSet(ListModelMixin, TaggedViewSet[Team]):
    """Names that accounts carry as their owner team, and that roles can be bound to."""

    queryset = Team.objects.all()
    serializer_class = TeamSerializer
    page_ordering = ("name",)
    lookup_field = "name"
    version_fields = ("description", "created_at")
    needs = {"create": Permission.ADMINISTER, "destroy": Permission.ADMINISTER}

    def get_queryset(self) -> QuerySet[Team]:
        """Those in which one holds a role; all on the fleet."""
        if getattr(self, "swagger_fake_view", False):
            return Team.objects.none()
        return visible_teams(super().get_queryset(), acting(self.request))

    @extend_schema(summary="Make a team", request=NewTeamSerializer, responses={201: TeamSerializer})
    def create(self, request: Request) -> Response:
        """Accounts are its own by carrying its name as their owner team."""
        team = create_team(**read(NewTeamSerializer, request), actor=acting(request))
        headers = {"Location": reverse("team", args=[team.name])}
        return self.tagged(team, TeamSerializer(team).data, 201, headers)

    @extend_schema(summary="End a team", responses={204: None})
    def destroy(self, request: Request, name: str) -> Response:
        """Once nobody holds a role on it. Its accounts keep the name, which then gives nobody anything."""
        self.get_object()
        with self.matching(pk=name):
            delete_team(name=name, actor=acting(request))
        return Response(status=204)
