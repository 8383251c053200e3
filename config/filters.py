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
    """django-filter, refusing parameters that the view does not know, that are empty, or that stand twice."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The rows asked for. Raises ParameterError with every wrong parameter at once."""
        if getattr(view, "action", "list") != "list":
            refuse_parameters(request)
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        known = frozenset(filterset.filters) if filterset is not None else frozenset()
        errors = {**_wrong(request, known | PAGING), **(filterset.errors if filterset is not None else {})}
        if errors:
            raise ParameterError(errors)
        return filterset.qs if filterset is not None else queryset


def refuse_parameters(request: Request) -> None:
    """Raise ParameterError when the request carries a parameter: for addresses that take none."""
    if errors := _wrong(request, frozenset()):
        raise ParameterError(errors)


def _wrong(request: Request, known: frozenset[str]) -> dict[str, list[str]]:
    hint = f"known are {', '.join(sorted(known))}" if known else "this address takes none"
    errors = {}
    for name, values in request.query_params.lists():
        if name not in known:
            errors[name] = [f"Unknown parameter; {hint}."]
        elif len(values) > 1:
            errors[name] = ["Give it once."]
        elif not values[0].strip():
            errors[name] = ["Give a value, or leave the parameter out."]
    return errors
