"""What the OpenAPI document says beyond what the views do: how to sign in, and how every refusal looks."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from config.problems import MEDIA_TYPE

ANYONE = {401: "No token, or one that is unknown, expired or revoked.", 403: "Your role does not allow it."}
CODES = {
    400: "invalid",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    409: "conflict",
    410: "already_read",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "idempotency_mismatch",
    428: "precondition_required",
}
PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:firstline:problem:not-found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable, for machines."},
        "detail": {"type": "string", "description": "What to do."},
        "errors": {
            "type": "array",
            "description": "Every reason at once.",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "Where in the body (RFC 6901)."},
                    "parameter": {"type": "string", "description": "Which query parameter."},
                    "detail": {"type": "string"},
                },
            },
        },
        "causes": {"type": "array", "items": {"type": "string"}},
    },
}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The bearer token."""

    target_class = "access.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """How it is sent."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "fl_<key id>.<secret>"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session of someone signed in to the admin."""

    target_class = "access.authentication.PersonSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """How it is sent."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Every operation can be refused; each refusal is a problem document."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for status, description in _refusals(path, method, operation).items():
                operation["responses"].setdefault(str(status), problem_answer(status, description))
    return result


def _refusals(path: str, method: str, operation: dict[str, Any]) -> dict[int, str]:
    refusals = {**ANYONE}
    if "{" in path:
        refusals[404] = "There is no such thing."
    if method != "get" or operation.get("parameters"):
        refusals[400] = "Malformed: each reason is in `errors`."
    if method != "get":
        refusals |= {
            409: "It is not in the state that this needs.",
            413: "The body is too large.",
            415: "The body is not application/json.",
        }
    return refusals


def problem_answer(status: int, description: str) -> dict[str, Any]:
    """A refusal of this status, with an example that could be one."""
    schema = {"$ref": "#/components/schemas/Problem"}
    code = CODES[status]
    example: dict[str, Any] = {
        "type": f"urn:firstline:problem:{code.replace('_', '-')}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": description,
    }
    if status == HTTPStatus.BAD_REQUEST:
        example["errors"] = [{"pointer": "/environment", "detail": "Use one of sandbox, dev, test, staging, prod."}]
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema, "example": example}}}
