"""Tokens over REST: never more than their person, never more than what made them, replaced without a gap."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.utils import timezone
from pydantic import SecretStr
from rest_framework.test import APIClient

from access.models import RoleBinding, Token
from access.services.authenticate_token import authenticate_token
from history.models import Event
from tests import factories
from tests.people import bind, person, token

pytestmark = pytest.mark.django_db

TOKENS = "/api/v1/tokens"
VIEWER = {"role": "viewer", "scope": "fleet"}


def bearer(text: str, **extra: Any) -> APIClient:
    client = APIClient(**extra)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def session(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def body(*grants: tuple[str, str], **fields: Any) -> dict[str, Any]:
    return {"name": "laptop", "grants": [{"role": role, "scope": scope} for role, scope in grants], **fields}


@pytest.fixture
def ann() -> User:
    return person("ann", "operator", "viewer")


def test_token_is_made_for_oneself_and_its_text_shown_once(ann: User) -> None:
    answer = session(ann).post(TOKENS, body(("operator", "fleet"), days=30))
    made = answer.json()
    assert (answer.status_code, answer["Cache-Control"], made["user"]) == (201, "no-store", "ann")
    assert bearer(made["token"]).get("/api/v1/me").json()["token"]["key_id"] == made["key_id"]
    secret = made["token"].partition(".")[2]
    shown = session(ann).get(TOKENS).content + session(ann).get(f"{TOKENS}/{made['key_id']}").content
    assert secret.encode() not in shown
    assert secret not in str([vars(event) for event in Event.objects.all()]) + str(vars(Token.objects.get()))


@pytest.mark.parametrize(
    "beyond",
    [("owner", "fleet"), ("approver", "fleet"), ("operator", "fleet"), ("viewer", "team:search"), ("viewer", "ou:/")],
)
def test_token_is_never_made_wider_than_its_maker(beyond: tuple[str, str]) -> None:
    olga = person("olga", "operator", scope="ou:/workloads")
    answer = session(olga).post(TOKENS, body(("operator", "ou:/workloads/dev"), beyond))
    assert answer.status_code == 400 and "no more than" in answer.json()["errors"][0]["detail"]
    assert session(olga).post(TOKENS, body(("operator", "ou:/workloads/dev"))).status_code == 201


def test_token_makes_no_token_wider_longer_or_usable_elsewhere_than_itself(ann: User) -> None:
    narrow = token("ann", "viewer", days=2, allowed_cidrs=["127.0.0.0/8"])
    client = bearer(narrow)
    assert client.post(TOKENS, body(("operator", "fleet"))).status_code == 400
    assert client.post(TOKENS, body(("viewer", "fleet"))).status_code == 400
    assert client.post(TOKENS, body(("viewer", "fleet"), allowed_cidrs=["0.0.0.0/0"])).status_code == 400
    made = client.post(TOKENS, body(("viewer", "fleet"), allowed_cidrs=["127.0.0.1/32"])).json()
    assert made["expires_at"] == client.get(TOKENS).json()["results"][1]["expires_at"]


def test_whoever_lost_a_role_lost_it_in_their_tokens(ann: User) -> None:
    account = factories.account()
    client = bearer(token("ann", "operator"))
    assert client.post(f"/api/v1/accounts/{account.pk}/looks").status_code == 202
    RoleBinding.objects.filter(user=ann, role="operator").delete()
    assert client.post(f"/api/v1/accounts/{account.pk}/looks").status_code == 403


def test_role_that_ended_gives_nothing_more(ann: User) -> None:
    client = bearer(token("ann", "operator"))
    RoleBinding.objects.filter(user=ann).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/api/v1/me").json()["permissions"] == []
    assert client.get("/api/v1/accounts").status_code == 403


def test_token_is_refused_from_another_network(ann: User) -> None:
    text = token("ann", "viewer", allowed_cidrs=["192.0.2.0/24", "2001:db8::/32"])
    inside, outside = {"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": "198.51.100.1"}
    assert bearer(text, **inside).get("/api/v1/me").status_code == 200
    assert bearer(text, REMOTE_ADDR="2001:db8::1").get("/api/v1/me").status_code == 200
    assert bearer(text, **outside).get("/api/v1/me").status_code == 401
    forged = bearer(text, **outside, HTTP_X_FORWARDED_FOR="192.0.2.7")
    assert forged.get("/api/v1/me").status_code == 401


def test_only_what_our_own_proxies_wrote_is_believed(ann: User, settings: LazySettings) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"proxies": 1})
    text = token("ann", "viewer", allowed_cidrs=["192.0.2.0/24"])
    assert bearer(text, HTTP_X_FORWARDED_FOR="203.0.113.9, 192.0.2.7").get("/api/v1/me").status_code == 200
    assert bearer(text, HTTP_X_FORWARDED_FOR="192.0.2.7, 203.0.113.9").get("/api/v1/me").status_code == 401


def test_rotated_token_lives_on_for_the_overlap_and_its_successor_gives_the_same(ann: User) -> None:
    old = token("ann", "viewer")
    key_id = Token.objects.get().key_id
    answer = bearer(old).post(f"{TOKENS}/{key_id}/rotate", {"overlap_hours": 1})
    new = answer.json()
    assert (answer.status_code, answer["Cache-Control"], new["grants"]) == (201, "no-store", [VIEWER])
    assert {bearer(text).get("/api/v1/me").status_code for text in (old, new["token"])} == {200}
    row = Token.objects.get(key_id=key_id)
    assert row.rotated_to == new["key_id"] and row.expires_at <= timezone.now() + timedelta(hours=1)
    again = session(ann).post(f"{TOKENS}/{key_id}/rotate")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert Event.objects.filter(verb="token.rotated", actor="ann").count() == 1


def test_token_rotates_itself_only(ann: User) -> None:
    token("ann", "operator")
    key_id = Token.objects.get().key_id
    assert bearer(token("ann", "viewer")).post(f"{TOKENS}/{key_id}/rotate").status_code == 403
    assert session(ann).post(f"{TOKENS}/{key_id}/rotate").status_code == 201


def test_token_of_what_is_no_longer_held_is_not_rotated(ann: User) -> None:
    token("ann", "operator")
    RoleBinding.objects.filter(role="operator").delete()
    assert session(ann).post(f"{TOKENS}/{Token.objects.get().key_id}/rotate").status_code == 403


def test_others_tokens_are_not_there_and_an_owner_revokes_but_never_rotates_them(ann: User) -> None:
    token("rita", "viewer")
    at = f"{TOKENS}/{Token.objects.get().key_id}"
    for ask in ("", "/rotate", "/revoke"):
        client = session(ann)
        assert (client.post(at + ask) if ask else client.get(at)).status_code == 404
    assert session(ann).get(TOKENS).json()["results"] == []
    owner = session(person("oscar", "owner"))
    assert owner.get(f"{TOKENS}?user=rita").json()["results"][0]["user"] == "rita"
    assert owner.post(f"{at}/rotate").status_code == 403
    assert owner.post(f"{at}/revoke").json()["revoked_at"] is not None
    assert owner.post(f"{at}/revoke", {"why": "x"}).status_code == 400


def test_owners_viewer_token_lists_only_their_own(ann: User) -> None:
    token("rita", "viewer")
    person("oscar", "owner", "viewer")
    assert [one["user"] for one in bearer(token("oscar", "viewer")).get(TOKENS).json()["results"]] == ["oscar"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"days": 91}, "/days"),
        ({"allowed_cidrs": ["10.0.0.1/8"]}, "/allowed_cidrs"),
        ({"name": "a\u202eb"}, "/name"),
        ({"user": "rita"}, "/user"),
        ({"grants": []}, "/grants"),
        ({"grants": [{"role": "king", "scope": "fleet"}]}, "/grants/0/role"),
        ({"grants": [{"role": "viewer", "scope": "galaxy"}]}, "/grants/0/scope"),
    ],
)
def test_wrong_field_is_named(ann: User, fields: dict[str, Any], pointer: str) -> None:
    answer = session(ann).post(TOKENS, {**body(("viewer", "fleet")), **fields})
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (400, [pointer])


def test_peppered_token_works_while_its_pepper_is_there(ann: User, settings: LazySettings) -> None:
    def peppers(**given: str) -> None:
        found = {one: SecretStr(text) for one, text in given.items()}
        settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"token_peppers": found})

    plain = token("ann", "viewer")
    peppers(a="a" * 32)
    first = token("ann", "viewer")
    peppers(a="a" * 32, b="b" * 32)
    second = token("ann", "viewer")
    assert [one.pepper_id for one in Token.objects.order_by("pk")] == ["", "a", "b"]
    assert all(authenticate_token(text) for text in (plain, first, second))
    peppers(b="b" * 32)
    assert (bool(authenticate_token(first)), bool(authenticate_token(second))) == (False, True)
    peppers(b="x" * 32)
    assert authenticate_token(second) is None


def test_me_says_what_is_held_and_where(ann: User) -> None:
    bind(ann, "approver", "team:payments")
    shown = session(ann).get("/api/v1/me").json()
    assert shown["grants"][0] == {"role": "approver", "scope": "team:payments"}
    assert (shown["name"], shown["token"]) == ("ann", None)
    assert "approve" in shown["permissions"] and "approve" not in shown["on_the_whole_fleet"]
    limited = bearer(token("ann", "viewer")).get("/api/v1/me").json()
    assert limited["permissions"] == ["view"] and limited["token"]["grants"] == [VIEWER]
