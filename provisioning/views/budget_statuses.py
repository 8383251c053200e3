"""How budgets stand, over REST: to read."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin
from rest_framework.viewsets import GenericViewSet

from provisioning.filters import BudgetStatusFilter
from provisioning.models import BudgetStatus
from provisioning.serializers.budget_statuses import BudgetStatusSerializer
from provisioning.services.budget_figures import with_reading
from provisioning.views.acting import narrowed


@extend_schema_view(list=extend_schema(summary="Budgets: limit, spend, forecast and thresholds crossed"))
@extend_schema(tags=["budgets"])
class BudgetStatusViewSet(ListModelMixin, GenericViewSet[BudgetStatus]):
    """Budgets as the last looks saw them, by account."""

    queryset: QuerySet[BudgetStatus] = BudgetStatus.objects.all()
    serializer_class = BudgetStatusSerializer
    filterset_class = BudgetStatusFilter
    page_ordering = ("account_id", "id")

    def get_queryset(self) -> QuerySet[Any]:
        """Of the accounts that the reader may see."""
        return with_reading(narrowed(self, super().get_queryset()))
