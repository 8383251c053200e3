"""Onboarding as it happens: accounts from a file, most of them broken, until each is managed or explained."""

from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.entrances import change_trust, remove_role
from tests.scenarios.firstline import READ_ONLY, Firstline, Row

pytestmark = pytest.mark.django_db(transaction=True)
FINE, ABSENT, TRUST, EXTERNAL_ID, CLOSED, CARELESS, OBSERVED = (f"{digit}" * 12 for digit in range(1, 8))
ALL = (FINE, ABSENT, TRUST, EXTERNAL_ID, CLOSED, CARELESS, OBSERVED)
HUB_IMPOSTOR = {"AWS": "arn:aws:iam::123123123123:root"}


@pytest.fixture
def organisation(sandbox: Sandbox) -> dict[str, Any]:
    """Seven accounts with Firstline's roles."""
    return sandbox.organisation(
        accounts=[{"id": one, "name": f"account-{one[0]}", "environment": "dev", "users": ["ann"]} for one in ALL]
    )


def break_them(firstline: Firstline) -> None:
    remove_role(firstline.sandbox, ABSENT, "FirstlineLook")
    remove_role(firstline.sandbox, ABSENT, "FirstlineApply")
    for role in ("FirstlineLook", "FirstlineApply"):
        change_trust(firstline.sandbox, TRUST, role, Principal=HUB_IMPOSTOR)
    firstline.sandbox.set_status(CLOSED, "SUSPENDED")
    change_trust(firstline.sandbox, CARELESS, "FirstlineLook", Condition=None)
    remove_role(firstline.sandbox, OBSERVED, "FirstlineApply")


def register(firstline: Firstline) -> Row:
    """otto sends the file, one row of which is no account."""
    lines = ["account_id,name,environment,ou_path,tag:wave,external_id"]
    own = {EXTERNAL_ID: "an-id-that-nobody-gave-them"}
    lines += [f"{one},account-{one[0]},dev,/workloads/dev,1,{own.get(one, '')}" for one in ALL]
    lines += ["12345678901,=SUM(A1),dev,/workloads/dev,1,"]
    otto = firstline.person("otto", "operator")
    answer = otto.post("/api/v1/accounts/bulk", "\r\n".join(lines), content_type="text/csv")
    assert answer.status_code == 200, answer.content
    found: Row = answer.json()
    return found


def verify(firstline: Firstline, **selector: Any) -> dict[str, Row]:
    """otto asks who can be entered, and reads the table."""
    asked = firstline.post(firstline.person("otto", "operator"), "access-verifications", {"selector": selector}, 202)
    address = f"access-verifications/{asked['id']}"
    firstline.until(lambda: firstline.get(address)["is_done"], "every check to end")
    return {row["account_id"]: row for row in firstline.rows(f"{address}/accounts")}


def test_accounts_from_a_file_are_managed_or_it_is_said_what_may_be_wrong(firstline: Firstline) -> None:
    break_them(firstline)
    sent = register(firstline)
    assert (sent["created"], sent["refused"]) == (7, 1)
    assert {error["column"] for error in sent["results"][-1]["errors"]} == {"account_id", "name"}
    firstline.declare()
    firstline.start()
    firstline.until_in_sync(FINE)
    broken = (ABSENT, TRUST, EXTERNAL_ID, CLOSED)
    for one in broken:
        firstline.until(lambda one=one: firstline.life(one) == ("awaiting_role", "denied"), f"{one} to be refused")  # type: ignore[misc]
    table = verify(firstline, tag="wave=1")
    outcomes = {one: (row["look_role"]["outcome"], row["apply_role"]["outcome"]) for one, row in table.items()}
    assert outcomes == {
        FINE: ("entered", "entered"),
        **dict.fromkeys(broken, ("refused", "refused")),
        CARELESS: ("external_id_not_required", "entered"),
        OBSERVED: ("entered", "refused"),
    }
    for one in broken:
        causes = " ".join(table[one]["look_role"]["causes"])
        assert all(word in causes for word in ("role does not exist", "identity", "external id", "suspended"))
    assert {firstline.verdict(one) for one in (*broken, CARELESS)} == {("unknown", "awaiting_role")}
    assert "nobody-gave-them" not in str(table) + str(firstline.rows("history"))
    never_read(firstline, *broken, CARELESS)
    is_observed_only(firstline)
    goes_on_once_repaired(firstline)
    is_left_alone_once_suspended(firstline)


def never_read(firstline: Firstline, *account_ids: str) -> None:
    """Nothing was asked of these accounts but to be let in, and by whom we came."""
    for one in account_ids:
        ours = [call for call in firstline.sandbox.calls(one) if call["caller"] != "tamper"]
        asked = {call["operation"] for call in ours if call["service"] != "iam"}
        assert asked <= {"AssumeRole", "GetCallerIdentity"} and not [c for c in ours if "Details" in c["operation"]]


