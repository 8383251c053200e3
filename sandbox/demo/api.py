"""Firstline's REST API as one person uses it: nothing but the standard library and a token."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sandbox.demo.errors import DemoError

SECONDS = 60
MOST_ROWS = 200


class RefusedError(DemoError):
    """The API said no, in its own words."""

    def __init__(self, who: str, method: str, path: str, problem: dict[str, Any]) -> None:
        self.status: int = problem.get("status", 0)
        self.code: str = problem.get("code", "")
        self.detail: str = problem.get("detail", "")
        reasons = "".join(f"\n  {error}" for error in problem.get("errors", []))
        super().__init__(f"{who}: {method} {path} was refused ({self.status}): {problem.get('detail')}{reasons}")


@dataclass(frozen=True)
class Person:
    """One person with a token in one role."""

    name: str
    role: str
    url: str
    token: str = field(repr=False)

    def get(self, path: str, **query: Any) -> Any:
        """One answer. Raises RefusedError."""
        return self._ask("GET", f"{path}?{urlencode(query)}" if query else path, None)

    def rows(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page."""
        page = self.get(path, limit=MOST_ROWS, **query)
        yield from page["results"]
        while page["next"]:
            page = self._ask("GET", page["next"].partition("/api/v1/")[2], None)
            yield from page["results"]

    def get_tagged(self, path: str) -> tuple[Any, str]:
        """One answer with its ETag, which a decision about it sends. Raises RefusedError."""
        return self._send("GET", path, None, {})

    def post(self, path: str, body: Any = None, seen: str = "") -> Any:
        """Ask for something to be done, to what was `seen` when it is an ETag. Raises RefusedError."""
        headers = {"Content-Type": "application/json"} | ({"If-Match": seen} if seen else {})
        return self._send("POST", path, json.dumps({} if body is None else body).encode(), headers)[0]

    def post_yaml(self, path: str, text: str) -> Any:
        """Send a declaration as it stands in its file."""
        return self._ask("POST", path, text.encode(), "application/yaml")

    def _ask(self, method: str, path: str, body: bytes | None, content_type: str = "application/json") -> Any:
        return self._send(method, path, body, {"Content-Type": content_type} if body else {})[0]

    def _send(self, method: str, path: str, body: bytes | None, more: dict[str, str]) -> tuple[Any, str]:
        headers = {"Authorization": f"Bearer {self.token}"} | more
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return json.loads(answer.read()), answer.headers.get("ETag") or ""
        except urllib.error.HTTPError as error:
            raise RefusedError(self.name, method, path, _problem(error)) from None
        except OSError as error:
            raise DemoError(f"{self.name}: {method} {path} got no answer: {error}") from error


def _problem(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        problem: dict[str, Any] = json.loads(error.read())
    except ValueError:
        problem = {"detail": error.reason}
    return {"status": error.code} | problem
