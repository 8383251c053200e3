"""Which events a list shows."""

from django_filters import rest_framework as filters

from history.models import Event


class EventFilter(filters.FilterSet):  # type: ignore[misc]
    """By what they speak of, who acted, and when."""

    account = filters.CharFilter(field_name="account_id")
    verb = filters.CharFilter()
    actor = filters.CharFilter()
    request = filters.CharFilter(field_name="request_id")
    cause = filters.CharFilter()
    run = filters.UUIDFilter(field_name="run_id")
    plan = filters.UUIDFilter(field_name="plan_id")
    since = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = Event
        fields: list[str] = []
