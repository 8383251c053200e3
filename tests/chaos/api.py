"""The REST API as its users reach it: HTTP to a web process, with a token."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from access.roles import Role
from tests.people import token


@dataclass(frozen=True)
class Answer:
    """`body` is what the JSON said."""

    status: int
    body: Any
    location: str = ""


@dataclass(frozen=True)
class Api:
    """One person at the API."""

    url: str
    token: str = field(repr=False)

    @classmethod
    def of(cls, url: str, name: str, role: Role) -> "Api":
        return cls(url, token(name, role))

    def get(self, path: str) -> Any:
        """The body of an answer that must be a success."""
        answer = self.ask("GET", path)
        assert answer.status == 200, answer
        return answer.body

    def post(self, path: str, body: Any = None, *, media: str = "application/json") -> Answer:
        return self.ask("POST", path, body, media=media)

    def ask(self, method: str, path: str, body: Any = None, *, media: str = "application/json") -> Answer:
        """A text is sent as it is, anything else as JSON."""
        data = body.encode() if isinstance(body, str) else json.dumps(body or {}).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": media}
        request = urllib.request.Request(
            self.url + path, data=None if method == "GET" else data, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, json.loads(answer.read()), answer.headers.get("Location") or "")
        except urllib.error.HTTPError as error:
            return Answer(error.code, json.loads(error.read()))
