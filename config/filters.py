"""Filters of lists, strict about what they do not know."""

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from access.parameters import ParameterError, refuse_parameters, wrong_parameters

PAGING = frozenset({"cursor", "limit"})


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]
    """django-filter, refusing parameters that the view does not know, that are empty, or that stand twice."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The rows asked for. Raises ParameterError with every wrong parameter at once."""
        if getattr(view, "action", "list") != "list":
            refuse_parameters(request)
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        known = frozenset(filterset.filters) if filterset is not None else frozenset()
        errors = {**wrong_parameters(request, known | PAGING), **(filterset.errors if filterset is not None else {})}
        if errors:
            raise ParameterError(errors)
        return filterset.qs if filterset is not None else queryset
