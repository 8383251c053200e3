"""Errors over HTTP: RFC 9457 problem details, with every field's error at once."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from provisioning.core.errors import (
    AccessFailedError,
    ConflictError,
    DeclarationError,
    FirstlineError,
    NotAllowedError,
    NotFoundError,
)

STATUS: dict[type[FirstlineError], int] = {
    DeclarationError: 422,
    NotAllowedError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    AccessFailedError: 409,
}


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None lets an unexpected error become a 500 that says nothing of the inside."""
    set_rollback()
    if isinstance(error, FirstlineError):
        return _ours(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    return _theirs(error) if isinstance(error, exceptions.APIException) else None


def _ours(error: FirstlineError) -> Response:
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)
    body = _body(status, error.code, error.message)
    if isinstance(error, DeclarationError):
        body["detail"] = "The request was refused; each reason is listed in errors."
        body["errors"] = [{"pointer": reason.pointer, "detail": reason.message} for reason in error.reasons]
    if isinstance(error, AccessFailedError):
        body["causes"] = list(error.causes)
    return _respond(body, {})


def _theirs(error: exceptions.APIException) -> Response:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(error, exceptions.ValidationError):
        body = _body(400, "invalid", "The request was refused; each reason is listed in errors.")
        body["errors"] = list(_pointers(error.detail, ""))
    else:
        body = _body(error.status_code, str(error.default_code), str(error.detail))
    return _respond(body, headers)


def _pointers(detail: Any, pointer: str) -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for key, value in detail.items():
            inner = (
                pointer if key == "non_field_errors" else f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
            )
            yield from _pointers(value, inner)
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            yield from _pointers(value, f"{pointer}/{index}" if isinstance(value, dict | list) else pointer)
    else:
        yield {"pointer": pointer, "detail": str(detail)}


def _body(status: int, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"urn:firstline:problem:{code.replace('_', '-')}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }


def _respond(body: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type="application/problem+json")
