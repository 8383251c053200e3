"""Access verifications over REST: asked for with a selector, read as a table or as CSV."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from access.parameters import refuse_parameters
from access.roles import Permission
from accounts.csv_text import csv_text
from accounts.filters import TrueOrFalse
from provisioning.models import AccessVerification, Run, VerifiedAccount
from provisioning.serializers.verifications import (
    AccessRowSerializer,
    VerificationRequestSerializer,
    VerificationSerializer,
    table_lines,
)
from provisioning.services.access_table import access_row, rows_of, verifications_for
from provisioning.services.verify_access import verify_access
from provisioning.views.acting import acting, read


class CsvRenderer(BaseRenderer):
    """Lets a client ask for text/csv; the view writes it."""

    media_type = "text/csv"
    format = "csv"


@extend_schema_view(
    list=extend_schema(summary="Access verifications, newest first"),
    retrieve=extend_schema(summary="How far an access verification is, and what it found"),
)
@extend_schema(tags=["access"])
class VerificationViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[AccessVerification]):
    """Who can be entered: many access checks under one address."""

    queryset: QuerySet[AccessVerification] = AccessVerification.objects.all()
    serializer_class = VerificationSerializer
    page_ordering = ("-created_at", "-id")
    needs = {"create": Permission.OPERATE}

    def get_queryset(self) -> QuerySet[AccessVerification]:
        """Those the reader may see whole."""
        return verifications_for(acting(self.request)) if self.request else super().get_queryset()

    @extend_schema(
        summary="Verify that accounts can be entered",
        request=VerificationRequestSerializer,
        responses={202: OpenApiResponse(VerificationSerializer, description="Queued; `Location` is its progress.")},
    )
    def create(self, request: Request) -> Response:
        """Workers enter each account by both roles, and try without and with a wrong external id."""
        selector = read(VerificationRequestSerializer, request)["selector"]
        made = verify_access(selector=selector, actor=acting(request))
        headers = {"Location": reverse("access-verification", args=[made.pk])}
        return Response(VerificationSerializer(made).data, status=202, headers=headers)

    @extend_schema(
        summary="The table of an access verification as CSV", responses={(200, "text/csv"): OpenApiTypes.STR}
    )
    def table(self, request: Request, pk: UUID) -> HttpResponse:
        """Two lines an account, one per role; no cell is run as a formula by a spreadsheet."""
        refuse_parameters(request)
        rows = rows_of(self.get_object(), acting(request))
        text = csv_text(table_lines(access_row(row) for row in rows))
        disposition = {"Content-Disposition": f'attachment; filename="access-{pk}.csv"'}
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=disposition)


class VerifiedAccountFilter(filters.FilterSet):  # type: ignore[misc]
    """By whether both roles got in."""

    entered = TrueOrFalse(method="by_both", label="By both roles; accounts whose checks wait are in neither list.")

    class Meta:
        model = VerifiedAccount
        fields: list[str] = []

    def by_both(self, queryset: QuerySet[VerifiedAccount], name: str, value: bool) -> QuerySet[VerifiedAccount]:
        """Both checks done, or at least one ended otherwise."""
        both = Q(look_check__state=Run.State.DONE, apply_check__state=Run.State.DONE)
        waits = Q(look_check__state__in=Run.OPEN) | Q(apply_check__state__in=Run.OPEN)
        return queryset.filter(both) if value else queryset.exclude(both).exclude(waits)


@extend_schema(tags=["access"])
class VerifiedAccountViewSet(GenericViewSet[VerifiedAccount]):
    """The table of one verification."""

    queryset: QuerySet[VerifiedAccount] = VerifiedAccount.objects.all()
    serializer_class = AccessRowSerializer
    filterset_class = VerifiedAccountFilter
    page_ordering = ("account_id",)

    @extend_schema(summary="Who can't be entered, and what it may be", responses=AccessRowSerializer(many=True))
    def list(self, request: Request, pk: UUID) -> Response:
        """By account id, each role with all possible causes and how to test each."""
        verification = get_object_or_404(verifications_for(acting(request)), pk=pk)
        page = self.paginate_queryset(self.filter_queryset(rows_of(verification, acting(request)))) or []
        rows = AccessRowSerializer([access_row(row) for row in page], many=True)
        return self.get_paginated_response(rows.data)
