"""Firstline as people use it: everything is asked over REST with their tokens, and done by live processes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rest_framework.test import APIClient

from sandbox.client import Sandbox
from tests.api.conftest import As
from tests.chaos.processes import Processes
from tests.chaos.waiting import wait_until
from tests.services.fleet import DEV, PROD, TEST

OPEN = {"queued", "looking", "applying", "verifying", "retry_wait"}
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
BASELINE = """
parameters:
  people: {type: names, required: true}
resources:
  iam.group:
    Developers:
      attached_policies: [ReadOnlyAccess]
      members: {include: "{{ people }}"}
"""
Row = dict[str, Any]


@dataclass
class Firstline:
    """ann writes, olga assigns, otto operates, paula approves, vera watches; each may hold tokens of several roles."""

    as_: As
    sandbox: Sandbox
    processes: Processes
    _clients: dict[tuple[str, str], APIClient] = field(default_factory=dict)

    def person(self, name: str, role: str) -> APIClient:
        """The client of one person's token of this role."""
        if (name, role) not in self._clients:
            self._clients[name, role] = self.as_(role, name)
        return self._clients[name, role]

    def start(self) -> None:
        """One look worker, one apply worker, one dispatcher."""
        self.processes.look_worker()
        self.processes.apply_worker(children=2)
        self.processes.dispatcher()

    def get(self, path: str, **query: str) -> Any:
        """What vera is shown."""
        answer = self.person("vera", "viewer").get(f"/api/v1/{path}", query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def rows(self, path: str, **query: str) -> list[Row]:
        """The rows of a list: they fit on one page here."""
        page = self.get(path, limit="200", **query)
        assert page["next"] is None
        found: list[Row] = page["results"]
        return found

    def post(self, who: APIClient, path: str, body: Any = None, status: int = 200, seen: str = "") -> Any:
        """Ask for something, and be answered with this status; `seen` is the ETag of what is decided."""
        answer = who.post(f"/api/v1/{path}", body or {}, headers={"If-Match": seen} if seen else {})
        assert answer.status_code == status, answer.content
        return answer.json()

    def declare(self, mode: str = "enforce") -> None:
        """ann validates, drafts and publishes a small baseline; olga assigns it to an OU."""
        ann, olga = self.person("ann", "baseline_author"), self.person("olga", "operator")
        checked = ann.post("/api/v1/baselines/validate", BASELINE, content_type="application/yaml").json()
        self.post(ann, "baselines", {"name": "first-line"}, 201)
        draft = ann.post("/api/v1/baselines/first-line/versions", BASELINE, content_type="application/yaml")
        published = self.post(ann, "baselines/first-line/versions/1/publish", seen=draft["ETag"])
        assert (published["digest"], published["author"]) == (checked["digest"], "ann")
        wanted = {"baseline": "first-line", "version": 1, "selector": "ou", "value": "/workloads"}
        given = {"parameters": {"people": ["ann"]}, "mode": {"default": mode}}
        self.post(olga, "assignments", wanted | given, 201)

    def keep(self, name: str, text: str, account_id: str = DEV, mode: str = "enforce", **parameters: Any) -> Row:
        """ann drafts and publishes a version of a baseline, and olga assigns it to one account, or moves it on."""
        ann, olga = self.person("ann", "baseline_author"), self.person("olga", "operator")
        ann.post("/api/v1/baselines", {"name": name})
        draft = ann.post(f"/api/v1/baselines/{name}/versions", text, content_type="application/yaml")
        assert draft.status_code == 201, draft.content
        number = draft.json()["number"]
        self.post(ann, f"baselines/{name}/versions/{number}/publish", seen=draft["ETag"])
        held = [row for row in self.rows("assignments", live="true") if row["baseline"] == name]
        given = {"version": number, "parameters": parameters, "mode": {"default": mode}}
        if held:
            seen = olga.get(f"/api/v1/assignments/{held[0]['id']}")["ETag"]
            return self.post(olga, f"assignments/{held[0]['id']}/move", given, seen=seen)
        wanted = {"baseline": name, "selector": "account", "value": account_id}
        return self.post(olga, "assignments", wanted | given, 201)

    def refused(self, text: str) -> dict[str, str]:
        """ann has a declaration checked that is refused: pointer to reason."""
        ann = self.person("ann", "baseline_author")
        answer = ann.post("/api/v1/baselines/validate", text, content_type="application/yaml")
        assert answer.status_code == 422, answer.content
        return {error["pointer"]: error["detail"] for error in answer.json()["errors"]}

    def managed(self, account_id: str = DEV) -> None:
        """otto registers it, everything is started, and the account is entered and looked at."""
        self.register(account_id)
        self.start()
        self.until_managed(account_id)

    def drift(self, account_id: str = DEV) -> set[tuple[str, str, str]]:
        """(kind/name and path, type, remedy) of what is open."""
        rows = self.rows("drift", account=account_id, state="open")
        return {(f"{row['kind']}/{row['name']} {row['path']}".strip(), row["type"], row["remedy"]) for row in rows}

    def register(self, *account_ids: str) -> None:
        """otto registers accounts below the OU."""
        names = {DEV: "dev", TEST: "test", PROD: "prod"}
        rows = [
            {"account_id": one, "name": names[one], "environment": names[one], "ou_path": f"/workloads/{names[one]}"}
            for one in account_ids
        ]
        assert self.post(self.person("otto", "operator"), "accounts/bulk", rows)["created"] == len(rows)

    def ask_for_look(self, account_id: str, status: int = 202) -> Row:
        """otto asks; 202 for a new look, 200 for the one that is open."""
        run: Row = self.post(self.person("otto", "operator"), f"accounts/{account_id}/looks", status=status)
        return run

    def until_managed(self, *account_ids: str) -> None:
        """Wait until both workers have entered each account and it was looked at."""
        for one in account_ids:
            self.until(lambda one=one: self.life(one) == ("managed", "proven"), f"{one} to be managed")  # type: ignore[misc]

    def life(self, account_id: str) -> tuple[str, str]:
        """The state of an account, and of its apply role."""
        found = self.get(f"accounts/{account_id}")
        return found["state"], found["apply_role"]

    def check(self, account_id: str) -> Row:
        """otto asks for an access check, and it is done."""
        asked = self.person("otto", "operator").post(f"/api/v1/accounts/{account_id}/access-checks")
        assert asked.status_code in {200, 202}, asked.content
        return self.ended(asked.json())

    def look(self, account_id: str) -> Row:
        """otto asks for a look of an account that is managed, and it is done: one that began after he asked."""
        self.until_managed(account_id)
        asked = self.person("otto", "operator").post(f"/api/v1/accounts/{account_id}/looks")
        assert asked.status_code in {200, 202}, asked.content
        ended = self.ended(asked.json())
        return ended if asked.status_code == 202 else self.look(account_id)

    def ended(self, run: Row) -> Row:
        """A run once it has ended."""
        wait_until(lambda: self.get(f"runs/{run['id']}")["state"] not in OPEN, f"the end of a {run['kind']}", every=0.3)
        found: Row = self.get(f"runs/{run['id']}")
        return found

    def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait for what the workers bring about."""
        wait_until(holds, what, every=0.3)

    def verdict(self, account_id: str) -> tuple[str, str]:
        """The verdict, and its reason code."""
        judged = self.get(f"accounts/{account_id}")["verdict"]
        return judged["verdict"], judged["reason"]

    def until_in_sync(self, *account_ids: str) -> None:
        """Wait until each account is as desired, and nothing is under way there."""
        for one in account_ids:
            self.until(lambda one=one: self.verdict(one) == ("in_sync", ""), f"{one} to be in sync")  # type: ignore[misc]

    def waiting_plan(self, account_id: str) -> Row:
        """The plan that waits for an approval, with its calls."""
        asked = {"account": account_id, "state": "proposed", "lane": "approval"}
        self.until(lambda: self.rows("plans", **asked), f"a plan for {account_id}")
        (row,) = self.rows("plans", **asked)
        plan: Row = self.get(f"plans/{row['id']}")
        return plan

    def at_rest(self, account_id: str) -> None:
        """Wait until nothing is under way in the account: a plan that needs nobody may be on its way."""
        self.until(lambda: all(run["state"] not in OPEN for run in self.rows("runs", account=account_id)), "rest")

    def decide(self, name: str, plan: Row, verb: str = "approve", status: int = 200, role: str = "approver") -> Any:
        """Somebody decides what they were shown."""
        body = {"digest": plan["digest"], "comment": f"{name} read it"}
        person = self.person(name, role)
        seen = person.get(f"/api/v1/plans/{plan['id']}")["ETag"]
        return self.post(person, f"plans/{plan['id']}/{verb}", body, status, seen)

    def group(self, account_id: str) -> Any:
        """The declared group as it is in the account; None while there is none."""
        return self.sandbox.state(account_id)["groups"].get("Developers")

    def writes(self, account_id: str) -> list[str]:
        """Operations of Firstline that changed the account, by the simulator's log."""
        return [
            call["operation"]
            for call in self.sandbox.calls(account_id)
            if call["is_write"] and call["applied"] and call["service"] != "sts" and call["caller"] != "tamper"
        ]

    def history(self, account_id: str) -> list[tuple[str, str]]:
        """Who did what, in order."""
        events = sorted(self.rows("history", account=account_id), key=lambda event: event["id"])
        return [(event["actor"], event["verb"]) for event in events]
