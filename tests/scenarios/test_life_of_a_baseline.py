"""From a declaration to accounts that look like it, and back when somebody tampers: over REST, with live workers."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from access.roles import Role
from sandbox.client import Sandbox
from tests.chaos.api import Api
from tests.chaos.processes import Processes
from tests.chaos.waiting import wait_until
from tests.scenarios.impostor import impostor
from tests.services.fleet import DEV, PROD, TEST

pytestmark = pytest.mark.django_db(transaction=True)
ENVIRONMENTS = {DEV: "dev", TEST: "test", PROD: "prod"}
MALFORMED = "resources:\n  iam.group:\n    Developers: {attached_policies: [ReadOnlyAccess\n"
WRONG = """
resources:
  iam.group:
    Developers: {attached_polices: [ReadOnlyAccess]}
  iam.role:
    Runner: {trust: [{service: ec2}], attached_policies: [NoSuchPolicyAnywhere], max_session_seconds: 5}
"""
BASELINE = """
parameters:
  alert_email: {type: email, required: true}
resources:
  iam.group:
    Developers:
      attached_policies: [ReadOnlyAccess]
      members: {include: [ann]}
    Admins:
      attached_policies: [AdministratorAccess]
      members: [ben]
  iam.role:
    Runner:
      trust: [{service: ec2}]
      attached_policies: [AmazonS3ReadOnlyAccess]
      instance_profile: true
  budget:
    monthly:
      type: cost
      limit: {amount: "10", unit: USD}
      period: monthly
      notifications:
        - {when: actual, above: 70, subscribers: [{email: "{{ alert_email }}"}]}
"""
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@dataclass(frozen=True)
class Cast:
    """Who does what: nobody approves what they wrote or asked for."""

    author: Api
    operator: Api
    approver: Api

    @classmethod
    def at(cls, url: str) -> "Cast":
        return cls(
            author=Api.of(url, "olga", Role.OPERATOR),
            operator=Api.of(url, "rita", Role.OPERATOR),
            approver=Api.of(url, "paula", Role.APPROVER),
        )


def register(cast: Cast, *accounts: str, **fields: Any) -> None:
    rows = [
        {
            "account_id": one,
            "name": f"account {one}",
            "environment": ENVIRONMENTS[one],
            "ou_path": f"/workloads/{ENVIRONMENTS[one]}",
            **fields,
        }
        for one in accounts
    ]
    assert cast.operator.post("/api/v1/accounts/bulk", rows).body["created"] == len(rows)


def declare(cast: Cast) -> None:
    """The baseline is published and enforced below /workloads."""
    author = cast.author
    assert author.post("/api/v1/baselines", {"name": "first-line"}).status == 201
    draft = author.post("/api/v1/baselines/first-line/versions", BASELINE, media="application/yaml")
    assert (draft.status, draft.body["state"]) == (201, "draft")
    assert author.post(f"{draft.location}/publish").body["state"] == "published"
    wanted = {
        "baseline": "first-line",
        "version": 1,
        "selector": "ou",
        "value": "/workloads",
        "parameters": {"alert_email": "costs@example.com"},
        "mode": {"default": "enforce"},
    }
    assert author.post("/api/v1/assignments", wanted).status == 201


def look(cast: Cast, account_id: str) -> dict[str, Any]:
    """Ask for a look and wait for its end."""
    location = cast.operator.post(f"/api/v1/accounts/{account_id}/looks").location
    wait_until(lambda: cast.operator.get(location)["finished_at"], f"the look at {account_id}")
    run: dict[str, Any] = cast.operator.get(location)
    return run


def verdict(cast: Cast, account_id: str) -> str:
    return str(cast.operator.get(f"/api/v1/accounts/{account_id}")["verdict"]["verdict"])


def wait_for_verdict(cast: Cast, account_id: str, wanted: str) -> None:
    wait_until(lambda: verdict(cast, account_id) == wanted, f"the verdict {wanted} of {account_id}")


def plans(cast: Cast, account_id: str) -> list[dict[str, Any]]:
    """What waits for a person."""
    found: list[dict[str, Any]] = cast.operator.get(f"/api/v1/plans?account={account_id}&state=proposed&lane=approval")[
        "results"
    ]
    return found


def waiting_plan(cast: Cast, account_id: str) -> dict[str, Any]:
    wait_until(lambda: plans(cast, account_id), f"a plan for {account_id}")
    (plan,) = plans(cast, account_id)
    return plan


def approve(who: Api, plan: dict[str, Any]) -> Any:
    return who.post(f"/api/v1/plans/{plan['id']}/approve", {"digest": plan["digest"], "comment": "read"})


def approve_what_waits(cast: Cast, account_id: str) -> dict[str, Any]:
    """Approve once no other plan of the account is being applied."""

    def idle() -> bool:
        runs = cast.operator.get(f"/api/v1/runs?account={account_id}&kind=apply")["results"]
        return all(run["finished_at"] for run in runs)

    waiting_plan(cast, account_id)
    wait_until(idle, f"the other apply in {account_id}")
    plan = waiting_plan(cast, account_id)
    assert approve(cast.approver, plan).status == 200
    return plan


def apply_of(cast: Cast, plan: dict[str, Any]) -> dict[str, Any]:
    """The apply of a plan, once it has ended."""

    def runs() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = cast.operator.get(f"/api/v1/runs?plan={plan['id']}")["results"]
        return found

    wait_until(lambda: all(run["finished_at"] for run in runs()) and runs(), "the apply to end")
    run: dict[str, Any] = cast.operator.get(f"/api/v1/runs/{runs()[0]['id']}")
    return run


def open_drift(cast: Cast, account_id: str) -> set[str]:
    rows = cast.operator.get(f"/api/v1/drift?account={account_id}&state=open")["results"]
    return {f"{row['type']} {row['kind']}/{row['name']} {row['path']}".strip() for row in rows}


def assert_as_declared(sandbox: Sandbox, account_id: str) -> None:
    """By the simulator's own state."""
    state = sandbox.state(account_id)
    assert state["groups"]["Developers"]["attached_policies"] == [READ_ONLY]
    assert "ann" in state["groups"]["Developers"]["members"]
    assert state["groups"]["Admins"]["attached_policies"] == [ADMIN]
    assert state["groups"]["Admins"]["members"] == ["ben"]
    assert state["roles"]["Runner"]["attached_policies"] == ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
    assert state["roles"]["Runner"]["instance_profiles"] == ["Runner"]
    (notification,) = state["budgets"]["monthly"]["notifications"]
    assert [heard["Address"] for heard in notification["Subscribers"]] == ["costs@example.com"]


