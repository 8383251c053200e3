"""Plans over REST: read and decided."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from history.models import Event
from provisioning.models import Decision, PlanRecord, Run
from tests import factories
from tests.api.conftest import As


@pytest.fixture
def plan(db: None) -> PlanRecord:
    return factories.plan(factories.account("000000000001"))


def decide(client: APIClient, plan: PlanRecord, verb: str = "approve", **body: Any) -> Any:
    return client.post(f"/api/v1/plans/{plan.pk}/{verb}", {"digest": plan.digest, **body}, HTTP_IF_MATCH="*")


def test_plan_shows_its_exact_calls_and_who_may_decide(as_: As, plan: PlanRecord) -> None:
    body = as_("approver").get(f"/api/v1/plans/{plan.pk}").json()
    (change,) = body["changes"]
    assert change["calls"][0]["operation"] == "AttachGroupPolicy"
    assert (change["before"], change["fields_changed"]) == ({"attached_policies": []}, ["attached_policies"])
    assert body["summary"] == {"create": 0, "update": 1, "adopt": 0, "calls": 1}
    assert body["approval"] == {"possible": True, "why_not": "", "not_by": ["olga", "rita"]}


@pytest.mark.parametrize(("role", "name"), [("viewer", ""), ("operator", ""), ("approver", factories.AUTHOR)])
def test_plan_says_why_its_reader_may_not_approve_it(as_: As, plan: PlanRecord, role: str, name: str) -> None:
    approval = as_(role, name).get(f"/api/v1/plans/{plan.pk}").json()["approval"]
    assert (approval["possible"], bool(approval["why_not"])) == (False, True)


def test_approval_queues_an_apply_and_is_recorded(as_: As, plan: PlanRecord) -> None:
    answer = decide(as_("approver", "ada"), plan, comment="looks right")
    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    (decision,) = answer.json()["decisions"]
    assert (decision["by"], decision["comment"], decision["digest"]) == ("ada", "looks right", plan.digest)
    assert Run.objects.get(kind="apply").plan == plan
    assert Event.objects.get(verb="plan.approved").actor == "ada"


@pytest.mark.parametrize("name", [factories.REQUESTER, factories.AUTHOR])
def test_nobody_approves_what_they_asked_for_or_wrote(as_: As, plan: PlanRecord, name: str) -> None:
    answer = decide(as_("approver", name), plan)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    plan.refresh_from_db()
    assert (plan.state, Decision.objects.count(), Run.objects.count()) == ("proposed", 0, 0)


def test_superuser_is_not_exempt(plan: PlanRecord, django_user_model: Any) -> None:
    client = APIClient()
    client.force_login(django_user_model.objects.create_superuser(factories.AUTHOR))
    assert decide(client, plan).status_code == 403


def test_rejecting_is_open_to_authors_and_queues_nothing(as_: As, plan: PlanRecord) -> None:
    answer = decide(as_("approver", factories.AUTHOR), plan, "reject", comment="too wide")
    assert (answer.json()["state"], Run.objects.count()) == ("rejected", 0)


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_digest_of_another_plan_is_a_conflict(as_: As, plan: PlanRecord, verb: str) -> None:
    answer = decide(as_("approver"), plan, verb, digest="0" * 64)
    assert (answer.status_code, answer.json()["code"]) == (409, "digest_mismatch")
    assert not Decision.objects.exists()


@pytest.mark.parametrize("digest", [None, "", "abc", "G" * 64, "0" * 65])
def test_digest_is_required_and_is_64_digits(as_: As, plan: PlanRecord, digest: Any) -> None:
    answer = as_("approver").post(f"/api/v1/plans/{plan.pk}/approve", {"digest": digest})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/digest")
    assert as_("approver").post(f"/api/v1/plans/{plan.pk}/approve").status_code == 400


def test_plan_is_decided_once(as_: As, plan: PlanRecord) -> None:
    approver = as_("approver")
    decide(approver, plan)
    assert (decide(approver, plan).status_code, decide(approver, plan, "reject").status_code) == (409, 409)


@pytest.mark.parametrize(
    "fields", [{"lane": "observe"}, {"state": "superseded"}, {"expires_at": timezone.now() - timedelta(seconds=1)}]
)
def test_plan_that_is_shown_only_gone_or_expired_is_not_approved(as_: As, fields: dict[str, Any]) -> None:
    plan = factories.plan(factories.account(), **fields)
    approver = as_("approver")
    assert approver.get(f"/api/v1/plans/{plan.pk}").json()["approval"]["possible"] is False
    assert decide(approver, plan).status_code == 409


def test_list_is_filtered_and_leaves_out_the_calls(as_: As, plan: PlanRecord) -> None:
    factories.plan(factories.account(), risk="low")
    rows = as_("viewer").get("/api/v1/plans?state=proposed&lane=approval&risk=high").json()["results"]
    assert [row["id"] for row in rows] == [str(plan.pk)]
    assert "changes" not in rows[0]
