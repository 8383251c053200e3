"""Which accounts a list shows."""

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from accounts.models import Account
from accounts.selectors import in_ou


def _is_true(value: str) -> bool:
    return value == "true"


@extend_schema_field(OpenApiTypes.BOOL)
class TrueOrFalse(filters.TypedChoiceFilter):  # type: ignore[misc]
    """`true` or `false`; anything else is refused, where django-filter's own would ignore it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[("true", "true"), ("false", "false")], coerce=_is_true, **options)


class AccountFilter(filters.FilterSet):  # type: ignore[misc]
    """By where accounts stand, whose they are and how they are."""

    environment = filters.ChoiceFilter(choices=Account.Environment.choices)
    ou = filters.CharFilter(method="below", label="An OU path: accounts in it and below it.")
    state = filters.ChoiceFilter(choices=Account.State.choices)
    owner_team = filters.CharFilter()
    paused = TrueOrFalse()
    in_organisation = TrueOrFalse(label="Whether the last discovery found it.")
    decided = TrueOrFalse(method="by_environment", label="Whether its environment is decided.")
    q = filters.CharFilter(method="mentioning", label="A part of the id or the name, in any case.")

    class Meta:
        model = Account
        fields: list[str] = []

    def below(self, queryset: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        """Accounts whose OU path is this one or lies below it."""
        return queryset.filter(in_ou(value))

    def by_environment(self, queryset: QuerySet[Account], name: str, value: bool) -> QuerySet[Account]:
        """Accounts that have an environment, or those that wait for a person to decide it."""
        return queryset.exclude(environment="") if value else queryset.filter(environment="")

    def mentioning(self, queryset: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        """Accounts that say it in their id or name."""
        return queryset.filter(Q(account_id__contains=value) | Q(name__icontains=value))
