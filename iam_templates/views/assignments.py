"""Assignments: which accounts are kept like which version."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from access.etags import TaggedViewSet
from access.roles import Permission
from accounts.models import Account
from iam_templates.filters import AssignmentFilter
from iam_templates.locks import lock_assignments
from iam_templates.models import Assignment
from iam_templates.reach import accounts_reached
from iam_templates.rights import visible_assignments
from iam_templates.serializers import (
    AssignmentDetailSerializer,
    AssignmentSerializer,
    MoveSerializer,
    NewAssignmentSerializer,
    ReachedAccountSerializer,
)
from iam_templates.services.assign import assign
from iam_templates.services.end_assignment import end_assignment
from iam_templates.services.move_assignment import move_assignment
from provisioning.serializers.accounts import NothingSerializer
from provisioning.views.acting import acting, narrowed, read


@extend_schema_view(
    list=extend_schema(summary="List assignments, newest first"), retrieve=extend_schema(summary="One assignment")
)
@extend_schema(tags=["assignments"])
class AssignmentViewSet(ListModelMixin, TaggedViewSet[Assignment]):
    """Assignments, those that ended among them."""

    queryset = Assignment.objects.select_related("version")
    filterset_class = AssignmentFilter
    version_fields = ("version_id", "parameters", "mode", "moved_by", "ended_at")
    page_ordering = ("-created_at", "-id")
    needs = {"create": Permission.ASSIGN, "move": Permission.ASSIGN, "end": Permission.ASSIGN}

    def get_queryset(self) -> QuerySet[Assignment]:
        """Those that reach an account the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return Assignment.objects.none()
        return visible_assignments(super().get_queryset(), acting(self.request))

    def get_serializer_class(self) -> type[BaseSerializer[Assignment]]:
        """Lists don't count accounts."""
        return AssignmentSerializer if self.action == "list" else AssignmentDetailSerializer

    def _shown(self, row: Assignment, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        data = AssignmentDetailSerializer(row, context=self.get_serializer_context()).data
        return self.tagged(row, data, status, headers)

    def get_serializer_context(self) -> dict[str, Any]:
        """Counts are of accounts the reader may see."""
        context = super().get_serializer_context()
        return {**context, "actor": acting(self.request)} if self.request else context

    @extend_schema(
        summary="Assign a published version",
        request=NewAssignmentSerializer,
        responses={201: AssignmentDetailSerializer},
    )
    def create(self, request: Request) -> Response:
        """Refused as a whole, with every conflict, when one account reached could not be rendered then.

        Up to 200 accounts are rendered before the answer; more are rendered within minutes.
        """
        row = assign(**read(NewAssignmentSerializer, request), actor=acting(request))
        headers = {"Location": reverse("assignment", args=[row.pk])}
        return self._shown(row, 201, headers)

    @extend_schema(
        summary="Move an assignment to another version, parameters or mode",
        request=MoveSerializer,
        responses=AssignmentDetailSerializer,
    )
    def move(self, request: Request, pk: UUID) -> Response:
        """What is left out stays as it is."""
        given = read(MoveSerializer, request)
        with self.matching(required=True, first=lock_assignments, pk=pk):
            return self._shown(move_assignment(assignment_id=pk, **given, actor=acting(request)))

    @extend_schema(summary="End an assignment", request=None, responses=AssignmentDetailSerializer)
    def end(self, request: Request, pk: UUID) -> Response:
        """Nothing is removed from its accounts."""
        read(NothingSerializer, request)
        with self.matching(required=True, first=lock_assignments, pk=pk):
            return self._shown(end_assignment(assignment_id=pk, actor=acting(request)))


@extend_schema_view(list=extend_schema(summary="The accounts that an assignment reaches now"))
@extend_schema(tags=["assignments"])
class AssignmentAccountsViewSet(ListModelMixin, GenericViewSet[Account]):
    """Accounts of one assignment, and how far each one's desired state is."""

    queryset = Account.objects.none()
    serializer_class = ReachedAccountSerializer
    page_ordering = ("account_id",)

    def get_queryset(self) -> QuerySet[Account]:
        """Accounts of the selector. Raises Http404 for an unknown assignment."""
        if getattr(self, "swagger_fake_view", False):
            return Account.objects.none()
        row = get_object_or_404(
            visible_assignments(Assignment.objects, acting(self.request)), pk=self.kwargs["assignment_id"]
        )
        reached = narrowed(self, accounts_reached(row.selector, row.value), through="")
        return reached.select_related("desired", "render_due")
