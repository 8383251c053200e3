"""Items that are kept at the payer: taken out of what a member holds itself, read as the payer will, and joined there.
Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from iam_templates.declaration import Kinds
from provisioning.core.desired import DesiredAccount, DesiredItem, Mode
from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.kind import Context
from provisioning.core.merge import MergeConflictError, pointer

MOST_BUDGETS = 20_000
"""Of one account (Cost Management user guide, quotas)."""
FIELD, PAYER = "at", "payer"
_NOBODY = (
    "There is no management account to keep it: register it and PATCH it with is_management_account: true, "
    "or write at: member."
)


@dataclass(frozen=True)
class Payer:
    """The management account."""

    account_id: str
    partition: str


def may_be_elsewhere(resources: Mapping[str, Mapping[str, Any]], kinds: Kinds) -> bool:
    """Whether a declaration has items that may be kept at the payer."""
    return any(
        kinds[kind].at_payer and any(FIELD in fields for fields in items.values()) for kind, items in resources.items()
    )


def parted(desired: DesiredAccount, member: str, payer: Payer | None, kinds: Kinds) -> DesiredAccount:
    """The member's own items, and those the payer keeps as it keeps them. Raises DeclarationError with every reason."""
    own: list[DesiredItem] = []
    kept: list[DesiredItem] = []
    reasons: list[Reason] = []
    for item in desired.items:
        if not (kinds[item.kind].at_payer and item.declared.get(FIELD) == PAYER):
            own.append(item)
            continue
        where = pointer("resources", item.kind, item.name)
        try:
            kept.append(_kept(item, member, payer, kinds))
        except DeclarationError as error:
            reasons += [Reason(where + reason.pointer, reason.message) for reason in error.reasons]
    if reasons:
        raise DeclarationError(reasons)
    return replace(desired, items=tuple(own), at_payer=tuple(kept))


def _kept(item: DesiredItem, member: str, payer: Payer | None, kinds: Kinds) -> DesiredItem:
    if payer is None:
        raise DeclarationError([Reason(f"/{FIELD}", _NOBODY)])
    kind = kinds[item.kind]
    # As it is written, first: what is wrong with it is told in those words.
    kind.parse(item.name, item.declared, Context(payer.account_id, payer.partition))
    name, declared = kind.for_payer(item.name, item.declared, member)
    kind.parse(name, declared, Context(payer.account_id, payer.partition))
    origins = tuple(replace(origin, member=member) for origin in item.origins)
    return replace(item, name=name, declared=declared, origins=origins)


def joined(own: DesiredAccount, kept: Iterable[DesiredItem], kinds: Kinds) -> DesiredAccount:
    """The payer's desired state: its own, where everything but budgets is observed only, and what members have kept.

    Raises MergeConflictError where two declare one name, whatever they say, and DeclarationError beyond AWS's quota.
    """
    observed = [item if kinds[item.kind].at_payer else replace(item, mode=Mode.OBSERVE) for item in own.items]
    found: dict[tuple[str, str], DesiredItem] = {}
    reasons: list[Reason] = []
    for item in (*observed, *kept):
        first = found.setdefault((item.kind, kinds[item.kind].identity(item.name)), item)
        if first is not item:
            where = pointer("resources", item.kind, item.name)
            reasons.append(Reason(where, f"{_who(first)} and {_who(item)} both declare this name: rename one"))
    if reasons:
        raise MergeConflictError(reasons)
    budgets = sum(kinds[kind].at_payer for kind, _ in found)
    if budgets > MOST_BUDGETS:
        told = f"{budgets:,} budgets, but AWS keeps {MOST_BUDGETS:,} in one account: keep some at: member."
        raise DeclarationError([Reason("/resources", told)])
    return replace(own, items=tuple(found.values()))


def _who(item: DesiredItem) -> str:
    return ", ".join(
        f"{origin} (assignment {origin.assignment}{f', account {origin.member}' if origin.member else ''})"
        for origin in item.origins
    )
