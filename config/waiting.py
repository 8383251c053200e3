"""`?wait=`: an answer that waits a while for a run to end, outside any transaction and for few requests at a time."""

import threading
import time
from collections.abc import Callable
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from rest_framework.renderers import JSONRenderer

from provisioning.models import Run
from provisioning.serializers.runs import RunSerializer
from provisioning.views.waiting import Awaited

MOST_AT_ONCE = 4
"""Of the web server's 8 threads: waiting never keeps others from being served."""
PAUSE_SECONDS = 0.25


class WaitForRun:
    """Holds back an answer that carries `awaited` until its run has ended or the time is over.

    When too many wait already, the answer goes out at once: it says the run's state either way.
    """

    places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        awaited: Awaited | None = getattr(response, "awaited", None)
        if awaited is not None and response.status_code < 300 and self.places.acquire(blocking=False):
            try:
                _wait(awaited, response)
            finally:
                self.places.release()
        return response


def _wait(awaited: Awaited, response: HttpResponse) -> None:
    until = time.monotonic() + awaited.seconds
    while not _has_ended(awaited.run_id) and time.monotonic() < until:
        if not connection.in_atomic_block:
            connection.close()
        time.sleep(PAUSE_SECONDS)
    run = Run.objects.get(pk=awaited.run_id)
    response.content = JSONRenderer().render(RunSerializer(run).data)
    response.status_code = 200 if run.state not in Run.OPEN else response.status_code
    response.headers["Content-Length"] = str(len(response.content))


def _has_ended(run_id: UUID) -> bool:
    return not Run.objects.filter(pk=run_id, state__in=Run.OPEN).exists()
