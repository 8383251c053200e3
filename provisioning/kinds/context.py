"""The facts of an account that its declared items are read with, gathered from those items."""

from collections.abc import Iterable, Mapping
from typing import Any

from provisioning.core.kind import Context, DeclaredGroup

Row = tuple[str, str, Mapping[str, Any]]
"""(kind, name, rendered fields)"""

SIGN_IN = frozenset({"console_access", "password_reset_required"})
"""The fields of a user that say how it signs in."""


def context_of(
    rows: Iterable[Row],
    account_id: str,
    partition: str,
    own_roles: frozenset[str] = frozenset(),
    break_glass: frozenset[str] = frozenset(),
) -> Context:
    """The context of one account in which these items are declared, whatever is wrong with them."""
    by_kind: dict[str, dict[str, Mapping[str, Any]]] = {}
    for kind, name, fields in rows:
        by_kind.setdefault(kind, {})[name] = fields
    return Context(
        account_id=account_id,
        partition=partition,
        customer_policies={
            name.lower(): str(fields.get("path", "/")) for name, fields in by_kind.get("iam.policy", {}).items()
        },
        users=frozenset(name.lower() for name in by_kind.get("iam.user", {})),
        groups={name.lower(): _group(name, fields) for name, fields in by_kind.get("iam.group", {}).items()},
        sign_in=frozenset(name.lower() for name, fields in by_kind.get("iam.user", {}).items() if SIGN_IN & {*fields}),
        named={kind: frozenset(name.lower() for name in items) for kind, items in by_kind.items()},
        own_roles=own_roles,
        break_glass=break_glass,
    )


def names_in(listed: Any) -> frozenset[str]:
    """The names of a declared list (lower case), whichever way it binds; what is no name is left to its kind."""
    if isinstance(listed, Mapping):
        listed = listed.get("include")
    return (
        frozenset(name.lower() for name in listed if isinstance(name, str)) if isinstance(listed, list) else frozenset()
    )


def _group(name: str, fields: Mapping[str, Any]) -> DeclaredGroup:
    path = fields.get("path")
    members = names_in(fields["members"]) if "members" in fields else None
    return DeclaredGroup(name, path if isinstance(path, str) else None, members)
