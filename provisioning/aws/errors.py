"""The refusals of this layer that are not AWS's own."""

from provisioning.core.errors import FirstlineError


class NoAccountCredentialsError(FirstlineError):
    """A request would have been signed outside a session's call: in another thread, or after the session ended."""

    code = "no_account_credentials"

    def __init__(self) -> None:
        super().__init__("no account session is active here: make the call through AwsSession, inside `enter()`")


class LeaseTooShortError(FirstlineError):
    """A write was held back because the lease might end before AWS answers. Nothing was sent."""

    code = "lease_too_short"


class SessionClosedError(FirstlineError):
    """An AwsSession was used after its `enter()` block."""

    code = "session_closed"
