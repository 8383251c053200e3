"""The server process: WSGI on threads, one process only, on 127.0.0.1 only.

Nothing here asks who is calling, so another address is for the inside of a container without published ports.
"""

from __future__ import annotations

import logging
from wsgiref.types import WSGIApplication

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

HOST = "127.0.0.1"


class _Handler(WSGIRequestHandler):
    """Keeps connections open and sends small answers at once; says nothing per request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


def make(host: str, port: int, application: WSGIApplication) -> BaseWSGIServer:
    server = make_server(host, port, application, threaded=True, request_handler=_Handler)
    server.daemon_threads = True  # type: ignore[attr-defined]
    return server


def serve(port: int, host: str = HOST) -> None:
    """Prints its address once it answers; runs until it is stopped."""
    from sandbox.app import application

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make(host, port, application)
    print(f"http://{host}:{server.port}", flush=True)
    server.serve_forever()
