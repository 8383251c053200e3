"""Which rows lists of assignments show."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from iam_templates.models import Assignment


class AssignmentFilter(filters.FilterSet):
    """By baseline, version, selector, and whether it still holds."""

    baseline = filters.CharFilter(field_name="version__baseline_id")
    version = filters.NumberFilter(field_name="version__number", min_value=1, max_value=2**31 - 1)
    selector = filters.ChoiceFilter(choices=Assignment.Selector.choices)
    value = filters.CharFilter()
    live = filters.BooleanFilter(method="holding")

    class Meta:
        model = Assignment
        fields: list[str] = []

    def holding(self, queryset: QuerySet[Assignment], name: str, value: bool) -> QuerySet[Assignment]:
        """Assignments that hold now, or those that ended."""
        return queryset.filter(ended_at__isnull=value)
