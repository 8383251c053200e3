"""ETags: which state of a row somebody saw, and whether it is still that one when they change it (RFC 9110, 13)."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model
from rest_framework.exceptions import APIException
from rest_framework.mixins import RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

Row = TypeVar("Row", bound=Model)
DIGITS = 24


class PreconditionFailedError(APIException):
    """The row is not as it was when it was read."""

    status_code = 412
    default_code = "precondition_failed"
    default_detail = "It has changed since you read it: read it again, and send the ETag of what you then saw."


class PreconditionRequiredError(APIException):
    """A decision is bound to what was seen."""

    status_code = 428
    default_code = "precondition_required"
    default_detail = "This decides: send If-Match with the ETag of what you read, or * to decide whatever it now says."


class TaggedViewSet(RetrieveModelMixin, GenericViewSet[Row]):
    """A resource whose answers carry an ETag, `"<version>.<representation>"`.

    The version stands for `version_fields`, what people edit or decide: If-Match compares it alone, so that a verdict
    or an age that moved on in between refuses nothing. If-None-Match compares the whole.
    """

    version_fields: tuple[str, ...]

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        # No docstring: OpenAPI would show it in place of the view's own.
        row = self.get_object()
        return self.tagged(row, self.get_serializer(row).data)

    def tagged(self, row: Row, data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        """The answer with its ETag; 304 when a GET names the very same."""
        etag = f'"{self._version(row)}.{_hash(data)}"'
        if self.request.method in {"GET", "HEAD"} and _knows(self.request, etag):
            return Response(status=304, headers={"ETag": etag})
        return Response(data, status=status, headers={**(headers or {}), "ETag": etag})

    @contextmanager
    def matching(
        self, *, required: bool = False, first: Callable[[], None] | None = None, **found_by: Any
    ) -> Iterator[None]:
        """Edit inside: one transaction, which holds the row's lock since If-Match was compared.

        `first` takes the locks that the service takes before the row's. A row that the reader may not see is left to
        the service to refuse. Raises PreconditionFailedError (412), PreconditionRequiredError (428).
        """
        given = self.request.headers.get("If-Match")
        with transaction.atomic():
            if given is not None or required:
                self._compare(given, first, found_by)
            yield

    def _compare(self, given: str | None, first: Callable[[], None] | None, found_by: dict[str, Any]) -> None:
        seen = self.get_queryset().filter(**found_by).values_list("pk", flat=True).first()
        if seen is None:
            return
        if given is None:
            raise PreconditionRequiredError
        if first is not None:
            first()
        rows: Any = self.get_queryset().model._default_manager
        row = rows.select_for_update(of=("self",)).filter(pk=seen).first()
        if row is not None and not _matches(given, self._version(row)):
            raise PreconditionFailedError

    def _version(self, row: Row) -> str:
        return _hash([str(row.pk), *(getattr(row, name) for name in self.version_fields)])


def _matches(given: str, version: str) -> bool:
    """Strong comparison: a weak tag never matches. `*` is any."""
    tags = [tag.strip() for tag in given.split(",")]
    return "*" in tags or any(tag.startswith(f'"{version}.') and tag.endswith('"') for tag in tags)


def _knows(request: Request, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    return "*" in tags or etag in tags


def _hash(value: Any) -> str:
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
