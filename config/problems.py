"""Errors over HTTP: RFC 9457 problem details, with every field's error at once."""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as FieldErrors
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views import defaults
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView, set_rollback

from access.errors import ConflictError as AccessConflict
from access.parameters import ParameterError
from access.pointers import pointers
from access.refused import record_refused_request
from provisioning.core.errors import (
    AccessFailedError,
    ConflictError,
    DeclarationError,
    FirstlineError,
    GoneError,
    NotAllowedError,
    NotFoundError,
)

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
REFUSED = "The request was refused; each reason is listed in errors."
RETRY_AFTER_SECONDS = 5

STATUS: dict[type[FirstlineError], int] = {
    DeclarationError: 422,
    NotAllowedError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    AccessFailedError: 409,
    GoneError: 410,
}


def problem_details(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler. None lets an unexpected error become a 500 that says nothing of the inside."""
    set_rollback()
    _record_refusal(error, context)
    if isinstance(error, FirstlineError):
        return _ours(error)
    if isinstance(error, OperationalError | InterfaceError):
        return _unavailable(error)
    error = _as_api_exception(error)
    return _theirs(error) if isinstance(error, exceptions.APIException) else None


def _record_refusal(error: Exception, context: dict[str, Any]) -> None:
    request = context.get("request")
    refused = isinstance(error, NotAllowedError | PermissionDenied | exceptions.PermissionDenied)
    if refused and request is not None:
        record_refused_request(request, str(error))


def _as_api_exception(error: Exception) -> Exception:
    match error:
        case Http404():
            return exceptions.NotFound()
        case PermissionDenied():
            return exceptions.PermissionDenied(str(error) or None)
        case FieldErrors():
            return exceptions.ValidationError(error.message_dict if hasattr(error, "error_dict") else error.messages)
        case AccessConflict():
            return _Conflict(error)
        case RequestDataTooBig():
            return _TooLarge()
        case SuspiciousOperation() | UnreadablePostError():
            return exceptions.ParseError("The request could not be read.")
    return error


class _Conflict(exceptions.APIException):
    status_code = 409

    def __init__(self, error: AccessConflict) -> None:
        super().__init__(str(error))
        self.default_code = error.code


class _TooLarge(exceptions.APIException):
    status_code = 413
    default_detail = "The body is too large: split the request."
    default_code = "too_large"


def _unavailable(error: Exception) -> HttpResponse:
    logger.error("database not available", exc_info=error)
    body = _body(503, "unavailable", "The database did not answer in time; nothing was changed. Try again.")
    return _respond(body, {"Retry-After": str(RETRY_AFTER_SECONDS)})


def _ours(error: FirstlineError) -> HttpResponse:
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)
    body = _body(status, error.code, error.message)
    if isinstance(error, DeclarationError):
        body["detail"] = REFUSED
        body["errors"] = [{"pointer": reason.pointer, "detail": reason.message} for reason in error.reasons]
    if isinstance(error, AccessFailedError):
        body["causes"] = list(error.causes)
    return _respond(body, {})


def _theirs(error: exceptions.APIException) -> HttpResponse:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(error, ParameterError):
        body = _body(400, "invalid", REFUSED)
        body["errors"] = [
            {"parameter": name, "detail": str(why)} for name, whys in error.detail.items() for why in whys
        ]
    elif isinstance(error, exceptions.ValidationError):
        body = _body(400, "invalid", REFUSED)
        body["errors"] = list(pointers(error.detail))
    else:
        body = _body(error.status_code, str(error.default_code), str(error.detail))
    return _respond(body, headers)


def _body(status: int, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"urn:firstline:problem:{code.replace('_', '-')}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }


def _respond(body: dict[str, Any], headers: dict[str, str]) -> HttpResponse:
    """Django's response, not DRF's: no renderer of the view may turn a problem into a page."""
    return JsonResponse(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


class UnknownAddress(APIView):
    """Whatever stands below /api/ and is no address of it."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Always a 404, whatever the method."""
        return not_found(request)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400: a request that no view saw."""
    if _is_page(request):
        return defaults.bad_request(request, exception)
    return _respond(_body(400, "parse_error", "The request could not be read."), {})


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403."""
    if _is_page(request):
        record_refused_request(request, str(exception or ""))
        return defaults.permission_denied(request, exception)
    return _respond(_body(403, "permission_denied", "You may not do this."), {})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    if _is_page(request):
        return defaults.page_not_found(request, exception)
    return _respond(_body(404, "not_found", "There is no such address; /api/v1/docs lists them all."), {})


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: says nothing of the inside."""
    if _is_page(request):
        return defaults.server_error(request)
    return _respond(_body(500, "error", "Something went wrong here; it was logged."), {})


def _is_page(request: HttpRequest) -> bool:
    return request.path != "/api" and not request.path.startswith("/api/")
