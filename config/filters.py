"""Query parameters: a misspelt filter is refused, because ignoring it would show more than was asked for."""

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PAGING = frozenset({"cursor", "limit"})


class ParameterError(ValidationError):
    """A query parameter is wrong; the answer names it as a parameter, not as a place in the body."""


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]
    """django-filter, refusing parameters that the view does not know."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The rows asked for. Raises ParameterError with every wrong parameter at once."""
        if getattr(view, "action", "list") != "list":
            refuse_unknown(request, frozenset())
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        known = frozenset(filterset.filters) if filterset is not None else frozenset()
        errors = {**unknown(request, known | PAGING), **(filterset.errors if filterset is not None else {})}
        if errors:
            raise ParameterError(errors)
        return filterset.qs if filterset is not None else queryset


def unknown(request: Request, known: frozenset[str]) -> dict[str, list[str]]:
    """The parameters of the request that are not among the known ones, with what to do."""
    hint = f"known are {', '.join(sorted(known))}" if known else "this address takes none"
    return {name: [f"Unknown parameter; {hint}."] for name in request.query_params if name not in known}


def refuse_unknown(request: Request, known: frozenset[str]) -> None:
    """Raise ParameterError when the request carries a parameter that is not known."""
    if errors := unknown(request, known):
        raise ParameterError(errors)
