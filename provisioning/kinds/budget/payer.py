"""A member's budget as the payer keeps it: under a name of its own, counting that member's account only. Pure.

Cost Management user guide: the management account sees all accounts and tells them apart by a filter on the linked
account, which a member's own budget can't have. Account ids have 12 digits, so that prefixed names never collide.
"""

from collections.abc import Mapping
from typing import Any

from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.kind import Context
from provisioning.kinds.budget.templates import expanded, is_template

LONGEST_NAME = 100


def for_payer(name: str, declared: Mapping[str, Any], member: str) -> tuple[str, dict[str, Any]]:
    """`<account id>-<name>`, and the fields without `at`, counting the member only. Raises DeclarationError."""
    told = f"{member}-{name}"
    if len(told) > LONGEST_NAME:
        raise DeclarationError(
            [Reason("", f"At the payer it is called {member}-…: shorten its name to 87 characters.")]
        )
    fields = expanded(declared, Context(member)) if is_template(declared) else dict(declared)
    fields.pop("at", None)
    if "filter_expression" in fields:
        return told, fields | {"filter_expression": _narrowed(fields["filter_expression"], member)}
    filters = fields.get("filter", {})
    if not isinstance(filters, Mapping) or "linked_account" in filters:
        raise DeclarationError(
            [Reason("/filter/linked_account", "At the payer this is the member itself: leave it out.")]
        )
    return told, fields | {"filter": {**filters, "linked_account": [member]}}


def _narrowed(expression: Any, member: str) -> Any:
    """Joined on the same level where it is an `and` already: AWS takes few levels."""
    own = {"dimension": "linked_account", "values": [member]}
    if isinstance(expression, Mapping) and isinstance(expression.get("and"), list):
        return {"and": [*expression["and"], own]}
    return {"and": [expression, own]}
