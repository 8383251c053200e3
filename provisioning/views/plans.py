"""Plans over REST: read, then approved or rejected by the digest of what was read."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from access.etags import TaggedViewSet
from access.roles import Permission
from provisioning.filters import PlanFilter
from provisioning.models import PlanRecord
from provisioning.serializers.plans import DecideSerializer, PlanRowSerializer, PlanSerializer
from provisioning.services.decide_plan import approve_plan, reject_plan
from provisioning.views.acting import acting, narrowed, read


@extend_schema_view(
    list=extend_schema(summary="Plans, newest first"),
    retrieve=extend_schema(summary="One plan with its exact calls"),
)
@extend_schema(tags=["plans"])
class PlanViewSet(ListModelMixin, TaggedViewSet[PlanRecord]):
    """What looks proposed."""

    queryset = PlanRecord.objects.all()
    filterset_class = PlanFilter
    version_fields = ("state", "digest", "lane")
    page_ordering = ("-created_at", "-id")
    needs = {"approve": Permission.APPROVE, "reject": Permission.APPROVE}

    def get_queryset(self) -> QuerySet[PlanRecord]:
        """Plans of accounts that the reader may see; one plan comes with its account and its decisions."""
        plans = narrowed(self, super().get_queryset())
        return plans if self.action == "list" else plans.select_related("account").prefetch_related("decisions")

    def get_serializer_class(self) -> type[Serializer[PlanRecord]]:
        """Lists leave out the calls."""
        return PlanRowSerializer if self.action == "list" else PlanSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        """Who reads decides what they may."""
        context = super().get_serializer_context()
        return {**context, "actor": acting(self.request)} if self.request else context

    @extend_schema(summary="Approve a plan", request=DecideSerializer, responses=PlanSerializer)
    def approve(self, request: Request, pk: UUID) -> Response:
        """Queues its apply. Not by who asked for it or wrote a version behind it; the digest binds what was read."""
        return self._decided(approve_plan, pk)

    @extend_schema(summary="Reject a plan", request=DecideSerializer, responses=PlanSerializer)
    def reject(self, request: Request, pk: UUID) -> Response:
        """The same plan is not proposed again while it stays the same."""
        return self._decided(reject_plan, pk)

    def _decided(self, decide: Callable[..., PlanRecord], pk: UUID) -> Response:
        given = read(DecideSerializer, self.request)
        with self.matching(required=True, pk=pk):
            plan = decide(plan_id=pk, actor=acting(self.request), **given)
            return self.tagged(plan, self.get_serializer(plan).data)
