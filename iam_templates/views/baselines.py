"""Baselines, and declarations that are not stored: checked, or described by their JSON Schema."""

from django.db.models import Max, Q
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet, ViewSet

from access.roles import Permission
from iam_templates.declaration import check_declaration
from iam_templates.filters import BaselineFilter
from iam_templates.models import Baseline
from iam_templates.parsers import JsonDeclarationParser, YamlDeclarationParser
from iam_templates.policy_findings import declaration_findings
from iam_templates.reading import read_declaration
from iam_templates.schema import schema
from iam_templates.serializers import BaselineSerializer, NewBaselineSerializer, SourceSerializer, ValidSerializer
from iam_templates.services.create_baseline import create_baseline
from iam_templates.services.foretell_checks import shown_checks
from provisioning.core.plain import digest
from provisioning.kinds import all_kinds
from provisioning.views.acting import acting, read

SOURCE = {"application/json": SourceSerializer, "application/yaml": OpenApiTypes.STR}
"""What OpenAPI says of a body with a declaration; JSON without `source` is the declaration itself."""


@extend_schema_view(list=extend_schema(summary="List baselines"), retrieve=extend_schema(summary="One baseline"))
@extend_schema(tags=["baselines"])
class BaselineViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Baseline]):
    """Baselines, addressed by name."""

    queryset = Baseline.objects.annotate(
        last_published=Max("versions__number", filter=Q(versions__published_at__isnull=False))
    )
    serializer_class = BaselineSerializer
    filterset_class = BaselineFilter
    lookup_field = "name"
    page_ordering = ("name",)
    needs = {"create": Permission.AUTHOR}

    @extend_schema(summary="Make a baseline", request=NewBaselineSerializer, responses={201: BaselineSerializer})
    def create(self, request: Request) -> Response:
        """An empty baseline: add a version to it."""
        row = create_baseline(**read(NewBaselineSerializer, request), actor=acting(request))
        headers = {"Location": reverse("baseline", args=[row.name])}
        return Response(BaselineSerializer(self.get_queryset().get(pk=row.pk)).data, status=201, headers=headers)


@extend_schema(tags=["baselines"])
class ValidateViewSet(ViewSet):
    """Declarations that are checked and not kept."""

    parser_classes = [JsonDeclarationParser, YamlDeclarationParser]
    needs = {"validate": Permission.VIEW}

    @extend_schema(summary="Check a declaration without storing it", request=SOURCE, responses=ValidSerializer)
    def validate(self, request: Request) -> Response:
        """Everything a version is checked for when it is made; every error at once, with pointers.

        A check that `fails` would refuse it when it is published.
        """
        given = read(SourceSerializer, request)
        content = read_declaration(given["source"], given.get("content_type", "yaml"))
        declaration = check_declaration(content, all_kinds())
        found = {
            "digest": digest(content),
            "parameters": content.get("parameters", {}),
            "resources": {kind: list(items) for kind, items in declaration.resources.items()},
            "checks": shown_checks(declaration),
            "findings": declaration_findings(content),
        }
        return Response(ValidSerializer(found).data)


@extend_schema(tags=["baselines"], summary="JSON Schema of a declaration", responses=OpenApiTypes.OBJECT)
class SchemaView(APIView):
    """For editors: `# yaml-language-server: $schema=…`."""

    def get(self, request: Request) -> Response:
        """JSON Schema 2020-12, with the fields of every kind."""
        return Response(schema(all_kinds()))
