"""How lists are cut into pages."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Opaque cursors, stable while rows are added."""

    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "-pk"
