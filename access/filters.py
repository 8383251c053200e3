"""Which rows lists of people's rights show."""

from django_filters import rest_framework as filters

from access.models import RoleBinding, Token
from access.roles import Role
from access.scopes import ScopeKind


class TokenFilter(filters.FilterSet):  # type: ignore[misc]
    """By person."""

    user = filters.CharFilter(field_name="user__username")

    class Meta:
        model = Token
        fields: list[str] = []


class RoleBindingFilter(filters.FilterSet):  # type: ignore[misc]
    """By person, role and scope."""

    user = filters.CharFilter(field_name="user__username")
    role = filters.ChoiceFilter(choices=Role.choices)
    scope_kind = filters.ChoiceFilter(choices=ScopeKind.choices)
    scope_value = filters.CharFilter()

    class Meta:
        model = RoleBinding
        fields: list[str] = []
