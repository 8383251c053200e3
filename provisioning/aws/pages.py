"""Reads an operation to its last page, with botocore's own paging rules and our own call for each page."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.model import OperationModel
from botocore.paginate import Paginator

from provisioning.core.errors import AwsError

Page = dict[str, Any]

_STALE_TOKEN = frozenset(
    {"ExpiredNextTokenException", "InvalidNextTokenException", "ValidationError", "InvalidInput", "InvalidMarker"}
)


class PagedRead:
    """All pages of one read. A page token that AWS no longer takes restarts the read once, from the first page."""

    def __init__(
        self, ask: Callable[[Mapping[str, Any]], Page], pagination: dict[str, Any] | None, model: OperationModel
    ) -> None:
        self._ask = ask
        self._pagination = pagination
        self._model = model
        self._pages_seen = 0

    def collect(self, parameters: Mapping[str, Any], shape: Callable[[Page], Any]) -> list[Any]:
        """`shape` of every page: keeping only that keeps memory small in large accounts."""
        try:
            return [shape(page) for page in self._pages(parameters)]
        except AwsError as error:
            if not self._pages_seen or error.aws_code not in _STALE_TOKEN:
                raise
        return [shape(page) for page in self._pages(parameters)]

    def merged(self, parameters: Mapping[str, Any]) -> Page:
        """One answer with the lists of all pages joined."""
        first: Page
        first, *others = self.collect(parameters, lambda page: page)
        for page in others:
            for key in self._lists():
                first[key] = [*first.get(key, []), *page.get(key, [])]
        return first

    def _lists(self) -> list[str]:
        keys = (self._pagination or {}).get("result_key", [])
        return [keys] if isinstance(keys, str) else list(keys)

    def _pages(self, parameters: Mapping[str, Any]) -> Iterator[Page]:
        self._pages_seen = 0
        for page in self._iterate(parameters):
            self._pages_seen += 1
            yield page

    def _iterate(self, parameters: Mapping[str, Any]) -> Iterator[Page]:
        if self._pagination is None:
            return iter([self._ask(parameters)])
        # botocore-stubs say that the method is a name; it is called.
        method: Any = self._ask_by_keywords
        paginator: Paginator[Any] = Paginator(method, self._pagination, self._model)
        return iter(paginator.paginate(**parameters))

    def _ask_by_keywords(self, **parameters: Any) -> Page:
        return self._ask(parameters)
