"""Adoption over REST: equal plans of many accounts as one group, approved as they were read."""

from dataclasses import replace
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Account
from provisioning.core.change import Action
from provisioning.core.plan import Plan
from provisioning.models import Decision, PlanRecord, Run
from tests import factories
from tests.api.conftest import As

URL = "/api/v1/adoptions"


@pytest.fixture
def paula(as_: As) -> APIClient:
    return as_("approver", "paula")


def adoption(number: int, *, writes: bool = False, lane: str = "approval", **fields: Any) -> PlanRecord:
    """A plan that takes over a group, with its policy or as it is."""
    account = factories.account(f"{number:012d}", ou_path=fields.pop("ou_path", "/workloads"))
    planned = replace(factories.planned_change(account.pk), action=Action.ADOPT, reasons=("not_owned",))
    if not writes:
        planned = replace(planned, before=planned.after, fields=(), calls=())
    plan = Plan(account.pk, (planned,), ("first v1",))
    made = {"data": plan.to_plain(), "digest": plan.digest, "fingerprint": plan.fingerprint}
    return factories.plan(account, lane=lane, reasons=["not_owned"], **made, **fields)


def groups(client: APIClient, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{URL}{query}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return sorted(found, key=lambda group: -group["accounts"])


def approve(client: APIClient, **body: Any) -> Any:
    answer = client.post(URL, body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_equal_plans_are_one_group_that_says_field_by_field_what_would_change(paula: APIClient) -> None:
    for number in (1, 2, 3):
        adoption(number, writes=True)
    adoption(4)
    factories.plan(factories.account())
    changing, nothing = groups(paula)
    assert [changing["accounts"], nothing["accounts"]] == [3, 1]
    assert (changing["ledger_only"], nothing["ledger_only"], changing["risk"]) == (False, True, "high")
    (change,) = changing["changes"]
    assert (change["action"], change["key"]["name"], change["calls"]) == ("adopt", "Developers", 1)
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert change["differences"] == [{"pointer": "/attached_policies/0", "desired": arn}]
    assert nothing["changes"][0]["differences"] == [] and nothing["changes"][0]["reasons"] == ["not_owned"]
    assert [plan["account_id"][-1] for plan in changing["plans"]] == ["1", "2", "3"]


def test_a_selector_narrows_what_is_shown(paula: APIClient) -> None:
    adoption(1, ou_path="/workloads/dev")
    adoption(2, ou_path="/other")
    assert groups(paula, "?ou=/workloads")[0]["accounts"] == 1
    assert groups(paula, "?account_ids=000000000001,000000000002")[0]["accounts"] == 2
    assert groups(paula, "?owner_team=nobody") == []


@pytest.mark.parametrize("query", ["?ou=x", "?colour=red", "?account_ids=1", "?environment=", "?ou=/a&ou=/b"])
def test_a_wrong_parameter_is_refused(paula: APIClient, query: str) -> None:
    answer = paula.get(f"{URL}{query}")
    assert answer.status_code == 400 and answer.json()["errors"][0]["parameter"]


def test_groups_come_in_pages(paula: APIClient) -> None:
    adoption(1, writes=True)
    adoption(2)
    first = paula.get(f"{URL}?limit=1").json()
    second = paula.get(first["next"]).json()
    assert {page["results"][0]["ledger_only"] for page in (first, second)} == {True, False}


def test_a_group_is_approved_account_by_account(paula: APIClient) -> None:
    plans = [adoption(number) for number in (1, 2, 3)]
    (group,) = groups(paula)
    body = approve(paula, groups=[{"fingerprint": group["fingerprint"], "seen": group["seen"]}], comment="read")
    assert (body["approved"], body["refused"]) == (3, 0)
    assert {run.plan_id for run in Run.objects.filter(kind="apply")} == {plan.pk for plan in plans}
    decisions = Decision.objects.values_list("by", "digest", "comment")
    assert set(decisions) == {("paula", plan.digest, "read") for plan in plans}
    assert groups(paula) == []


def test_a_group_that_an_account_joined_since_is_not_approved(paula: APIClient) -> None:
    adoption(1)
    (group,) = groups(paula)
    adoption(2)
    body = approve(paula, groups=[{"fingerprint": group["fingerprint"], "seen": group["seen"]}])
    assert [(row["outcome"], row["code"]) for row in body["results"]] == [("refused", "group_changed")]
    assert not Decision.objects.exists()


def test_a_group_is_bound_to_the_selector_it_was_read_with(paula: APIClient) -> None:
    adoption(1, ou_path="/a")
    adoption(2, ou_path="/b")
    (group,) = groups(paula, "?ou=/a")
    named = [{"fingerprint": group["fingerprint"], "seen": group["seen"]}]
    assert approve(paula, groups=named)["approved"] == 0
    assert approve(paula, groups=named, selector={"ou": "/a"})["approved"] == 1


def test_each_refusal_stops_no_other(paula: APIClient) -> None:
    fine, mine, shown = adoption(1), adoption(2, requested_by="paula"), adoption(3, lane="observe")
    moved, unwritten = adoption(4), adoption(5)
    Account.objects.filter(pk=unwritten.account_id).update(apply_role="denied")
    other = factories.plan(factories.account())
    missing = {"plan_id": "00000000-0000-0000-0000-000000000001", "digest": "0" * 64}
    named = [{"plan_id": str(plan.pk), "digest": plan.digest} for plan in (fine, mine, shown, unwritten, other)]
    body = approve(paula, plans=[*named, {"plan_id": str(moved.pk), "digest": "0" * 64}, missing])
    told = {row["account_id"]: (row["outcome"], row["code"]) for row in body["results"]}
    assert told == {
        fine.account_id: ("approved", ""),
        mine.account_id: ("refused", "not_allowed"),
        shown.account_id: ("refused", "conflict"),
        moved.account_id: ("refused", "digest_mismatch"),
        unwritten.account_id: ("refused", "not_written_to"),
        other.account_id: ("refused", "no_adoption"),
        "": ("refused", "not_found"),
    }
    assert Decision.objects.count() == 1


def test_a_group_says_of_each_account_why_its_reader_can_not_approve_it(paula: APIClient, as_: As) -> None:
    adoption(1, lane="observe")
    adoption(2, requested_by="paula")
    adoption(3)
    told = {plan["account_id"][-1]: plan["why_not"] for group in groups(paula) for plan in group["plans"]}
    assert "mode observe" in told["1"] and "somebody else" in told["2"] and told["3"] == ""
    assert all(plan["why_not"] for group in groups(as_("viewer")) for plan in group["plans"])


@pytest.mark.parametrize("body", [{}, {"plans": []}, {"groups": [{"fingerprint": "x", "seen": "y"}]}, {"all": True}])
def test_nothing_named_is_nothing_approved(paula: APIClient, body: Any) -> None:
    assert paula.post(URL, body).status_code == 400
