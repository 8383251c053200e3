"""A baseline from its first line to accounts that are kept like it, by way of everything that can come between."""

from typing import Any

import pytest

from tests.scenarios.firstline import READ_ONLY, Firstline
from tests.services.fleet import DEV, PROD, TEST

pytestmark = pytest.mark.django_db(transaction=True)
WRITES = ["CreateGroup", "AttachGroupPolicy", "AddUserToGroup"]


def test_three_accounts_are_brought_to_a_baseline_and_kept_there(firstline: Firstline) -> None:
    firstline.register(DEV, TEST, PROD)
    firstline.declare()
    assert (
        firstline.post(firstline.person("otto", "operator"), f"accounts/{DEV}/looks", status=409)["code"]
        == "not_proven"
    )
    firstline.start()
    firstline.until_managed(DEV, TEST, PROD)
    firstline.until_in_sync(DEV, TEST)
    assert firstline.writes(DEV) == firstline.writes(TEST) == WRITES and firstline.writes(PROD) == []
    shows_drift_with_its_origin(firstline)
    lets_only_somebody_else_approve(firstline)
    firstline.until_in_sync(PROD)
    assert firstline.group(PROD)["members"] == ["ann"] and firstline.writes(PROD) == WRITES
    happened = firstline.history(PROD)
    assert [one for one in happened if one != ROLE_PROVEN] == [
        *PRODUCTION_BEFORE,
        *[WRITE, ANSWER] * 3,
        *PRODUCTION_AFTER,
    ]
    assert happened.count(ROLE_PROVEN) == 1
    repairs_by_rule(firstline)


WRITE, ANSWER = ("firstline", "write.intended"), ("firstline", "write.ok")
ROLE_PROVEN = ("firstline", "account.apply_role_changed")
PRODUCTION_BEFORE = [
    ("otto", "account.registered"),
    ("olga", "desired_state.changed"),
    ("firstline", "account.proven"),
    ("firstline", "account.managed"),
    ("firstline", "drift.opened"),
    ("firstline", "plan.proposed"),
    ("paula", "plan.approved"),
]
PRODUCTION_AFTER = [("firstline", verb) for verb in ("resource.applied", "plan.applied", "drift.resolved")]


def shows_drift_with_its_origin(firstline: Firstline) -> None:
    (row,) = firstline.rows("drift", account=PROD, state="open")
    assert (row["kind"], row["name"], row["type"], row["remedy"]) == ("iam.group", "Developers", "missing", "auto")
    drift = firstline.get(f"drift/{row['id']}")
    (origin,) = drift["origins"]
    assert (origin["baseline"], origin["version"], origin["author"]) == ("first-line", 1, "ann")
    assert drift["responsibility"]["who"] == "firstline" and drift["desired"]["members"]


def lets_only_somebody_else_approve(firstline: Firstline) -> None:
    plan = firstline.waiting_plan(PROD)
    assert (plan["requested_by"], set(plan["authors"])) == ("firstline", {"ann", "olga"})
    assert plan["reasons"] == ["production"]
    for name in ("ann", "olga"):
        assert firstline.decide(name, plan, status=403)["code"] == "not_allowed"
    firstline.decide("vera", plan, status=403, role="viewer")
    firstline.decide("paula", plan | {"digest": "0" * 64}, status=409)
    assert firstline.get(f"plans/{plan['id']}")["state"] == "proposed" and firstline.writes(PROD) == []
    assert firstline.decide("paula", plan)["decisions"][0]["by"] == "paula"


def repairs_by_rule(firstline: Firstline) -> None:
    iam = firstline.sandbox.client("iam", DEV)
    iam.detach_group_policy(GroupName="Developers", PolicyArn=READ_ONLY)
    iam.remove_user_from_group(GroupName="Developers", UserName="ann")
    look = firstline.look(DEV)
    found = {row["path"]: row["type"] for row in firstline.rows("drift", account=DEV) if row["path"]}
    assert found == {f"attached_policies[{READ_ONLY}]": "missing", "members[ann]": "missing"}
    (plan,) = [plan for plan in firstline.rows("plans", account=DEV) if plan["look_id"] == look["id"]]
    assert (plan["lane"], plan["risk"]) == ("auto", "low")
    firstline.until_in_sync(DEV)
    assert firstline.group(DEV)["members"] == ["ann"] and firstline.writes(DEV)[3:] == WRITES[1:]
    assert firstline.rows("drift", account=DEV, state="open") == []
    assert firstline.look(DEV)["state"] == "done" and len(firstline.writes(DEV)) == 5


