"""The last word before a request leaves: counts it, and holds back a write that its lease does not cover."""

import time
from typing import Any

from provisioning.aws.call_context import current_call
from provisioning.aws.errors import LeaseTooShortError
from provisioning.aws.settings import AwsSettings

_READ_PREFIXES = ("Get", "List", "Describe", "Lookup", "AssumeRole", "SimulatePrincipalPolicy")


def is_read(operation: str) -> bool:
    """Whether the operation, by its name, changes nothing that Firstline manages."""
    return operation.startswith(_READ_PREFIXES)


class SendGuard:
    """botocore's `before-send` hook, for every client. It runs once per HTTP request, retries included."""

    def __init__(self, settings: AwsSettings) -> None:
        self._longest_call = settings.longest_call

    def __call__(self, **sending: Any) -> None:
        """Raises LeaseTooShortError; nothing was sent then."""
        call = current_call()
        operation = str(sending["event_name"]).rpartition(".")[2]
        if not is_read(operation):
            self._check_lease(operation, call.deadline if call else None)
        if call is not None:
            call.counter.made += 1

    def _check_lease(self, operation: str, deadline: float | None) -> None:
        if deadline is None:
            raise LeaseTooShortError(f"{operation} was not sent: no lease is held, and nothing is written without one")
        left = deadline - time.monotonic()
        if left < self._longest_call:
            raise LeaseTooShortError(
                f"{operation} was not sent: {left:.1f} s of the lease are left, "
                f"a call may take {self._longest_call:.1f} s"
            )
