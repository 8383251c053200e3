"""Settings that would make the lease unsafe are refused at start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register("firstline")
def lease_outlasts_one_call(**_: Any) -> list[CheckMessage]:
    """A call that is sent must be answered, or given up, while the lease still holds."""
    given = settings.FIRSTLINE
    needed = given.connect_timeout_seconds + given.read_timeout_seconds + given.lease_margin_seconds
    if needed < given.lease_seconds:
        return []
    return [
        Error(
            f"A lease of {given.lease_seconds:g} s is shorter than one call may take ({needed:g} s).",
            hint="Raise FIRSTLINE_LEASE_SECONDS or lower the connect, read and margin seconds.",
            id="provisioning.E001",
        )
    ]
