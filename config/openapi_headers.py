"""What the OpenAPI document says of the headers that guard a change: Idempotency-Key, If-Match, ETag."""

from collections.abc import Iterator
from typing import Any

from config.idempotency import KEY_HEADER, REPLAYED_HEADER
from config.openapi import problem_answer

VERSION = "/baselines/{name}/versions/{number}"
REQUIRED = frozenset(
    {
        "/plans/{id}/approve",
        "/plans/{id}/reject",
        f"{VERSION}/publish",
        f"{VERSION}/approve-production",
        "/assignments/{id}/move",
        "/assignments/{id}/end",
    }
)
"""Decisions: If-Match must be sent."""
ACCOUNT_VERBS = ("pause", "resume", "suspend", "leave", "return")
TAGGED = {
    "/accounts/{account_id}": ("get", "patch"),
    **dict.fromkeys((f"/accounts/{{account_id}}/{verb}" for verb in ACCOUNT_VERBS), ("post",)),
    "/plans/{id}": ("get",),
    VERSION: ("get", "patch"),
    "/assignments/{id}": ("get",),
    "/attestations/{id}": ("get",),
    "/attestations/{id}/withdraw": ("post",),
    "/tokens/{key_id}": ("get",),
    "/tokens/{key_id}/rotate": ("post",),
    "/tokens/{key_id}/revoke": ("post",),
    "/teams/{name}": ("get", "delete"),
    "/role-bindings/{id}": ("get", "delete"),
    **dict.fromkeys(REQUIRED, ("post",)),
}
UNTAGGED = frozenset({"/tokens/{key_id}/rotate", "/teams/{name}", "/role-bindings/{id}"})
"""Changes whose answer has no ETag: what was changed is gone, or the answer is about its successor."""
MATCH = "The ETag of what was read; 412 when it has changed since, * for whatever it now says."
ETAG = {"description": "Stands for this state: send it as If-Match or If-None-Match.", "schema": {"type": "string"}}


def add_headers(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """The headers of each operation, and the refusals that they lead to."""
    for path, operations in result["paths"].items():
        short = path.removeprefix("/api/v1")
        for method, operation in operations.items():
            parameters = [*_parameters(short, method)]
            if parameters:
                operation["parameters"] = [*operation.get("parameters", []), *parameters]
            for status, description in _refusals(short, method).items():
                operation["responses"].setdefault(status, problem_answer(int(status), description))
            _say_what_comes_back(short, method, operation["responses"])
    return result


def _parameters(path: str, method: str) -> Iterator[dict[str, Any]]:
    if method == "post":
        told = "Makes sending it again harmless: the first answer is kept for 24 hours and replayed."
        yield _header(KEY_HEADER, told, pattern="^[A-Za-z0-9._-]{1,128}$")
    if method != "get" and method in TAGGED.get(path, ()):
        yield _header("If-Match", MATCH, required=path in REQUIRED)
    if method == "get" and path in TAGGED:
        yield _header("If-None-Match", "The ETag of what is known; 304 when it is still the same.")


def _refusals(path: str, method: str) -> dict[str, str]:
    found = {}
    if method == "post":
        found["422"] = "A value is refused, or the key was sent with something else: each reason is in `errors`."
    if method != "get" and method in TAGGED.get(path, ()):
        found["412"] = "It has changed since it was read."
    if method == "post" and path in REQUIRED:
        found["428"] = "A decision needs If-Match."
    return found


def _say_what_comes_back(path: str, method: str, responses: dict[str, Any]) -> None:
    if method == "get" and path in TAGGED:
        responses["304"] = {"description": "Still the same.", "headers": {"ETag": ETAG}}
    for status, response in responses.items():
        if status.startswith("2") and method in TAGGED.get(path, ()) and (method == "get" or path not in UNTAGGED):
            response.setdefault("headers", {})["ETag"] = ETAG
        if status.startswith("2") and method == "post":
            replayed = {"description": "`true` when the answer was kept from before.", "schema": {"type": "string"}}
            response.setdefault("headers", {})[REPLAYED_HEADER] = replayed


def _header(name: str, description: str, *, required: bool = False, **schema: Any) -> dict[str, Any]:
    found = {"in": "header", "name": name, "description": description, "schema": {"type": "string", **schema}}
    return {**found, "required": True} if required else found
