"""Idempotency-Key: a request sent twice takes effect once, and is answered alike."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.urls import get_resolver
from django.utils import timezone
from rest_framework.test import APIClient

from access.models import KeptAnswer, RoleBinding, Token
from accounts.models import Account
from config.dispatcher import keep_house
from config.idempotency import IdempotentPosts
from history.models import Event
from provisioning.models import Run
from provisioning.views import accounts as views
from tests import factories
from tests.api.conftest import As

ACCOUNTS = "/api/v1/accounts"
NEW = {"account_id": "000000000001", "name": "one", "environment": "dev"}
GRANTS = [{"role": "operator", "scope": "fleet"}]


@pytest.fixture
def operator(as_: As) -> APIClient:
    return as_("operator")


def send(client: APIClient, body: Any = NEW, key: str = "k-1", to: str = ACCOUNTS, **headers: str) -> Any:
    return client.post(to, body, headers={"Idempotency-Key": key, **headers})


def test_same_request_again_is_answered_alike_and_takes_effect_once(operator: APIClient) -> None:
    first, again = send(operator), send(operator)
    assert (first.status_code, again.status_code) == (201, 201), first.content
    assert first.json() == again.json()
    for header in ("Location", "ETag", "Content-Type"):
        assert again[header] == first[header]
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert Event.objects.filter(verb="account.registered").count() == 1


def test_without_a_key_nothing_is_kept(operator: APIClient) -> None:
    assert operator.post(ACCOUNTS, NEW).status_code == 201
    assert operator.post(ACCOUNTS, NEW).status_code == 409
    assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize(
    ("body", "to"), [({**NEW, "name": "two"}, ACCOUNTS), (NEW, f"{ACCOUNTS}/bulk"), (NEW, f"{ACCOUNTS}?x=1")]
)
def test_key_of_another_body_or_address_is_a_mismatch(operator: APIClient, body: Any, to: str) -> None:
    send(operator)
    answer = send(operator, body, to=to)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")


def test_keys_of_different_people_and_limits_are_different_keys(as_: As, operator: APIClient) -> None:
    send(operator)
    assert send(as_("operator", "otto")).json()["code"] == "conflict"
    both = as_("owner", "operator")
    assert send(both).status_code == 409, "a token with other grants does not see what this one was answered"


@pytest.mark.parametrize("key", ["", "a b", "a" * 129, "ü", "a,b", "a/b"])
def test_malformed_key_is_refused_and_nothing_done(operator: APIClient, key: str) -> None:
    answer = send(operator, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")
    assert not Account.objects.exists()


def test_rejected_request_is_rejected_alike_when_sent_again(operator: APIClient) -> None:
    first = send(operator, {"name": "x"})
    Account.objects.create(**NEW)
    again = send(operator, {"name": "x"})
    assert (first.status_code, again.status_code) == (400, 400)
    assert (again.json(), again["Content-Type"]) == (first.json(), "application/problem+json")
    assert again["Idempotency-Replayed"] == "true"


def test_refusal_stays_in_the_history_and_is_not_kept(as_: As) -> None:
    plan = factories.plan(factories.account())
    to, body = f"/api/v1/plans/{plan.pk}/approve", {"digest": plan.digest}
    author = as_("approver", factories.AUTHOR)
    for count in (1, 2):
        answer = send(author, body, to=to, **{"If-Match": "*"})
        assert (answer.status_code, "Idempotency-Replayed" in answer) == (403, False)
        assert Event.objects.filter(verb="request.refused", actor=factories.AUTHOR).count() == count
    assert (KeptAnswer.objects.count(), Run.objects.count()) == (0, 0)


def test_refused_for_want_of_a_role_may_be_sent_again_once_it_is_held(as_: As) -> None:
    assert send(as_("viewer", "otto")).status_code == 403
    assert send(as_("operator", "otto")).status_code == 201


def test_stale_precondition_is_not_kept(as_: As) -> None:
    plan = factories.plan(factories.account())
    to, body, approver = f"/api/v1/plans/{plan.pk}/approve", {"digest": plan.digest}, as_("approver", "ada")
    assert send(approver, body, to=to).status_code == 428
    assert send(approver, body, to=to, **{"If-Match": '"old.old"'}).status_code == 412
    assert send(approver, body, to=to, **{"If-Match": "*"}).status_code == 200
    again = send(approver, body, to=to, **{"If-Match": '"old.old"'})
    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
    assert Run.objects.filter(kind="apply").count() == 1


def test_failure_leaves_no_effect_and_no_answer(operator: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_after(self: Any, *args: Any) -> None:
        assert Account.objects.exists()
        raise RuntimeError("after the effect")

    operator.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr(views.AccountViewSet, "_shown", fail_after)
        assert send(operator).status_code == 500
    assert (Account.objects.exists(), KeptAnswer.objects.exists()) == (False, False)
    assert send(operator).status_code == 201


def test_secret_is_not_kept_and_not_shown_again(operator: APIClient) -> None:
    body = {"name": "laptop", "grants": GRANTS}
    first = send(operator, body, to="/api/v1/tokens")
    assert first.status_code == 201, first.content
    again = send(operator, body, to="/api/v1/tokens")
    assert (again.status_code, again.json()["code"], "revoke" in again.json()["detail"]) == (
        409,
        "secret_shown_once",
        True,
    )
    assert (KeptAnswer.objects.get().body, Token.objects.filter(name="laptop").count()) == (None, 1)
    secret = first.json()["token"]
    assert not any(secret in str(row) for row in KeptAnswer.objects.values_list())


def test_rotation_sent_twice_rotates_once(operator: APIClient) -> None:
    old = Token.objects.get()
    to = f"/api/v1/tokens/{old.key_id}/rotate"
    assert send(operator, {}, to=to).status_code == 201
    assert send(operator, {}, to=to).json()["code"] == "secret_shown_once"
    assert Token.objects.count() == 2


def test_yaml_body_is_still_read(as_: As) -> None:
    author = as_("baseline_author", "ann")
    send(author, {"name": "first"}, to="/api/v1/baselines", key="k-0")
    text = "resources: {iam.group: {Developers: {path: /a/}}}"
    given = {"content_type": "application/yaml", "headers": {"Idempotency-Key": "k-1"}}
    answers = [author.post("/api/v1/baselines/first/versions", text, **given) for _ in range(2)]
    assert [answer.json()["number"] for answer in answers] == [1, 1]


def test_body_that_is_too_large_or_a_form_is_refused(operator: APIClient) -> None:
    large = operator.generic("POST", ACCOUNTS, b"x" * 1_100_000, "application/json", HTTP_IDEMPOTENCY_KEY="k-1")
    form = operator.post(ACCOUNTS, {"a": "b"}, format="multipart", HTTP_IDEMPOTENCY_KEY="k-2")
    assert (large.status_code, form.status_code) == (413, 415)


def test_answer_is_dropped_after_a_day(operator: APIClient) -> None:
    send(operator)
    KeptAnswer.objects.update(at=timezone.now() - timedelta(hours=25))
    assert send(operator).json()["code"] == "conflict", "what is too old no longer counts"
    send(operator, key="k-2", to=f"{ACCOUNTS}/000000000001/looks", body={})
    KeptAnswer.objects.filter(key="k-1").update(at=timezone.now() - timedelta(hours=25))
    keep_house()
    assert [row.key for row in KeptAnswer.objects.all()] == ["k-2"]


@pytest.mark.django_db(transaction=True)
def test_same_key_while_the_first_is_open_is_told_to_wait(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    client = as_("operator")
    inside, go_on = threading.Event(), threading.Event()
    shown = views.AccountViewSet._shown

    def slow(*args: Any) -> Any:
        inside.set()
        assert go_on.wait(30)
        return shown(*args)

    def first() -> Any:
        try:
            return send(client)
        finally:
            connections.close_all()

    monkeypatch.setattr(views.AccountViewSet, "_shown", slow)
    with ThreadPoolExecutor(1) as pool:
        open_one = pool.submit(first)
        assert inside.wait(30)
        meanwhile = send(client)
        go_on.set()
        done = open_one.result()
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "idempotency_in_flight")
    assert int(meanwhile["Retry-After"]) > 0
    assert (done.status_code, send(client).json()) == (201, done.json())


@pytest.mark.django_db(transaction=True)
def test_many_at_once_take_effect_once(as_: As) -> None:
    client = as_("operator")

    def one(_: int) -> int:
        try:
            return int(send(client).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(one, range(12)))
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert Event.objects.filter(verb="account.registered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_answer_is_committed_with_its_effect(as_: As) -> None:
    """Nobody ever sees the one without the other."""
    client, seen = as_("operator"), []

    def watch(stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                with transaction.atomic(), connections["default"].cursor() as cursor:
                    cursor.execute("SELECT (SELECT count(*) FROM accounts_account), count(*) FROM access_keptanswer")
                    seen.append(cursor.fetchone())
        finally:
            connections.close_all()

    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch, stop)
        send(client)
        stop.set()
        watching.result()
    assert set(seen) <= {(0, 0), (1, 1)}


def test_every_post_of_the_api_honours_the_key() -> None:
    def patterns(resolver: Any) -> Any:
        for part in resolver.url_patterns:
            yield from patterns(part) if hasattr(part, "url_patterns") else [part.callback]

    (api,) = (part for part in get_resolver().url_patterns if str(part.pattern) == "api/v1/")
    posts = [
        one for one in patterns(api) if "post" in (getattr(one, "actions", None) or {}) or hasattr(one.cls, "post")
    ]
    assert len(posts) > 15
    assert all(issubclass(one.cls, IdempotentPosts) for one in posts)


def test_person_keys_go_with_the_person(operator: APIClient) -> None:
    send(operator)
    RoleBinding.objects.all().delete()
    assert send(operator).status_code == 403, "what was answered before is not shown to who may not ask any more"
