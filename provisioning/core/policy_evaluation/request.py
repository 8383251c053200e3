"""One request to AWS: who asks to do what on which resource, under which circumstances."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """A question. Context keys compare without regard to case."""

    principal_arn: str
    """A user, a role (any of its sessions), a session, a group (any of its members), the account's root, a service
    (`ec2.amazonaws.com`) or an identity provider; empty when it isn't known."""
    action: str
    """It may hold `*` and `?`, and so may the resource: then the answer must hold for all they match."""
    resource: str
    context: Mapping[str, tuple[str, ...]]
    """A key that isn't there is absent (but see NEVER_ASSUMED_ABSENT), and so is one without values."""
    principal_account: str
    resource_account: str | None = None
    """Where it differs, the request goes across accounts. None: the account of the principal."""
    unknown: frozenset[str] = field(default_factory=frozenset)
    """Keys that may be there or not; `aws:PrincipalTag/*` stands for all such that aren't given."""
