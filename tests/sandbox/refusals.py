"""Reads the error code out of a refused call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError


@contextmanager
def refused(code: str) -> Iterator[list[ClientError]]:
    """The block must be refused with that code; the list then holds the error."""
    caught: list[ClientError] = []
    with pytest.raises(ClientError) as error:
        yield caught
    caught.append(error.value)
    assert error.value.response["Error"]["Code"] == code, error.value


def code_of(call: Callable[[], Any]) -> str:
    """'' when the call succeeds."""
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""
