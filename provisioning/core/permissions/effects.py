"""What the changes of a plan do to checks: which would newly fail, which would be cured, and by which change. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provisioning.core.assessment import ItemAssessment
from provisioning.core.change import ResourceKey
from provisioning.core.desired import DesiredCheck
from provisioning.core.permissions.answers import Outcome, Result, answer_check, answer_checks
from provisioning.core.permissions.forecast import after_calls
from provisioning.core.permissions.holders import World
from provisioning.core.plan import PlannedChange, Risk

CHECK_FAILS = "check_fails"
"""The risk of a change after which a check fails that did not fail before."""


@dataclass(frozen=True)
class Effect:
    """One check before a plan and after it."""

    before: Outcome
    after: Outcome

    @property
    def newly_fails(self) -> bool:
        """Whether the plan makes it fail."""
        return self.after.result is Result.FAILS and self.before.result is not Result.FAILS

    def to_plain(self) -> dict[str, Any]:
        """As JSON data: what is found after the plan, and what was before it."""
        return {**self.after.to_plain(), "before": self.before.result.value, "newly_fails": self.newly_fails}


def effects(checks: Iterable[DesiredCheck], world: World, changes: Iterable[PlannedChange]) -> tuple[Effect, ...]:
    """Each check before and after these changes, made in this order."""
    asked = tuple(checks)
    if not asked:
        return ()
    after = _after(world, changes)
    pairs = zip(answer_checks(asked, world), answer_checks(asked, after), strict=True)
    return tuple(Effect(before, then) for before, then in pairs)


def culprits(checks: Iterable[DesiredCheck], world: World, changes: Sequence[PlannedChange]) -> frozenset[ResourceKey]:
    """The changes that make a check fail: those that do so alone, or else all, for then they do it together."""
    failing = [effect.before.check for effect in effects(checks, world, changes) if effect.newly_fails]
    found: set[ResourceKey] = set()
    for check in failing:
        alone = {change.key for change in changes if _fails(check, _after(world, [change]))}
        found |= alone or {change.key for change in changes if change.calls}
    return frozenset(found)


def with_culprits(
    items: Iterable[ItemAssessment],
    checks: Sequence[DesiredCheck],
    world: World,
    plans: Callable[[tuple[ItemAssessment, ...]], Iterable[Sequence[PlannedChange]]],
) -> tuple[ItemAssessment, ...]:
    """The items, with high risk for each change that makes a check fail: it then waits for a person.

    `plans` splits them into the changes that go together. What is taken out of one may make another fail, so it is
    asked again until nothing moves; each round marks one change at least.
    """
    marked = tuple(items)
    if not checks:
        return marked
    while bad := _all(culprits(checks, world, changes) for changes in plans(marked)) - _known(marked):
        marked = tuple(_marked(item) if item.key in bad else item for item in marked)
    return marked


def _after(world: World, changes: Iterable[PlannedChange]) -> World:
    calls = (call for change in changes for call in change.calls)
    return replace(world, snapshot=after_calls(world.snapshot, calls))


def _fails(check: DesiredCheck, world: World) -> bool:
    return answer_check(check, world).result is Result.FAILS


def _all(found: Iterable[frozenset[ResourceKey]]) -> frozenset[ResourceKey]:
    return frozenset().union(*found)


def _known(items: Iterable[ItemAssessment]) -> frozenset[ResourceKey]:
    return frozenset(item.key for item in items if item.change is not None and CHECK_FAILS in item.change.reasons)


def _marked(item: ItemAssessment) -> ItemAssessment:
    assert item.change is not None
    change = replace(item.change, risk=Risk.HIGH, reasons=(*item.change.reasons, CHECK_FAILS))
    return replace(item, change=change)
