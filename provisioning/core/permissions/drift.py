"""Failing checks as drift of an account, beside what differs in its texts. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.core.assessment import Finding
from provisioning.core.change import ResourceKey
from provisioning.core.desired import DesiredCheck
from provisioning.core.diff import Difference, DriftType
from provisioning.core.permissions.answers import Outcome, Result, answer_checks
from provisioning.core.permissions.forecast import after_calls
from provisioning.core.permissions.holders import World
from provisioning.core.plan import PlannedChange
from provisioning.core.verdict import Remedy

KIND = "check"
"""The kind of these drifts; their identity is the check's name."""
SIMULATOR = "simulator"
"""The path of the drift that says that IAM's own simulator answers otherwise."""


@dataclass(frozen=True)
class Checked:
    """All checks of one look: what each found, and the drift that makes."""

    outcomes: tuple[Outcome, ...] = ()
    findings: tuple[Finding, ...] = ()
    simulator: str = ""
    """`asked`, or the reason code why IAM's simulator could not be; '' where nobody wanted to ask it."""

    @property
    def undecided(self) -> frozenset[tuple[str, str]]:
        """(check, path) of what cannot be told: its open drift stays as it is."""
        untold = {(one.check.key, "") for one in self.outcomes if one.result is Result.CANNOT_TELL}
        unasked = self.outcomes if self.simulator not in ("", "asked") else ()
        return frozenset(untold | {(one.check.key, SIMULATOR) for one in unasked})

    @property
    def unread(self) -> dict[str, str]:
        """{kind: reason} when there is a check that cannot be told."""
        return {KIND: "cannot_tell"} if any(one.result is Result.CANNOT_TELL for one in self.outcomes) else {}

    def to_plain(self) -> dict[str, Any]:
        """As JSON data: how many hold, and all about the others."""
        wrong = [one.to_plain() for one in self.outcomes if one.result is not Result.HOLDS]
        told = {"holding": len(self.outcomes) - len(wrong), "others": wrong}
        return told | ({"simulator": self.simulator} if self.simulator else {})


def check_account(checks: Iterable[DesiredCheck], world: World, changes: Iterable[PlannedChange]) -> Checked:
    """Every check of an account. `changes` are those we would make: what they cure is ours to repair."""
    outcomes = answer_checks(checks, world)
    failing = [one for one in outcomes if one.result is Result.FAILS]
    if not failing:
        return Checked(outcomes)
    calls = (call for change in changes for call in change.calls)
    later = World(after_calls(world.snapshot, calls), world.managed, world.scps, world.managed_date)
    cured = {
        one.check.key for one in answer_checks([one.check for one in failing], later) if one.result is Result.HOLDS
    }
    return Checked(outcomes, tuple(_finding(one, one.check.key in cured) for one in failing))


def disagreement(outcome: Outcome, theirs: Mapping[str, str]) -> Finding:
    """Drift that says that AWS's simulator answers otherwise. `theirs`: `action on resource` -> its decision."""
    ours = {f"{one.action} on {one.resource}": one.answer.decision.value for one in outcome.answers}
    difference = Difference(SIMULATOR, DriftType.CHANGED, {"ours": ours}, {"simulator": dict(sorted(theirs.items()))})
    return Finding(ResourceKey(KIND, outcome.check.key), difference, Remedy.PERSON, "simulator_disagrees")


def _finding(outcome: Outcome, cured: bool) -> Finding:
    check = outcome.check
    asked = {
        "as": {check.holder: check.principal},
        "actions": list(check.actions),
        "resources": list(check.resources),
        "context": {key: list(values) for key, values in check.context.items()},
        "considers": check.considers,
        "expected": check.expect,
    }
    found = {
        "found": outcome.telling[0].answer.decision.value,
        "answers": [_told(one.to_plain()) for one in outcome.telling],
    }
    difference = Difference("", DriftType.CHANGED, asked, found)
    remedy, reason = (Remedy.AUTO, "") if cured else (Remedy.PERSON, "no_change_cures_it")
    return Finding(ResourceKey(KIND, check.key), difference, remedy, reason)


def _told(answered: Mapping[str, Any]) -> dict[str, Any]:
    return {key: answered[key] for key in ("action", "resource", "decision", "why", "deciding", "sentence")}
