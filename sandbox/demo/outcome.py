"""Whether it came out right: the simulated AWS's own state, noted along the way, held against what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.client import Sandbox
from sandbox.demo.expected import Check, account_checks, bystander_check, repair_checks
from sandbox.demo.expected_log import discovery_check, log_checks
from sandbox.demo.expected_people import answers_check, found_check, people_checks
from sandbox.demo.screen import Screen, mark

States = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Told:
    """What Firstline said, to be held against AWS (accounts found, calls counted, answers given), and where."""

    found: Mapping[str, Mapping[str, Any]]
    counted: Mapping[str, int]
    answers: Mapping[str, str]
    completed: str
    tampered: str


class Evidence:
    """The state of every account at the moments that matter."""

    def __init__(self, sandbox: Sandbox, names: Mapping[str, str]) -> None:
        self._sandbox, self._names = sandbox, names
        self.at: dict[str, States] = {}
        self.note("start")

    def note(self, moment: str) -> None:
        """Keep how the accounts are now."""
        self.at[moment] = {account_id: self._sandbox.state(account_id) for account_id in self._names}

    def judge(self, screen: Screen, told: Told) -> bool:
        """Show every check; true when none failed. Wants the moments reconciled, completed, tampered and repaired."""
        reconciled = {
            account_id: account_checks(account_id, self.at["start"][account_id], state)
            for account_id, state in self.at["reconciled"].items()
        }
        self._grid(screen, reconciled)
        later = [
            found_check(self._sandbox.organisation(), told.found),
            *self._after_people(told),
            *self._after_tampering(told.tampered),
            *self._log(told.counted),
        ]
        for check in later:
            screen.check(check.text, check.wrong)
        return not any(check.wrong for check in (*later, *(one for some in reconciled.values() for one in some)))

    def _grid(self, screen: Screen, checks: Mapping[str, list[Check]]) -> None:
        """The accounts side by side, and below them every reason why something failed."""
        rows = [(held[0].text, *(mark(not one.wrong) for one in held)) for held in zip(*checks.values(), strict=True)]
        screen.table(("read from the simulated AWS", *(self._names[account_id] for account_id in checks)), rows)
        for account_id, held in checks.items():
            for one in (one for one in held if one.wrong):
                screen.check(f"{self._names[account_id]}: {one.text}", one.wrong)

    def _after_people(self, told: Told) -> list[Check]:
        account_id = told.completed
        checks = people_checks(*(self.at[moment][account_id] for moment in ("reconciled", "completed")))
        checks.append(answers_check(self._sandbox, account_id, told.answers))
        return [Check(f"{self._names[account_id]}: {one.text}", one.wrong) for one in checks]

    def _after_tampering(self, tampered: str) -> list[Check]:
        others = [
            {account_id: state for account_id, state in self.at[moment].items() if account_id != tampered}
            for moment in ("completed", "repaired")
        ]
        moments = (self.at[moment][tampered] for moment in ("completed", "tampered", "repaired"))
        checks = repair_checks(tampered, *moments)
        return [Check(f"{self._names[tampered]}: {one.text}", one.wrong) for one in checks] + [bystander_check(*others)]

    def _log(self, counted: Mapping[str, int]) -> list[Check]:
        everywhere = self._sandbox.calls()
        log = [entry for entry in everywhere if entry["account"] in self._names]
        checks = log_checks(log, self._sandbox.overlaps(), counted, self._sandbox.external_id)
        return [*checks, discovery_check(everywhere)]
