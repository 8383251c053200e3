"""`python -P config/alive.py`: whether the web server of this container answers. Quick: imports nothing of ours."""

import http.client
import json
import os
import sys
from urllib.parse import urlsplit

ADDRESS = "http://127.0.0.1:8000/healthz"


def host() -> str:
    """A name the web server answers to: the first that FIRSTLINE_ALLOWED_HOSTS names."""
    names = json.loads(os.environ.get("FIRSTLINE_ALLOWED_HOSTS", "[]")) or ["localhost"]
    return str(names[0]).removeprefix(".")


def is_alive(address: str = ADDRESS) -> bool:
    """Whether it answers 200 within ten seconds."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.netloc, timeout=10)
    try:
        connection.request("GET", place.path, headers={"Host": host()})
        return connection.getresponse().status == 200
    except (http.client.HTTPException, OSError):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_alive() else 1)
