"""Waits over REST until accounts are settled, and lets the operator and the approver do their part meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.demo.api import Person, RefusedError
from sandbox.demo.errors import DemoError
from sandbox.demo.installation import Installation
from sandbox.demo.screen import Screen
from sandbox.demo.words import counted, resource, why

POLL_SECONDS = 0.3
PATIENCE_SECONDS = 150.0
OPEN = {"queued", "looking", "applying", "verifying", "retry_wait"}
SENT = {"ok", "already"}
CONFLICT = 409
CHANGED = {CONFLICT, 412}
BEGINNING = datetime.min.replace(tzinfo=UTC)

Row = Mapping[str, Any]


@dataclass
class Progress:
    """What one poll finds of one account."""

    runs: list[dict[str, Any]] = field(default_factory=list)
    plans: list[dict[str, Any]] = field(default_factory=list)

    @property
    def busy(self) -> dict[str, Any] | None:
        """The run that is open; an apply rather than a look."""
        return min((run for run in self.runs if run["state"] in OPEN), key=lambda run: run["kind"], default=None)

    @property
    def waiting(self) -> dict[str, Any] | None:
        """The plan that waits for an approval."""
        return next((p for p in self.plans if p["lane"] == "approval" and p["state"] == "proposed"), None)

    @property
    def doing(self) -> str:
        """In a word, what keeps the account from being at rest; '' when nothing does."""
        return self.busy["state"] if self.busy else "waits for paula" if self.waiting else ""

    def seen_since(self, moment: datetime, generation: int) -> bool:
        """Whether a look that began later than this, and than every write, saw what is desired now."""
        ended = [_time(run["finished_at"]) for run in self.runs if run["kind"] == "apply"]
        return any(
            run["kind"] == "look"
            and run["state"] == "done"
            and run["generation"] == generation
            and _time(run["started_at"]) > max([moment, *ended])
            for run in self.runs
        )


class Reconciliation:
    """Follows the accounts of an installation. `names`: account id to the name that is shown."""

    def __init__(self, installation: Installation, screen: Screen, names: Mapping[str, str]) -> None:
        self._installation, self._screen, self._names = installation, screen, names
        self._operator: Person = installation.people["otto"]
        self._approver: Person = installation.people["paula"]
        self._told: set[str] = set()

    def until_looked(self, since: datetime) -> None:
        """Ask for looks until every account was seen later than this."""
        self._wait(since, lambda account_id, found, seen: not seen)

    def until_settled(self, since: datetime, expected: Mapping[str, int]) -> None:
        """Go on, approving what waits, until a look finds nothing left to do. `expected`: writes by account id."""
        with self._screen.bars(list(self._names.values())).live() as bars:

            def is_left(account_id: str, found: Progress, seen: bool) -> bool:
                self._tell(found)
                doing = found.doing or ("settled" if seen else "due for a look")
                bars.show(self._names[account_id], *self._writes(found, since, expected.get(account_id, 0)), doing)
                if found.waiting and not found.busy:
                    self._approve(found.waiting)
                return found.doing != "" or not seen

            self._wait(since, is_left)

    def _wait(self, since: datetime, is_left: Callable[[str, Progress, bool], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        generations = {account_id: self._generation(account_id) for account_id in self._names}
        while True:
            polled = self._poll()
            seen = {one: found.seen_since(since, generations[one]) for one, found in polled.items()}
            left = [one for one, found in polled.items() if is_left(one, found, seen[one])]
            if not left:
                return
            for account_id in left:
                if not polled[account_id].doing:
                    self._ask_for_look(account_id)
            self._installation.children.check()
            if time.monotonic() > deadline:
                raise DemoError(f"{self._where(polled, left)}\n{self._installation.children.tails()}")
            time.sleep(POLL_SECONDS)

    def _ask_for_look(self, account_id: str) -> None:
        try:
            self._operator.post(f"accounts/{account_id}/looks")
        except RefusedError as error:
            if error.status != CONFLICT:  # its access is not proven yet: the first look follows by itself
                raise

    def _poll(self) -> dict[str, Progress]:
        found = {account_id: Progress() for account_id in self._names}
        for run in self._operator.rows("runs"):
            if run["account_id"] in found:
                found[run["account_id"]].runs.append(run)
        for plan in self._operator.rows("plans"):
            if plan["account_id"] in found:
                found[plan["account_id"]].plans.append(plan)
        return found

    def _generation(self, account_id: str) -> int:
        return int(self._operator.get(f"accounts/{account_id}/desired-state")["generation"])

    def _writes(self, found: Progress, since: datetime, expected: int) -> tuple[int, int]:
        """How many were made, and how many there will be as far as it is known."""
        applies = [run for run in found.runs if run["kind"] == "apply" and _time(run["created_at"]) > since]
        plans = {plan["id"]: plan["summary"]["calls"] for plan in found.plans}
        planned = {run["plan_id"]: plans[run["plan_id"]] for run in applies}
        return sum(self._made(run, plans) for run in applies), max(expected, sum(planned.values()))

    def _made(self, run: Row, plans: Mapping[str, int]) -> int:
        if run["state"] == "done":
            return plans[run["plan_id"]]
        writes = self._operator.get(f"runs/{run['id']}")["writes"] if run["state"] != "queued" else []
        return sum(write["outcome"] in SENT for write in writes)

    def _tell(self, found: Progress) -> None:
        """An apply or look that did not end well is said once; the next look makes a new plan of what is left."""
        for run in found.runs:
            if run["state"] not in OPEN | {"done"} and run["id"] not in self._told:
                self._told.add(run["id"])
                self._screen.say(
                    f"{self._names[run['account_id']]}: {run['kind']} ended {run['state']}: {run['message']}"
                )

    def _approve(self, row: Row) -> None:
        plan, seen = self._approver.get_tagged(f"plans/{row['id']}")
        comment = "read in the demo"
        try:
            self._approver.post(f"plans/{plan['id']}/approve", {"digest": plan["digest"], "comment": comment}, seen)
        except RefusedError as error:
            if (
                error.status not in CHANGED
            ):  # another look was quicker and changed the plan: the next poll reads it again
                raise
        else:
            self._print_approval(plan)

    def _print_approval(self, plan: Row) -> None:
        summary, name = plan["summary"], self._names[plan["account_id"]]
        many = f"{counted(len(plan['changes']), 'change')} in {counted(summary['calls'], 'call')}"
        self._screen.say(f"paula approves a plan for {name}: {many}, {plan['risk']} risk, written by ann")
        everywhere = [code for code in plan["reasons"] if code == "production"]
        if everywhere:
            self._screen.aside(f"all of it waited because {why(everywhere)}")
        for change in plan["changes"]:
            because = f": {why(change['reasons'])}" if change["reasons"] else ""
            self._screen.aside(f"{change['action']:6} {resource(change['key'])}{because}")

    def _where(self, found: Mapping[str, Progress], left: Iterable[str]) -> str:
        newest = {self._names[one]: found[one].runs[0] if found[one].runs else None for one in left}
        told = [
            f"{name}: {run['kind']} {run['state']} {run['reason_code']} {run['message']}" if run else name
            for name, run in newest.items()
        ]
        return f"Accounts did not settle in {PATIENCE_SECONDS:.0f} s; " + "; ".join(told)


def _time(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else BEGINNING


def now() -> datetime:
    """The moment, as the API's times are compared with."""
    return datetime.now(UTC)
