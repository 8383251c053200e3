"""Drift over REST: to read. It is closed by looking again."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from provisioning.filters import DriftFilter
from provisioning.models import Drift
from provisioning.serializers.drift import DriftRowSerializer, DriftSerializer
from provisioning.views.acting import narrowed


@extend_schema_view(
    list=extend_schema(summary="Drift, newest first"),
    retrieve=extend_schema(summary="One drift: desired, observed, where they differ, and whose it is"),
)
@extend_schema(tags=["drift"])
class DriftViewSet(ReadOnlyModelViewSet[Drift]):
    """Differences between what accounts should look like and what looks saw."""

    queryset: QuerySet[Drift] = Drift.objects.select_related("account")
    filterset_class = DriftFilter
    page_ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Drift]:
        """Drift of accounts that the reader may see."""
        return narrowed(self, super().get_queryset())

    def get_serializer_class(self) -> type[Serializer[Drift]]:
        """Lists leave out both sides."""
        return DriftRowSerializer if self.action == "list" else DriftSerializer
