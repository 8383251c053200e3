"""ETag, If-None-Match and If-Match: what was read is what is changed or decided."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from rest_framework.test import APIClient

from accounts.models import Account
from history.models import Event
from iam_templates.models import Assignment, BaselineVersion
from provisioning.models import PlanRecord, Run
from tests import factories
from tests.api.conftest import As
from tests.chaos.waiting import wait_until
from tests.iam_templates.cast import assigned, draft, group, published, source

ONE = "/api/v1/accounts/000000000001"
VERSION = "/api/v1/baselines/first/versions/1"
STALE = '"0.0"'


def etag(client: APIClient, path: str) -> str:
    return str(client.get(path)["ETag"])


def post(client: APIClient, path: str, seen: str, body: Any = None) -> Any:
    return client.post(path, body or {}, headers={"If-Match": seen} if seen else {})


def patch(client: APIClient, seen: str, **body: Any) -> Any:
    return client.patch(ONE, body, headers={"If-Match": seen} if seen else {})


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.fixture
def operator(as_: As) -> APIClient:
    factories.account("000000000001")
    return as_("operator")


def test_the_same_answer_is_not_sent_again(operator: APIClient) -> None:
    seen = etag(operator, ONE)
    again = operator.get(ONE, headers={"If-None-Match": f'"x", W/{seen}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", seen)
    assert operator.get(ONE, headers={"If-None-Match": STALE}).status_code == 200
    assert (seen[0], seen[-1]) == ('"', '"'), "strong"


def test_what_looks_find_changes_the_answer_but_not_what_is_edited(operator: APIClient) -> None:
    seen = etag(operator, ONE)
    operator.post(f"{ONE}/looks")
    factories.plan(Account.objects.get())
    assert patch(operator, seen, name="renamed").status_code == 200


def test_lost_update_is_refused(operator: APIClient) -> None:
    seen = etag(operator, ONE)
    first = patch(operator, seen, name="mine")
    assert first.status_code == 200, first.content
    second = patch(operator, seen, name="theirs")
    assert (second.status_code, second.json()["code"]) == (412, "precondition_failed")
    assert second["Content-Type"] == "application/problem+json"
    assert Account.objects.get().name == "mine"
    assert first["ETag"] == etag(operator, ONE) != seen
    assert patch(operator, first["ETag"], name="next").status_code == 200


@pytest.mark.parametrize(("seen", "status"), [("", 200), ("*", 200), (STALE, 412), ("nonsense", 412), ("W/*", 412)])
def test_edit_may_go_without_but_not_with_a_wrong_one(operator: APIClient, seen: str, status: int) -> None:
    assert patch(operator, seen, name="x").status_code == status


def test_weak_tag_never_matches_and_one_of_several_does(operator: APIClient) -> None:
    seen = etag(operator, ONE)
    assert patch(operator, f"W/{seen}", name="x").status_code == 412
    assert patch(operator, f"{STALE}, {seen}", name="x").status_code == 200


def test_pause_and_resume_honour_it(as_: As, operator: APIClient) -> None:
    approver, seen = as_("approver"), etag(operator, ONE)
    paused = post(approver, f"{ONE}/pause", seen, {"reason": "incident"})
    assert paused.status_code == 200, paused.content
    assert post(approver, f"{ONE}/resume", seen).status_code == 412
    assert post(approver, f"{ONE}/resume", paused["ETag"]).status_code == 200


def test_life_of_an_account_honours_it(operator: APIClient) -> None:
    reason = {"reason": "closed"}
    seen = etag(operator, ONE)
    assert post(operator, f"{ONE}/suspend", STALE, reason).status_code == 412
    suspended = post(operator, f"{ONE}/suspend", seen, reason)
    assert (suspended.status_code, suspended["ETag"]) == (200, etag(operator, ONE)), suspended.content
    assert post(operator, f"{ONE}/return", seen, reason).status_code == 412


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_plan_is_decided_by_who_says_what_they_saw(as_: As, verb: str) -> None:
    plan = factories.plan(factories.account())
    approver, path, body = as_("approver", "ada"), f"/api/v1/plans/{plan.pk}", {"digest": plan.digest}
    seen = etag(approver, path)
    missing = post(approver, f"{path}/{verb}", "", body)
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    assert post(approver, f"{path}/{verb}", STALE, body).status_code == 412
    assert not Run.objects.filter(kind="apply").exists()
    done = post(approver, f"{path}/{verb}", seen, body)
    assert (done.status_code, done["ETag"]) == (200, etag(approver, path))
    assert post(approver, f"{path}/{verb}", seen, body).status_code == 412
    assert post(approver, f"{path}/{verb}", "*", body).status_code == 409


def test_version_is_edited_and_decided_by_what_was_seen(as_: As) -> None:
    draft()
    author, admin = as_("baseline_author", "olga"), as_("security_admin", "ada")
    seen = etag(author, VERSION)
    send = {"content_type": "application/yaml", "HTTP_IF_MATCH": seen}
    changed = author.patch(VERSION, source(group("Other")), **send)
    assert changed.status_code == 200, changed.content
    assert author.patch(VERSION, source(), **send).status_code == 412
    for client, verb in ((author, "publish"), (admin, "approve-production")):
        assert post(client, f"{VERSION}/{verb}", "").status_code == 428
        assert post(client, f"{VERSION}/{verb}", seen).status_code == 412
        changed = post(client, f"{VERSION}/{verb}", changed["ETag"])
        assert changed.status_code == 200, changed.content
    assert BaselineVersion.objects.get().content == group("Other")


def test_assignment_is_moved_and_ended_by_what_was_seen(operator: APIClient) -> None:
    row = assigned(published())
    path, body = f"/api/v1/assignments/{row.pk}", {"mode": {"default": "enforce"}}
    seen = etag(operator, path)
    assert post(operator, f"{path}/move", "", body).status_code == 428
    assert post(operator, f"{path}/end", "").status_code == 428
    moved = post(operator, f"{path}/move", seen, body)
    assert moved.status_code == 200, moved.content
    assert post(operator, f"{path}/end", seen).status_code == 412
    assert Assignment.objects.live().exists()
    assert post(operator, f"{path}/end", moved["ETag"]).status_code == 200


def test_what_is_not_there_is_not_found_whatever_is_sent(as_: As) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    answer = post(as_("operator"), f"/api/v1/assignments/{unknown}/end", "")
    assert answer.status_code == 404


def test_account_of_another_team_stays_hidden(as_: As) -> None:
    plan = factories.plan(factories.account(owner_team="payments"))
    stranger = as_("approver", "stan", scope="team:shop")
    for seen in ("", STALE, "*"):
        assert post(stranger, f"/api/v1/plans/{plan.pk}/approve", seen, {"digest": plan.digest}).status_code == 404


def test_token_is_revoked_by_what_was_seen(as_: As) -> None:
    client = as_("operator")
    made = client.post("/api/v1/tokens", {"name": "x", "grants": [{"role": "operator", "scope": "fleet"}]}).json()
    path = f"/api/v1/tokens/{made['key_id']}"
    seen = etag(client, path)
    assert post(client, f"{path}/revoke", STALE).status_code == 412
    assert post(client, f"{path}/rotate", STALE).status_code == 412
    revoked = post(client, f"{path}/revoke", seen)
    assert (revoked.status_code, revoked["ETag"] != seen) == (200, True)


def test_team_and_role_are_ended_by_what_was_seen(as_: As) -> None:
    owner = as_("owner")
    owner.post("/api/v1/teams", {"name": "payments"})
    path = "/api/v1/teams/payments"
    seen = etag(owner, path)
    assert owner.delete(path, headers={"If-Match": STALE}).status_code == 412
    assert owner.delete(path, headers={"If-Match": seen}).status_code == 204
    as_("viewer", "vera")
    (row,) = owner.get("/api/v1/role-bindings?user=vera").json()["results"]
    path = f"/api/v1/role-bindings/{row['id']}"
    seen = etag(owner, path)
    assert owner.delete(path, headers={"If-Match": STALE}).status_code == 412
    assert owner.delete(path, headers={"If-Match": seen}).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_of_the_same_state_one_is_made(as_: As) -> None:
    factories.account("000000000001")
    clients = [as_("operator", f"otto{number}") for number in range(4)]
    seen = etag(clients[0], ONE)

    def edit(client: APIClient) -> int:
        try:
            return int(patch(client, seen, name=f"by {id(client)}").status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(edit, clients)) == [200, 412, 412, 412]
    assert Event.objects.filter(verb="account.updated").count() == 1


@pytest.mark.django_db(transaction=True)
def test_state_is_compared_under_the_lock_of_the_row(as_: As) -> None:
    """A change that is committed while the request waits for the row is seen."""
    plan = factories.plan(factories.account())
    approver = as_("approver", "ada")
    path = f"/api/v1/plans/{plan.pk}"
    seen = etag(approver, path)

    def approve() -> int:
        try:
            return int(post(approver, f"{path}/approve", seen, {"digest": plan.digest}).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            PlanRecord.objects.filter(pk=plan.pk).update(state="superseded")
            waiting = pool.submit(approve)
            wait_until(somebody_waits_for_a_lock, "the request to wait for the row", every=0.05)
        assert waiting.result() == 412
