"""Reports by e-mail, over REST."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from access.etags import TaggedViewSet
from access.parameters import refuse_parameters
from access.roles import Permission
from provisioning.core.errors import ConflictError, NotAllowedError
from provisioning.filters import ReportFilter
from provisioning.models import Report
from provisioning.serializers.accounts import NothingSerializer
from provisioning.serializers.reports import (
    NewReportSerializer,
    ReportChangeSerializer,
    ReportPreviewSerializer,
    ReportSerializer,
)
from provisioning.services.keep_reports import change_report, end_report, make_report, send_report_now
from provisioning.services.read_cost_report import read_cost_report, seen_by
from provisioning.services.report_mail import render_report
from provisioning.views.acting import acting, read


@extend_schema_view(
    list=extend_schema(summary="Reports, newest first"),
    retrieve=extend_schema(summary="One report, when it was sent and why it was not"),
)
@extend_schema(tags=["reports"])
class ReportViewSet(ListModelMixin, TaggedViewSet[Report]):
    """How budgets stand, by e-mail: daily, weekly or monthly."""

    queryset: QuerySet[Report] = Report.objects.all()
    serializer_class = ReportSerializer
    filterset_class = ReportFilter
    version_fields = ("name", "every", "day", "hour", "recipients", "ended_at")
    page_ordering = ("-created_at", "-id")
    needs = dict.fromkeys(("create", "partial_update", "send", "end"), Permission.OPERATE)

    def get_queryset(self) -> QuerySet[Report]:
        """Those on parts of the fleet that the reader may see whole."""
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return seen_by(super().get_queryset(), acting(self.request))

    def get_serializer_context(self) -> dict[str, Any]:
        """With who reads."""
        return {**super().get_serializer_context(), "actor": acting(self.request)}

    @extend_schema(summary="Make a report", request=NewReportSerializer, responses={201: ReportSerializer})
    def create(self, request: Request) -> Response:
        """It is sent from its next time on, with what whoever made it may then see of its scope."""
        made = make_report(**read(NewReportSerializer, request), actor=acting(request))
        return self._shown(made, 201, {"Location": reverse("report", args=[made.pk])})

    @extend_schema(summary="Change a report", request=ReportChangeSerializer(partial=True), responses=ReportSerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Its scope and who made it stay: they say what it holds."""
        changes = read(ReportChangeSerializer, request, partial=True)
        with self.matching(pk=pk):
            return self._shown(change_report(report_id=pk, changes=changes, actor=acting(request)))

    @extend_schema(summary="What a report would say now", responses=ReportPreviewSerializer, filters=False)
    def preview(self, request: Request, pk: UUID) -> Response:
        """Subject, text and HTML of the mail. 409 when whoever made it may not send it any more."""
        refuse_parameters(request)
        try:
            mail = render_report(read_cost_report(self.get_object()))
        except NotAllowedError as error:
            raise ConflictError(error.message) from None
        return Response(ReportPreviewSerializer(mail).data)

    @extend_schema(summary="Send a report now", request=None, responses={202: ReportSerializer})
    def send(self, request: Request, pk: UUID) -> Response:
        """The dispatcher sends it within seconds; its next time follows from then on."""
        read(NothingSerializer, request)
        with self.matching(pk=pk):
            return self._shown(send_report_now(report_id=pk, actor=acting(request)), 202)

    @extend_schema(summary="End a report", request=None, responses=ReportSerializer)
    def end(self, request: Request, pk: UUID) -> Response:
        """It is sent no more, and its recipients are forgotten."""
        read(NothingSerializer, request)
        with self.matching(pk=pk):
            return self._shown(end_report(report_id=pk, actor=acting(request)))

    def _shown(self, report: Report, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        return self.tagged(report, self.get_serializer(report).data, status, headers)
