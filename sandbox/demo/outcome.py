"""Whether it came out right: the simulated AWS's own state, noted along the way, held against what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.client import Sandbox
from sandbox.demo.expected import Check, account_checks, bystander_check, log_checks, repair_checks
from sandbox.demo.screen import Screen, mark

States = dict[str, dict[str, Any]]


class Evidence:
    """The state of every account at the moments that matter."""

    def __init__(self, sandbox: Sandbox, names: Mapping[str, str]) -> None:
        self._sandbox, self._names = sandbox, names
        self.at: dict[str, States] = {}
        self.note("start")

    def note(self, moment: str) -> None:
        """Keep how the accounts are now."""
        self.at[moment] = {account_id: self._sandbox.state(account_id) for account_id in self._names}

    def judge(self, screen: Screen, tampered: str, counted: Mapping[str, int]) -> bool:
        """Show every check; true when none failed. Wants the moments reconciled, tampered and repaired."""
        reconciled = {
            account_id: account_checks(account_id, self.at["start"][account_id], state)
            for account_id, state in self.at["reconciled"].items()
        }
        self._grid(screen, reconciled)
        later = [*self._after_tampering(tampered), *self._log(counted)]
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

    def _after_tampering(self, tampered: str) -> list[Check]:
        others = [
            {account_id: state for account_id, state in self.at[moment].items() if account_id != tampered}
            for moment in ("reconciled", "repaired")
        ]
        moments = (self.at[moment][tampered] for moment in ("reconciled", "tampered", "repaired"))
        checks = repair_checks(tampered, *moments)
        return [Check(f"{self._names[tampered]}: {one.text}", one.wrong) for one in checks] + [bystander_check(*others)]

    def _log(self, counted: Mapping[str, int]) -> list[Check]:
        log = [entry for entry in self._sandbox.calls() if entry["account"] in self._names]
        return log_checks(log, self._sandbox.overlaps(), counted, self._sandbox.external_id)
