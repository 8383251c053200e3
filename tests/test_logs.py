"""Log lines carry the ids of the present work and no secret."""

import json
import logging
import logging.config
from collections.abc import Iterator
from io import StringIO

import pytest

from config.logs import logging_settings
from history.context import bound

PLANTED = {
    "token": "fl_0123456789ab.kDk3mPq0rSt1uVw2xYz3aBc4dEf5gHi6jKl7mNo8pQr",
    "key": "AKIAIOSFODNN7EXAMPLE",
    "address": "jane.doe@example.com",
    "url": "postgresql://firstline:hunter22@db.example/firstline",
}


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What our formatter writes, beside the tests' own logging."""
    settings = logging_settings(readable=False)
    formatter = logging.config.DictConfigurator(settings).configure_formatter(settings["formatters"]["structured"])
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    logger = logging.getLogger("tests.logs")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield written
    logger.removeHandler(handler)


def test_a_line_is_json_with_the_bound_ids(lines: StringIO) -> None:
    with bound(request_id="request-1", cause="schedule", run_id="run-1", account_id="111111111111"):
        logging.getLogger("tests.logs").info("look ended", extra={"calls": 17})
    line = json.loads(lines.getvalue())
    assert {name: line[name] for name in ("event", "request_id", "run_id", "account_id", "calls")} == {
        "event": "look ended",
        "request_id": "request-1",
        "run_id": "run-1",
        "account_id": "111111111111",
        "calls": 17,
    }


@pytest.mark.parametrize("secret", PLANTED.values(), ids=PLANTED)
def test_planted_secrets_never_appear(lines: StringIO, secret: str) -> None:
    logger = logging.getLogger("tests.logs")
    logger.info("got %s back", secret, extra={"detail": {"list": [f"x {secret} y"]}, "external_id": "plainly-secret"})
    try:
        raise ValueError(f"wrong: {secret}")
    except ValueError:
        logger.exception("failed")
    for part in ("kDk3mPq0", "AKIAIOSF", "jane.doe", "hunter22", "plainly-secret"):
        assert part not in lines.getvalue()
