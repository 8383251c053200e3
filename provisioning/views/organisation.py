"""The organisation over REST: discoveries, and its tree of units."""

from django.db.models import QuerySet
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from access.parameters import ParameterError, wrong_parameters
from access.roles import Permission
from accounts.models import Discovery
from accounts.unit_tree import ROOT, unit_tree
from provisioning.serializers.accounts import NothingSerializer
from provisioning.serializers.organisation import DiscoverySerializer, UnitTreeSerializer
from provisioning.services.request_discovery import request_discovery
from provisioning.services.require import require_over
from provisioning.views.acting import acting, read

LONGEST = 1024


class DiscoveryFilter(filters.FilterSet):  # type: ignore[misc]
    """By how far they are."""

    state = filters.ChoiceFilter(choices=Discovery.State.choices)

    class Meta:
        model = Discovery
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Discoveries, newest first"),
    retrieve=extend_schema(summary="How far a discovery is, and what it found"),
)
@extend_schema(tags=["organisation"])
class DiscoveryViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Discovery]):
    """Readings of the whole organisation, so for those who may view or operate all of it."""

    queryset: QuerySet[Discovery] = Discovery.objects.all()
    serializer_class = DiscoverySerializer
    filterset_class = DiscoveryFilter
    page_ordering = ("-created_at", "-id")
    needs = {"create": Permission.OPERATE}

    def get_queryset(self) -> QuerySet[Discovery]:
        """All, for who may view the fleet. Raises NotAllowedError."""
        if getattr(self, "swagger_fake_view", False):
            return Discovery.objects.none()
        require_over(acting(self.request), Permission.VIEW)
        return super().get_queryset()

    @extend_schema(
        summary="Bring the accounts in step with AWS Organizations",
        request=None,
        responses={
            202: OpenApiResponse(DiscoverySerializer, description="Queued; `Location` is its progress."),
            200: OpenApiResponse(DiscoverySerializer, description="The one that is open already."),
        },
    )
    def create(self, request: Request) -> Response:
        """A look worker reads the organisation; nothing changes before all of it was read."""
        read(NothingSerializer, request)
        found, made = request_discovery(actor=acting(request))
        headers = {"Location": reverse("discovery", args=[found.pk])}
        return Response(DiscoverySerializer(found).data, status=202 if made else 200, headers=headers)


@extend_schema(tags=["organisation"])
class UnitTreeViewSet(ViewSet):
    """The organisation's units."""

    @extend_schema(
        summary="The organisation's units with how many accounts each holds",
        responses=UnitTreeSerializer,
        parameters=[OpenApiParameter("below", OpenApiTypes.STR, description="An OU path: it and what is below it.")],
    )
    def retrieve(self, request: Request) -> Response:
        """Of the accounts you may see; units without any are shown to who may view the whole fleet."""
        return Response(UnitTreeSerializer(unit_tree(acting(request), _below(request))).data)


def _below(request: Request) -> str:
    errors = wrong_parameters(request, frozenset({"below"}))
    given = request.query_params.get("below", ROOT)
    if not errors and not (given.startswith("/") and given.isprintable() and len(given) <= LONGEST):
        errors = {"below": ["Write the OU path from the root, e.g. /workloads/dev, or / for everything."]}
    if errors:
        raise ParameterError(errors)
    return given.rstrip("/") or ROOT