def start(processes: Processes) -> Cast:
    cast = Cast.at(processes.web())
    for begin in (processes.dispatcher, processes.look_worker, processes.apply_worker):
        begin()
    return cast


def test_a_baseline_is_declared_reconciled_reviewed_and_defended(sandbox: Sandbox, processes: Processes) -> None:
    cast = start(processes)
    register(cast, *ENVIRONMENTS)
    assert_wrong_declarations_are_refused(cast)
    declare(cast)
    reconcile(cast, sandbox)
    tamper_and_repair(cast, sandbox)
    approve_too_late(cast, sandbox)
    assert sandbox.overlaps() == []
    for account_id in ENVIRONMENTS:
        before = len(sandbox.calls(account_id))
        assert look(cast, account_id)["state"] == "done" and plans(cast, account_id) == []
        assert not [
            call for call in sandbox.calls(account_id)[before:] if call["is_write"] and call["service"] != "sts"
        ]


def assert_wrong_declarations_are_refused(cast: Cast) -> None:
    """Each reason with its place; nothing is stored."""
    cast.author.post("/api/v1/baselines", {"name": "wrong"})
    for source, told in (
        (MALFORMED, "line"),
        (WRONG, "/resources/iam.group/Developers/attached_polices"),
        (WRONG, "/resources/iam.role/Runner/max_session_seconds"),
        (WRONG, "NoSuchPolicyAnywhere"),
    ):
        answer = cast.author.post("/api/v1/baselines/wrong/versions", source, media="application/yaml")
        assert answer.status in {400, 422} and told in str(answer.body), answer
    assert cast.author.get("/api/v1/baselines/wrong/versions")["results"] == []


