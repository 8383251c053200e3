"""Who asks: what the ARN of a principal says about it."""

import re
from dataclasses import dataclass
from enum import StrEnum

_IAM = re.compile(r"arn:[a-z0-9-]+:iam::(\d{12}):(user|role|group)/(?:.*/)?([^/]+)")
_ROOT = re.compile(r"arn:[a-z0-9-]+:iam::(\d{12}):root")
_PROVIDER = re.compile(r"arn:[a-z0-9-]+:iam::\d{12}:(saml|oidc)-provider/.+")
_SESSION = re.compile(r"arn:[a-z0-9-]+:sts::(\d{12}):assumed-role/([^/]+)/([^/]+)")
_FEDERATED = re.compile(r"arn:[a-z0-9-]+:sts::(\d{12}):federated-user/([^/]+)")
_SERVICE_LINKED = re.compile(r"arn:[a-z0-9-]+:iam::\d{12}:role/aws-service-role/.+")
_NAME_OF_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?", re.IGNORECASE)
_NAME_OF_PROVIDER = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class AskerKind(StrEnum):
    """What kind of principal asks. A role never asks itself: it stands for any of its sessions."""

    USER = "user"
    ROLE = "role"
    SESSION = "session"
    FEDERATED_USER = "federated user"
    GROUP = "group"
    ROOT = "root"
    SERVICE = "service"
    PROVIDER = "provider"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Asker:
    """The principal of a request."""

    kind: AskerKind
    arn: str
    account: str
    name: str = ""

    @property
    def is_session(self) -> bool:
        """Whether it acts with the session of a role."""
        return self.kind in (AskerKind.ROLE, AskerKind.SESSION)

    @property
    def is_identity(self) -> bool:
        """Whether policies of an identity apply to it."""
        return self.kind not in (AskerKind.SERVICE, AskerKind.PROVIDER, AskerKind.ROOT)

    @property
    def is_under_scps(self) -> bool:
        """SCPs bind users, roles and the root of an account; not services, nor service-linked roles."""
        if self.kind in (AskerKind.SERVICE, AskerKind.PROVIDER):
            return False
        return not _SERVICE_LINKED.fullmatch(self.arn)


def asker_of(arn: str, account: str) -> Asker:
    """Reads the ARN (or the name of a service or provider); what isn't understood is a principal that isn't known."""
    if found := _IAM.fullmatch(arn):
        return Asker(AskerKind(found[2]), arn, found[1], found[3])
    if found := _SESSION.fullmatch(arn):
        return Asker(AskerKind.SESSION, arn, found[1], found[2])
    if found := _FEDERATED.fullmatch(arn):
        return Asker(AskerKind.FEDERATED_USER, arn, found[1], found[2])
    if found := _ROOT.fullmatch(arn):
        return Asker(AskerKind.ROOT, arn, found[1])
    if _NAME_OF_SERVICE.fullmatch(arn) and not arn.startswith("cognito-identity."):
        return Asker(AskerKind.SERVICE, arn.lower(), account)
    if _PROVIDER.fullmatch(arn) or _NAME_OF_PROVIDER.fullmatch(arn):
        return Asker(AskerKind.PROVIDER, arn, account)
    return Asker(AskerKind.UNKNOWN, arn, account)
