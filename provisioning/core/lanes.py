"""How the changes of one look may go ahead: by themselves, by a person's decision, or not at all. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from provisioning.core.assessment import ItemAssessment
from provisioning.core.change import ResourceKey
from provisioning.core.desired import Mode
from provisioning.core.plan import Plan, PlannedChange, Risk, closed_over_references, in_safe_order


class Lane(StrEnum):
    """`auto` goes ahead, `approval` waits for a person, `observe` is shown and nobody can approve it."""

    AUTO = "auto"
    APPROVAL = "approval"
    OBSERVE = "observe"


@dataclass(frozen=True)
class Proposal:
    """The plan of one lane, why it waits, and who wrote or assigned what is behind it."""

    lane: Lane
    plan: Plan
    reasons: tuple[str, ...]
    authors: tuple[str, ...]


def proposals(
    account_id: str,
    items: Iterable[ItemAssessment],
    *,
    is_production: bool,
    blocked: frozenset[ResourceKey],
    shown_only: str = "",
) -> tuple[Proposal, ...]:
    """Split what a look would change by need of approval, closed over references.

    `blocked` changes (a guard forbids them) and those that refer to them are in no plan. `shown_only`: the reason code
    why nothing can be written to the account, so that everything is only shown.
    """
    changing = {item.key: item for item in items if item.change is not None}
    references = {key: item.references for key, item in changing.items()}
    out = closed_over_references(blocked & changing.keys(), references, changing)
    left = {key: item for key, item in changing.items() if key not in out}
    lanes = {Lane.OBSERVE: frozenset(left)} if shown_only else _lanes(left, references, is_production)
    made = (
        _proposal(account_id, lane, [changing[key] for key in sorted(keys)], references, is_production)
        for lane, keys in lanes.items()
        if keys
    )
    return tuple(replace(one, reasons=(*one.reasons, shown_only)) if shown_only else one for one in made)


def _lanes(
    changing: Mapping[ResourceKey, ItemAssessment],
    references: Mapping[ResourceKey, frozenset[ResourceKey]],
    is_production: bool,
) -> dict[Lane, frozenset[ResourceKey]]:
    observed = (key for key, item in changing.items() if item.item.mode is Mode.OBSERVE)
    observe = closed_over_references(observed, references, changing)
    waiting = (key for key, item in changing.items() if key not in observe and _waits(item, is_production))
    approval = closed_over_references(waiting, references, changing.keys() - observe)
    auto = frozenset(changing.keys() - observe - approval)
    return {Lane.AUTO: auto, Lane.APPROVAL: approval, Lane.OBSERVE: observe}


def _waits(item: ItemAssessment, is_production: bool) -> bool:
    return _change(item).risk is Risk.HIGH or _unapproved_production(item, is_production)


def _unapproved_production(item: ItemAssessment, is_production: bool) -> bool:
    return is_production and not all(origin.approved_for_production for origin in item.item.origins)


def _proposal(
    account_id: str,
    lane: Lane,
    items: list[ItemAssessment],
    references: Mapping[ResourceKey, frozenset[ResourceKey]],
    is_production: bool,
) -> Proposal:
    origins = {origin for item in items for origin in item.item.origins}
    reasons = {reason for item in items for reason in _change(item).reasons}
    if any(_unapproved_production(item, is_production) for item in items):
        reasons.add("production")
    plan = Plan(
        account_id=account_id,
        changes=in_safe_order([_change(item) for item in items], references),
        baseline_versions=tuple(sorted({str(origin) for origin in origins})),
    )
    people = {person for origin in origins for person in (origin.author, *origin.assigned_by)}
    return Proposal(lane, plan, tuple(sorted(reasons)), tuple(sorted(people)))


def _change(item: ItemAssessment) -> PlannedChange:
    if item.change is None:
        raise ValueError(f"{item.key} has no change")
    return item.change
