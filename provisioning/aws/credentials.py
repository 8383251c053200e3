"""Credentials of the shared clients: whatever the call that is being made carries, or a refusal."""

from botocore.credentials import CredentialProvider, CredentialResolver, Credentials, ReadOnlyCredentials

from provisioning.aws.call_context import AccountCredentials, current_call
from provisioning.aws.errors import NoAccountCredentialsError


class CallCredentials(Credentials):
    """Looks like ordinary credentials to botocore, and holds none."""

    # The parent's constructor would store keys; there are none to store.
    def __init__(self) -> None:
        self.method = "firstline-account-session"
        self.account_id = None

    @property
    def access_key(self) -> str:  # type: ignore[override]
        return _required().access_key

    @property
    def secret_key(self) -> str:  # type: ignore[override]
        return _required().secret_key

    @property
    def token(self) -> str:  # type: ignore[override]
        return _required().token

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """The keys that sign this call. Raises NoAccountCredentialsError outside a call of a session."""
        keys = _required()
        return ReadOnlyCredentials(keys.access_key, keys.secret_key, keys.token, None)


def _required() -> AccountCredentials:
    call = current_call()
    if call is None or call.credentials is None:
        raise NoAccountCredentialsError
    return call.credentials


class _OnlyProvider(CredentialProvider):
    METHOD = "firstline-account-session"
    CANONICAL_NAME = None

    def load(self) -> Credentials:
        return CallCredentials()


def account_credential_resolver() -> CredentialResolver:
    """A chain of one: the environment, files and instance roles of this process never sign for an account."""
    return CredentialResolver(providers=[_OnlyProvider()])
