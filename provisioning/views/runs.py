"""Runs over REST."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from access.roles import Permission
from provisioning.filters import RunFilter
from provisioning.models import Run
from provisioning.serializers.accounts import NothingSerializer
from provisioning.serializers.runs import RunRequestSerializer, RunRowSerializer, RunSerializer
from provisioning.services.cancel_run import cancel_run
from provisioning.services.request_check import request_check
from provisioning.services.request_look import request_look
from provisioning.views.account_work import QUEUED
from provisioning.views.acting import accepted, acting, narrowed, read
from provisioning.views.waiting import WAIT, wait_seconds, waiting

REQUESTS = {Run.Kind.LOOK: request_look, Run.Kind.CHECK: request_check}


@extend_schema_view(
    list=extend_schema(summary="Runs, newest first"),
    retrieve=extend_schema(summary="One run with its outcome and its writes", parameters=[WAIT]),
)
@extend_schema(tags=["runs"])
class RunViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Run]):
    """One look, access check or apply over one account."""

    queryset = Run.objects.all()
    filterset_class = RunFilter
    page_ordering = ("-created_at", "-id")
    needs = {"create": Permission.OPERATE, "cancel": Permission.OPERATE}
    parameters = {"create": frozenset({"wait"}), "retrieve": frozenset({"wait"})}

    def get_queryset(self) -> QuerySet[Run]:
        """Runs of accounts that the reader may see."""
        return narrowed(self, super().get_queryset())

    def get_serializer_class(self) -> type[Serializer[Run]]:
        """Lists leave out the writes."""
        return RunRowSerializer if self.action == "list" else RunSerializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """As it is now, or with `wait` as it is when it has ended."""
        run = self.get_object()
        return waiting(request, run.pk, Response(self.get_serializer(run).data))

    @extend_schema(summary="Ask for a run", request=RunRequestSerializer, responses=QUEUED, parameters=[WAIT])
    def create(self, request: Request) -> Response:
        """A look or an access check; asking again while one is open answers with the open one."""
        asked = read(RunRequestSerializer, request)
        wait_seconds(request)
        run, made = REQUESTS[asked["kind"]](account_id=asked["account_id"], actor=acting(request))
        return accepted(request, run, made=made)

    @extend_schema(summary="Cancel a run", request=None, responses=RunSerializer)
    def cancel(self, request: Request, pk: UUID) -> Response:
        """At once while it waits, before its next write while it works."""
        read(NothingSerializer, request)
        return Response(RunSerializer(cancel_run(run_id=pk, actor=acting(request))).data)