def test_pause_holds_writes_and_what_moved_meanwhile_needs_a_new_decision(firstline: Firstline) -> None:
    firstline.register(DEV, PROD)
    firstline.declare()
    paula = firstline.person("paula", "approver")
    firstline.post(paula, "fleet/pause", {"reason": "incident 12"})
    firstline.start()
    plan = firstline.waiting_plan(PROD)
    firstline.decide("paula", plan)
    firstline.until(lambda: applies(firstline, DEV), "an apply by rule")
    # Looks go on, so the workers and the dispatcher are at work while the applies wait.
    assert firstline.look(DEV)["state"] == firstline.look(PROD)["state"] == "done"
    for one in (DEV, PROD):
        assert firstline.writes(one) == [] and [run["state"] for run in applies(firstline, one)] == ["queued"]
    firstline.sandbox.client("iam", PROD).create_group(GroupName="Developers")
    firstline.post(paula, "fleet/resume")
    firstline.until_in_sync(DEV)
    (apply,) = applies(firstline, PROD)
    ended = firstline.ended(apply)
    assert ended["state"] == "stale" and "iam.group/Developers" in ended["message"]
    assert firstline.get(f"plans/{plan['id']}")["state"] == "stale" and firstline.writes(PROD) == []
    stays_rejected(firstline, stale=plan)


def applies(firstline: Firstline, account_id: str) -> list[dict[str, Any]]:
    return firstline.rows("runs", account=account_id, kind="apply")


def stays_rejected(firstline: Firstline, stale: dict[str, Any]) -> None:
    """The stale plan gives way to one that takes over what is there; once rejected, no look proposes it again."""
    plan = firstline.waiting_plan(PROD)
    assert plan["id"] != stale["id"] and plan["summary"]["adopt"] == 1
    assert firstline.decide("paula", plan, "reject")["state"] == "rejected"
    assert firstline.look(PROD)["state"] == "done"
    assert firstline.rows("plans", account=PROD, state="proposed") == []
    assert firstline.verdict(PROD)[0] == "drifted" and firstline.writes(PROD) == []
    verbs = [event for event in firstline.history(PROD) if event[1].startswith(("plan.", "apply."))]
    assert verbs == [
        ("firstline", "plan.proposed"),
        ("paula", "plan.approved"),
        ("firstline", "apply.stale"),
        ("firstline", "plan.proposed"),
        ("paula", "plan.rejected"),
    ]


def test_account_that_cannot_be_entered_is_unknown_with_causes_and_keeps_its_drift(firstline: Firstline) -> None:
    firstline.register(DEV, TEST)
    firstline.declare(mode="observe")
    firstline.start()
    for one in (DEV, TEST):
        firstline.until(lambda one=one: firstline.verdict(one)[0] == "drifted", "drift")  # type: ignore[misc]
    shows_a_plan_that_nobody_can_approve(firstline)
    drift = {one: open_drift(firstline, one) for one in (DEV, TEST)}
    firstline.sandbox.set_status(DEV, "SUSPENDED")
    set_external_id(firstline, "a-wrong-external-id")
    for one in (DEV, TEST):
        look = next_look(firstline, one)
        assert look["state"] == "unreachable"
        assert len(look["outcome"]["causes"]) > 1 and look["message"]
        assert firstline.verdict(one) == ("unknown", look["reason_code"])
        assert open_drift(firstline, one) == drift[one] != []
    assert "wrong-external" not in str(firstline.rows("history"))
    set_external_id(firstline, "")
    firstline.until(lambda: firstline.verdict(TEST)[0] == "drifted", "the account to be seen again")
    assert open_drift(firstline, TEST) == drift[TEST]
    assert firstline.writes(DEV) == firstline.writes(TEST) == []


def shows_a_plan_that_nobody_can_approve(firstline: Firstline) -> None:
    (plan,) = firstline.rows("plans", account=DEV, state="proposed")
    assert plan["lane"] == "observe"
    firstline.decide("paula", plan, status=409)


def open_drift(firstline: Firstline, account_id: str) -> list[tuple[int, str]]:
    return [(row["id"], row["opened_at"]) for row in firstline.rows("drift", account=account_id, state="open")]


def set_external_id(firstline: Firstline, value: str) -> None:
    answer = firstline.person("otto", "operator").patch(f"/api/v1/accounts/{TEST}", {"external_id": value})
    assert answer.status_code == 200, answer.content


def next_look(firstline: Firstline, account_id: str) -> dict[str, Any]:
    """The next look that ends; the schedule may have opened one already."""
    answer = firstline.person("otto", "operator").post(f"/api/v1/accounts/{account_id}/looks")
    assert answer.status_code in {200, 202}
    return firstline.ended(answer.json())