def reconcile(cast: Cast, sandbox: Sandbox) -> None:
    """What needs nobody is done at once; administrators and production wait for a person who did not ask for it."""
    for account_id in ENVIRONMENTS:
        plan = waiting_plan(cast, account_id)
        assert {"admin_grant"} <= set(plan["reasons"])
        assert approve(cast.author, plan).status == approve(cast.operator, plan).status == 403
        assert "Admins" not in sandbox.state(account_id)["groups"]
        assert apply_of(cast, approve_what_waits(cast, account_id))["state"] == "done"
        wait_for_verdict(cast, account_id, "in_sync")
        assert_as_declared(sandbox, account_id)


def tamper_and_repair(cast: Cast, sandbox: Sandbox) -> None:
    """Putting back what was approved and applied needs nobody; each drift is on record."""
    iam = sandbox.client("iam", DEV)
    iam.detach_group_policy(GroupName="Developers", PolicyArn=READ_ONLY)
    iam.add_user_to_group(GroupName="Admins", UserName="carla")
    run = look(cast, DEV)
    assert run["outcome"]["findings"] == {"auto": 2}
    wait_for_verdict(cast, DEV, "in_sync")
    assert_as_declared(sandbox, DEV)
    resolved = cast.operator.get(f"/api/v1/drift?account={DEV}&state=resolved")["results"]
    paths = {(row["name"], row["path"], row["type"]) for row in resolved}
    assert {
        ("Developers", f"attached_policies[{READ_ONLY}]", "missing"),
        ("Admins", "members[carla]", "extra"),
    } <= paths


def approve_too_late(cast: Cast, sandbox: Sandbox) -> None:
    """The account moves between reading a plan and approving it: nothing is written, and the new state is proposed."""
    iam = sandbox.client("iam", PROD)
    iam.detach_group_policy(GroupName="Developers", PolicyArn=READ_ONLY)
    look(cast, PROD)
    assert open_drift(cast, PROD) == {f"missing iam.group/Developers attached_policies[{READ_ONLY}]"}
    plan = waiting_plan(cast, PROD)
    iam.remove_user_from_group(GroupName="Developers", UserName="ann")
    assert approve(cast.approver, plan).status == 200
    late = apply_of(cast, plan)
    assert (late["state"], late["writes"]) == ("stale", []) and "iam.group/Developers" in late["message"]
    assert approve_what_waits(cast, PROD)["digest"] != plan["digest"]
    wait_for_verdict(cast, PROD, "in_sync")
    assert_as_declared(sandbox, PROD)


def test_accounts_that_cannot_be_entered_say_why_and_lose_nothing(
    sandbox: Sandbox, processes: Processes, relay: Callable[[str, str], None]
) -> None:
    relay(TEST, "444444444444")
    cast = start(processes)
    register(cast, DEV, TEST)
    register(cast, PROD, external_id="not-what-the-trust-asks-for")
    declare(cast)
    approve_what_waits(cast, DEV)
    wait_for_verdict(cast, DEV, "in_sync")
    sandbox.set_status(DEV, "SUSPENDED")
    told = {one: look(cast, one) for one in ENVIRONMENTS}
    assert {one: (run["state"], run["reason_code"]) for one, run in told.items()} == {
        DEV: ("unreachable", "cannot_enter"),
        TEST: ("unreachable", "another_account"),
        PROD: ("unreachable", "cannot_enter"),
    }
    assert "444444444444" in told[TEST]["message"] and "external id" in str(told[PROD]["outcome"]["causes"])
    assert "suspended" in str(told[DEV]["outcome"]["causes"])
    for account_id in ENVIRONMENTS:
        assert verdict(cast, account_id) == "unknown"
        assert open_drift(cast, account_id) == set() and plans(cast, account_id) == []
    assert "not-what-the-trust-asks-for" not in str(told)
    assert_as_declared(sandbox, DEV)
    sandbox.set_status(DEV, "ACTIVE")
    assert look(cast, DEV)["state"] == "done" and verdict(cast, DEV) == "in_sync"


@pytest.fixture
def relay(sandbox: Sandbox, processes: Processes) -> Any:
    """`relay(TEST, other)`: workers started from then on reach the simulated AWS through an impostor."""
    with ExitStack() as stack:

        def between(expected: str, answers: str) -> None:
            url = stack.enter_context(impostor(sandbox.url, expected=expected, answers=answers))
            processes.environment["AWS_ENDPOINT_URL"] = url

        yield between