def is_observed_only(firstline: Firstline) -> None:
    firstline.until(lambda: firstline.life(OBSERVED) == ("managed", "denied"), "an account that is only observed")
    firstline.until(lambda: firstline.rows("plans", account=OBSERVED, state="proposed"), "a plan that is shown")
    (plan,) = firstline.rows("plans", account=OBSERVED, state="proposed")
    assert (plan["lane"], "apply_role_denied" in plan["reasons"]) == ("observe", True)
    firstline.decide("paula", plan, status=409)
    assert firstline.writes(OBSERVED) == []


def goes_on_once_repaired(firstline: Firstline) -> None:
    otto = firstline.person("otto", "operator")
    assert otto.patch(f"/api/v1/accounts/{EXTERNAL_ID}", {"external_id": ""}).status_code == 200
    asks = {"StringEquals": {"sts:ExternalId": firstline.sandbox.external_id}}
    change_trust(firstline.sandbox, CARELESS, "FirstlineLook", Condition=asks)
    firstline.sandbox.set_status(CLOSED, "ACTIVE")
    for one in (CARELESS, CLOSED):
        firstline.check(one)
    firstline.until_in_sync(EXTERNAL_ID, CARELESS, CLOSED)
    assert {firstline.life(one) for one in (EXTERNAL_ID, CARELESS, CLOSED)} == {("managed", "proven")}


def is_left_alone_once_suspended(firstline: Firstline) -> None:
    otto = firstline.person("otto", "operator")
    before = firstline.post(otto, f"accounts/{FINE}/suspend", {"reason": "closed by finance"})
    assert (before["state"], before["state_reason"]) == ("suspended", "closed by finance")
    calls = len(firstline.sandbox.calls(FINE))
    assert firstline.post(otto, f"accounts/{FINE}/looks", status=409)["code"] == "conflict"
    assert firstline.verdict(FINE) == ("unknown", "suspended")
    firstline.look(CLOSED)
    assert len(firstline.sandbox.calls(FINE)) == calls
    firstline.post(otto, f"accounts/{FINE}/return", {"reason": "paid"})
    firstline.until_in_sync(FINE)
    steps = [verb for _, verb in firstline.history(FINE) if verb.startswith("account.") and "role" not in verb]
    assert steps[-4:] == ["account.suspended", "account.returned", "account.proven", "account.managed"]


def test_what_exists_in_many_accounts_is_taken_over_at_once(firstline: Firstline) -> None:
    """Two accounts hold the group as declared, one without its policy; a fourth has none."""
    for one in (ABSENT, TRUST, EXTERNAL_ID):
        iam = firstline.sandbox.client("iam", one)
        iam.create_group(GroupName="Developers")
        iam.add_user_to_group(GroupName="Developers", UserName="ann")
        if one != EXTERNAL_ID:
            iam.attach_group_policy(GroupName="Developers", PolicyArn=READ_ONLY)
    rows = [
        {"account_id": one, "name": one, "environment": "dev", "ou_path": "/workloads/dev"}
        for one in (FINE, ABSENT, TRUST, EXTERNAL_ID)
    ]
    firstline.post(firstline.person("otto", "operator"), "accounts/bulk", rows)
    firstline.declare()
    firstline.start()
    firstline.until_managed(FINE, ABSENT, TRUST, EXTERNAL_ID)
    firstline.until(lambda: sum(group["accounts"] for group in groups(firstline)) == 3, "three plans that adopt")
    both, one = groups(firstline)
    assert (both["accounts"], both["ledger_only"], one["accounts"], one["ledger_only"]) == (2, True, 1, False)
    assert one["changes"][0]["differences"] == [{"pointer": "/attached_policies/0", "desired": READ_ONLY}]
    named = [{"fingerprint": group["fingerprint"], "seen": group["seen"]} for group in (both, one)]
    refused = firstline.post(firstline.person("ann", "approver"), "adoptions", {"groups": named})
    assert (refused["approved"], {row["code"] for row in refused["results"]}) == (0, {"not_allowed"})
    assert firstline.post(firstline.person("paula", "approver"), "adoptions", {"groups": named})["approved"] == 3
    firstline.until_in_sync(FINE, ABSENT, TRUST, EXTERNAL_ID)
    firstline.until(lambda: groups(firstline) == [], "nothing left to take over")
    assert firstline.writes(ABSENT) == firstline.writes(TRUST) == []
    assert firstline.writes(EXTERNAL_ID) == ["AttachGroupPolicy"]


def groups(firstline: Firstline) -> list[Row]:
    """The largest first."""
    return sorted(firstline.rows("adoptions", ou="/workloads"), key=lambda group: -group["accounts"])
