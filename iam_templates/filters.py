"""Which rows lists of baselines, versions and assignments show."""

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from accounts.filters import TrueOrFalse
from iam_templates.models import Assignment, Baseline, BaselineVersion


class AssignmentFilter(filters.FilterSet):
    """By baseline, version, selector, and whether it still holds."""

    baseline = filters.CharFilter(field_name="version__baseline_id")
    version = filters.NumberFilter(field_name="version__number", min_value=1, max_value=2**31 - 1)
    selector = filters.ChoiceFilter(choices=Assignment.Selector.choices)
    value = filters.CharFilter()
    live = TrueOrFalse(method="holding")

    class Meta:
        model = Assignment
        fields: list[str] = []

    def holding(self, queryset: QuerySet[Assignment], name: str, value: bool) -> QuerySet[Assignment]:
        """Assignments that hold now, or those that ended."""
        return queryset.filter(ended_at__isnull=value)


class BaselineFilter(filters.FilterSet):
    """By a part of its name or description."""

    q = filters.CharFilter(method="mentioning", label="A part of the name or the description, in any case.")

    class Meta:
        model = Baseline
        fields: list[str] = []

    def mentioning(self, queryset: QuerySet[Baseline], name: str, value: str) -> QuerySet[Baseline]:
        """Baselines that say it in their name or description."""
        return queryset.filter(Q(name__icontains=value) | Q(description__icontains=value))


class VersionFilter(filters.FilterSet):
    """By author and whether it can still change."""

    author = filters.CharFilter()
    state = filters.ChoiceFilter(choices=[("draft", "draft"), ("published", "published")], method="standing_as")

    class Meta:
        model = BaselineVersion
        fields: list[str] = []

    def standing_as(self, queryset: QuerySet[BaselineVersion], name: str, value: str) -> QuerySet[BaselineVersion]:
        """Drafts, or what is published."""
        return queryset.filter(published_at__isnull=value == "draft")
