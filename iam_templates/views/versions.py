"""Versions of a baseline: drafted, published, approved for production."""

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.settings import api_settings

from access.etags import TaggedViewSet
from access.roles import Permission
from iam_templates.filters import VersionFilter
from iam_templates.locks import lock_assignments
from iam_templates.models import Baseline, BaselineVersion
from iam_templates.parsers import JsonDeclarationParser, YamlDeclarationParser
from iam_templates.serializers import SourceSerializer, VersionDetailSerializer, VersionSerializer
from iam_templates.services.approve_for_production import approve_for_production
from iam_templates.services.create_version import create_version
from iam_templates.services.publish_version import publish_version
from iam_templates.services.update_draft import update_draft
from iam_templates.views.baselines import SOURCE
from provisioning.serializers.accounts import NothingSerializer
from provisioning.views.acting import acting, read

_WITH_SOURCE = {"create", "partial_update"}


@extend_schema_view(
    list=extend_schema(summary="List the versions of a baseline, newest first"),
    retrieve=extend_schema(summary="One version with its declaration"),
)
@extend_schema(tags=["baselines"])
class VersionViewSet(ListModelMixin, TaggedViewSet[BaselineVersion]):
    """Versions, addressed by baseline and number."""

    queryset = BaselineVersion.objects.all()
    filterset_class = VersionFilter
    lookup_field = "number"
    version_fields = ("source", "published_at", "approved_for_production_at")
    page_ordering = ("-number",)
    needs = {
        "create": Permission.AUTHOR,
        "partial_update": Permission.AUTHOR,
        "publish": Permission.AUTHOR,
        "approve_production": Permission.APPROVE_PRODUCTION,
    }

    def get_queryset(self) -> QuerySet[BaselineVersion]:
        """The versions of the baseline that the address names. Raises Http404 for an unknown one."""
        if getattr(self, "swagger_fake_view", False):
            return BaselineVersion.objects.none()
        baseline = get_object_or_404(Baseline, pk=self.kwargs["name"])
        return BaselineVersion.objects.filter(baseline=baseline)

    def get_parsers(self) -> list[BaseParser]:
        """YAML is understood where a declaration is sent, and only there."""
        method = getattr(self.request, "method", None) or ""
        declares = (getattr(self, "action_map", None) or {}).get(method.lower())
        if declares in _WITH_SOURCE or getattr(self, "action", None) in _WITH_SOURCE:
            return [JsonDeclarationParser(), YamlDeclarationParser()]
        return [parser() for parser in api_settings.DEFAULT_PARSER_CLASSES]

    def get_serializer_class(self) -> type[BaseSerializer[BaselineVersion]]:
        """Lists leave the declaration out."""
        return VersionSerializer if self.action == "list" else VersionDetailSerializer

    @extend_schema(summary="Make a version: a draft", request=SOURCE, responses={201: VersionDetailSerializer})
    def create(self, request: Request, name: str) -> Response:
        """Checked as a whole; nothing is stored when there is an error."""
        row = create_version(baseline=name, **read(SourceSerializer, request), actor=acting(request))
        headers = {"Location": reverse("version", args=[name, row.number])}
        return self._shown(row, 201, headers)

    @extend_schema(summary="Replace a draft's declaration", request=SOURCE, responses=VersionDetailSerializer)
    def partial_update(self, request: Request, name: str, number: int) -> Response:
        """Only its author may."""
        given = read(SourceSerializer, request)
        with self.matching(number=number):
            return self._shown(update_draft(baseline=name, number=number, **given, actor=acting(request)))

    @extend_schema(summary="Publish a draft", request=None, responses=VersionDetailSerializer)
    def publish(self, request: Request, name: str, number: int) -> Response:
        """From then on it never changes."""
        read(NothingSerializer, request)
        with self.matching(required=True, number=number):
            return self._shown(publish_version(baseline=name, number=number, actor=acting(request)))

    @extend_schema(summary="Approve a version for production", request=None, responses=VersionDetailSerializer)
    def approve_production(self, request: Request, name: str, number: int) -> Response:
        """Neither its author nor who published it may."""
        read(NothingSerializer, request)
        with self.matching(required=True, first=lock_assignments, number=number):
            return self._shown(approve_for_production(baseline=name, number=number, actor=acting(request)))

    def _shown(self, row: BaselineVersion, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        return self.tagged(row, VersionDetailSerializer(row).data, status, headers)
