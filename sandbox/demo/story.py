"""The story that the demo tells: people bring three accounts to a baseline, and somebody tampers with one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rich.markup import escape

from sandbox.demo.by_people import ByPeople
from sandbox.demo.children import ROOT
from sandbox.demo.errors import DemoError
from sandbox.demo.expected import ADMIN_USER, ADMINS, ALERT_EMAIL
from sandbox.demo.installation import Installation
from sandbox.demo.reconcile import BEGINNING, POLL_SECONDS, Reconciliation, now
from sandbox.demo.screen import Screen
from sandbox.demo.tamper import tamper
from sandbox.demo.words import counted, resource, verdict, why

BASELINE = "first-line-of-defense"
LIBRARY = ROOT / "iam_templates" / "library" / f"{BASELINE}.yaml"
PARAMETERS = {"alert_email": ALERT_EMAIL, "admins": list(ADMINS), "admin_user": ADMIN_USER}

Rows = dict[str, dict[str, Any]]


@dataclass
class Story:
    """Told step by step; `names` are the accounts, in the order in which they are shown."""

    installation: Installation
    screen: Screen
    names: dict[str, str] = field(init=False)
    assignment: str = ""
    before: Rows = field(default_factory=dict)
    planned: dict[str, int] = field(default_factory=dict)
    found: Rows = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        accounts = self.installation.organisation["accounts"]
        self.names = {one["id"]: one["name"] for one in accounts if one["environment"]}
        people = self.installation.people
        self.ann, self.otto = people["ann"], people["otto"]

    @property
    def tampered(self) -> str:
        """The account that somebody tampers with: the first."""
        return next(iter(self.names))

    @property
    def completed(self) -> str:
        """The account where people do their part: the second."""
        return list(self.names)[1]

    def discover(self) -> None:
        """otto has the accounts found in AWS Organizations; nobody writes them down."""
        self.screen.heading("1. The organisation")
        asked = self.otto.post("discoveries")
        while not (found := self.otto.get(f"discoveries/{asked['id']}"))["finished_at"]:
            self.installation.children.check()
            time.sleep(POLL_SECONDS)
        if found["state"] != "done":
            raise DemoError(f"discovery: {found['state']} {found['message']}\n{self.installation.children.tails()}")
        self.found = self._accounts()
        self.screen.say(f"otto (operator) has it read: {counted(len(self.found), 'account')}, each where AWS has it")
        for account_id, name in self.names.items():
            row = self.found[account_id]
            self.screen.aside(f"{account_id} {name}, {row['ou_path']}: {row['environment']}")

    def publish(self) -> None:
        """ann writes the library's baseline as a version and publishes it."""
        self.screen.heading("2. What they should look like")
        self.ann.post("baselines", {"name": BASELINE, "description": "The workshop's baseline"})
        version = self.ann.post_yaml(f"baselines/{BASELINE}/versions", LIBRARY.read_text(encoding="utf-8"))
        draft = f"baselines/{BASELINE}/versions/{version['number']}"
        version = self.ann.post(f"{draft}/publish", seen=self.ann.get_tagged(draft)[1])
        declared = {kind: _items(items) for kind, items in version["content"]["resources"].items()}
        self.screen.say(f"ann (author) publishes {BASELINE} v{version['number']}, digest {version['digest'][:12]}")
        self.screen.aside(", ".join(f"{number} × {kind}" for kind, number in declared.items()))
        asked = {"baseline": BASELINE, "version": version["number"], "selector": "ou", "value": "/workloads"}
        made = self.otto.post("assignments", asked | {"parameters": PARAMETERS, "mode": {"default": "observe"}})
        self.assignment = made["id"]
        self.screen.say(f"otto assigns it to the OU /workloads ({counted(made['accounts'], 'account')}), mode observe")
        self.screen.aside("observe shows what would be done, and nobody can approve it")

    def look_first(self) -> None:
        """The verdict on each account before anything is changed."""
        self.screen.heading("3. A first look: nothing is changed")
        self._follow().until_looked(BEGINNING)
        plans = {plan["account_id"]: plan["summary"] for plan in self.otto.rows("plans", lane="observe")}
        self.before = self._workloads()
        self.planned = {account_id: plan["calls"] for account_id, plan in plans.items()}
        self.screen.table(
            ("account", "environment", "verdict", "open drifts", "would create", "change", "take over", "AWS writes"),
            [
                (
                    row["name"],
                    row["environment"],
                    verdict(row),
                    _drifts(row),
                    *(str(plans[row["account_id"]][what]) for what in ("create", "update", "adopt", "calls")),
                )
                for row in self.before.values()
            ],
        )

    def enforce(self) -> None:
        """otto lets Firstline act; paula decides what waits for her."""
        self.screen.heading("4. Enforce: what is safe goes ahead, the rest waits for paula")
        since = now()
        _, seen = self.otto.get_tagged(f"assignments/{self.assignment}")
        self.otto.post(f"assignments/{self.assignment}/move", {"mode": {"default": "enforce"}}, seen)
        self.screen.say("otto moves the assignment to mode enforce")
        self._follow().until_settled(since, self.planned)

    def by_people(self) -> None:
        """What waits in one account for people, until they have done it."""
        account_id, name = self.completed, self.names[self.completed]
        self.screen.heading(f"5. What only people can do, in {name}")
        for line in self._waiting(account_id):
            self.screen.say(f"waits for a person: {line}")
        people = ByPeople(self.installation, self.screen, account_id, name)
        people.attest()
        people.hand_over()
        self.answers = people.ask()
        people.enrol()
        self._follow({account_id: name}).until_looked(now())
        self.result()

    def result(self) -> None:
        """One row per account: before, what was done and what it took, after."""
        after, made = self._workloads(), self._changes_made()
        self.screen.table(
            ("account", "verdict before", "changes made", "AWS calls", "verdict after", "what waits for a person"),
            [
                (
                    row["name"],
                    f"{verdict(self.before[account_id])} ({_drifts(self.before[account_id])})",
                    made[account_id],
                    str(self.calls_used()[account_id]),
                    verdict(row),
                    "\n".join(self._waiting(account_id)) or "nothing",
                )
                for account_id, row in after.items()
            ],
        )

    def tamper(self) -> datetime:
        """Somebody changes one account by hand. Returns when."""
        name = self.names[self.tampered]
        self.screen.heading(f"6. Behind Firstline's back, somebody tampers with {name}")
        since = now()
        for line in tamper(self.installation.sandbox, self.tampered):
            self.screen.say(f"somebody {line}")
        return since

    def find_and_repair(self, since: datetime) -> None:
        """The next look finds it; Firstline repairs what it may and names the rest."""
        self.screen.heading("7. The next look finds it")
        one = self._follow({self.tampered: self.names[self.tampered]})
        self.screen.say(f"otto asks for a look at {self.names[self.tampered]}")
        one.until_looked(since)
        self.screen.table(
            ("kind", "name", "where", "drift", "who repairs it"), [_drift_cells(row) for row in self._found(since)]
        )
        self.screen.heading("8. Firstline repairs what it may")
        one.until_settled(since, {})
        self._tell_what_waits()

    def calls_used(self) -> dict[str, int]:
        """AWS calls by account, as Firstline counted them."""
        used = Counter[str]()
        for run in self.otto.rows("runs"):
            used[run["account_id"]] += run["aws_calls"]
        return {account_id: used[account_id] for account_id in self.names}

    def _follow(self, names: Mapping[str, str] | None = None) -> Reconciliation:
        return Reconciliation(self.installation, self.screen, names or self.names)

    def _accounts(self) -> Rows:
        return {row["account_id"]: row for row in self.otto.rows("accounts")}

    def _workloads(self) -> Rows:
        return {account_id: row for account_id, row in self._accounts().items() if account_id in self.names}

    def _changes_made(self) -> dict[str, str]:
        changes, writes = Counter[str](), Counter[str]()
        for plan in self.otto.rows("plans", state="applied"):
            summary = plan["summary"]
            writes[plan["account_id"]] += summary["calls"]
            changes[plan["account_id"]] += summary["create"] + summary["update"] + summary["adopt"]
        return {account_id: f"{changes[account_id]} ({writes[account_id]} writes)" for account_id in self.names}

    def _waiting(self, account_id: str) -> list[str]:
        """Drift that no call of ours repairs, and plans that nobody has decided."""
        open_drift = self.otto.rows("drift", account=account_id, state="open", remedy="person")
        drift = [f"{resource(row)}: {why([row['reason']])}" for row in open_drift]
        plans = self.otto.rows("plans", account=account_id, state="proposed", lane="approval")
        return [*drift, *(f"a plan: {why(plan['reasons'])}" for plan in plans)]

    def _found(self, since: datetime) -> list[dict[str, Any]]:
        """Drift that the tampering opened, repaired meanwhile or not."""
        rows = self.otto.rows("drift", account=self.tampered)
        return [row for row in rows if datetime.fromisoformat(row["reopened_at"] or row["opened_at"]) > since]

    def _tell_what_waits(self) -> None:
        rows = list(self.otto.rows("drift", account=self.tampered, state="open"))
        plans = list(self.otto.rows("plans", account=self.tampered, state="proposed", lane="approval"))
        now_is = self._accounts()[self.tampered]["verdict"]["verdict"]
        self.screen.say(f"{self.names[self.tampered]} is {now_is} now")
        for plan in plans:
            self.screen.say(f"a plan waits for an approval: {why(plan['reasons'])}")
        if not plans:
            self.screen.say("nothing waits for an approval: every repair put back what paula had approved before")
        for row in rows:
            self.screen.say(f"{resource(row)} waits for a person: {why([row['reason']])}")


def _items(declared: Mapping[str, Any]) -> int:
    """Of a kind that is declared by its fields alone there is one."""
    return len(declared) if all(isinstance(one, Mapping) for one in declared.values()) else 1


def _drifts(row: dict[str, Any]) -> str:
    return counted(sum(row["open_drifts"].values()), "drift")


def _drift_cells(row: dict[str, Any]) -> tuple[str, ...]:
    who = {"auto": "Firstline", "person": "a person"}.get(row["remedy"], "nobody")
    because = f": {why([row['reason']])}" if row["reason"] else ""
    return row["kind"], row["name"], escape(row["path"]) or "the whole resource", row["type"], f"{who}{because}"
