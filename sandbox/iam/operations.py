"""IAM's operations the sandbox answers itself; moto answers the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.call import Call
from sandbox.iam import (
    access_keys,
    account,
    details,
    groups,
    holders,
    lists,
    mfa,
    passwords,
    policies,
    profiles,
    providers,
    roles,
    simulate,
    tags,
    users,
)

OPERATIONS: dict[str, Callable[[Call], Any]] = {
    **details.OPERATIONS,
    **lists.OPERATIONS,
    **groups.OPERATIONS,
    **roles.OPERATIONS,
    **users.OPERATIONS,
    **passwords.OPERATIONS,
    **access_keys.OPERATIONS,
    **mfa.OPERATIONS,
    **policies.OPERATIONS,
    **holders.OPERATIONS,
    **profiles.OPERATIONS,
    **tags.OPERATIONS,
    **account.OPERATIONS,
    **simulate.OPERATIONS,
    **providers.OPERATIONS,
}
