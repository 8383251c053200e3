"""How lists are cut into pages."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.core.exceptions import ValidationError as FieldError
from django.db.models import Model, QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from access.parameters import ParameterError


class NewestFirst(CursorPagination):
    """Opaque cursors, stable while rows are added. A view's `page_ordering` says in which order, newest first if none.

    Its first field should be unique: rows that share a position are told apart by counting.
    """

    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "-pk"
    model: type[Model]

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        """The view's own order, never one a request chooses."""
        self.model = queryset.model
        return tuple(getattr(view, "page_ordering", (self.ordering,)))

    def get_paginated_response(self, data: Any) -> Response:
        """The page, with the addresses of its neighbours in `Link` too (RFC 8288)."""
        response = super().get_paginated_response(data)
        links = {"next": response.data["next"], "prev": response.data["previous"]}
        if told := ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links.items() if url):
            response.headers["Link"] = told
        return response

    def get_page_size(self, request: Request) -> int:
        """Rows per page. Raises ParameterError for anything but 1 to `max_page_size`."""
        asked = request.query_params.get("limit")
        if asked is None:
            return int(self.page_size or 50)
        if not (asked.isascii() and asked.isdigit() and len(asked) < 9 and 1 <= int(asked) <= self.max_page_size):
            raise ParameterError({"limit": [f"Give a number from 1 to {self.max_page_size}."]})
        return int(asked)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The cursor. Raises ParameterError for one that was not made here."""
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                self._refuse_position(cursor.position)
        except (NotFound, ValueError, FieldError):
            raise ParameterError({"cursor": ["Not a cursor of this list: take the one in next or previous."]}) from None
        return cursor

    def _refuse_position(self, position: str) -> None:
        if "\x00" in position:
            raise ValueError("a NUL")
        name = self.ordering[0].lstrip("-")
        try:
            field = self.model._meta.pk if name == "pk" else self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return
        field.to_python(position)  # type: ignore[union-attr]
