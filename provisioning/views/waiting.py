"""`?wait=`: how long an answer may wait for its run. Read here; waited for outside the view (config/waiting.py)."""

from dataclasses import dataclass
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from access.parameters import ParameterError

LONGEST_SECONDS = 30
WAIT = OpenApiParameter(
    "wait",
    {"type": "integer", "minimum": 0, "maximum": LONGEST_SECONDS},
    description="Answer when the run has ended, or after so many seconds.",
)


@dataclass(frozen=True)
class Awaited:
    """A run, and how long to wait for its end."""

    run_id: UUID
    seconds: int


def waiting(request: Request, run_id: UUID, response: Response) -> Response:
    """The response, marked to wait as long as the request says. Raises ParameterError."""
    if seconds := wait_seconds(request):
        response.awaited = Awaited(run_id, seconds)  # type: ignore[attr-defined]
    return response


def wait_seconds(request: Request) -> int:
    """The parameter's value; 0 when there is none. Raises ParameterError for anything but 0 to 30."""
    asked = request.query_params.get("wait", "0")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 3 and int(asked) <= LONGEST_SECONDS):
        raise ParameterError({"wait": [f"Give a number of seconds from 0 to {LONGEST_SECONDS}."]})
    return int(asked)
