"""One request to AWS: who asks to do what on which resource, under which circumstances."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """A question. The resource and the action may hold `*` and `?`: then the answer must hold for all they match.

    `principal_arn` is a user, a role (any of its sessions), a session, a group (any of its members), the account's
    root, a service (`ec2.amazonaws.com`) or an identity provider; empty when it isn't known. Context keys compare
    without regard to case. A key that isn't there is absent (but see `NEVER_ASSUMED_ABSENT`), and so is one without
    values; one in `unknown` may be there or not, where `aws:PrincipalTag/*` stands for all that aren't given.
    `resource_account` makes it a request across accounts when it differs.
    """

    principal_arn: str
    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]]
    principal_account: str
    resource_account: str | None = None
    unknown: frozenset[str] = field(default_factory=frozenset)
