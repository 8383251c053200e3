"""Who a request comes from."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from access.models import Token
from tests import factories
from tests.people import person
from tests.people import token as text_of_a_token

ADDRESS = "/api/v1/accounts"


def get(authorization: str) -> Any:
    return APIClient().get(ADDRESS, HTTP_AUTHORIZATION=authorization)


@pytest.fixture
def token(db: None) -> str:
    return text_of_a_token("ann", "viewer", name="laptop")


def test_token_is_let_in_and_its_use_is_noted(token: str) -> None:
    assert get(f"Bearer {token}").status_code == 200
    assert Token.objects.get().last_used_at is not None


def test_only_the_hash_is_stored(token: str) -> None:
    secret = token.partition(".")[2]
    assert secret not in str(Token.objects.values().get())


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer ",
        "Bearer x",
        "Bearer fl_000000000000.",
        "Bearer fl_000000000000." + "a" * 43,
        "Bearer fl_\x00.\x00",
        "Bearer \xff\xfe",
        "Bearer a b c",
        "Bearer " + "fl_" * 3000,
        "Basic YTpi",
        "",
    ],
)
def test_what_is_no_token_is_not_let_in(db: None, authorization: str) -> None:
    answer = get(authorization)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == 'Bearer realm="firstline"'


def test_right_key_id_with_a_wrong_secret_is_not_let_in(token: str) -> None:
    assert get(f"Bearer {token[:-1]}{'A' if token[-1] != 'A' else 'B'}").status_code == 401


@pytest.mark.parametrize("change", [{"expires_at": timezone.now() - timedelta(1)}, {"revoked_at": timezone.now()}])
def test_expired_or_revoked_token_is_not_let_in(token: str, change: dict[str, Any]) -> None:
    Token.objects.update(**change)
    assert get(f"Bearer {token}").status_code == 401


def test_token_of_someone_switched_off_is_not_let_in(token: str, django_user_model: Any) -> None:
    django_user_model.objects.update(is_active=False)
    assert get(f"Bearer {token}").status_code == 401


def test_token_gives_no_more_than_its_own_grants_whatever_its_person_may(db: None, django_user_model: Any) -> None:
    django_user_model.objects.create_superuser("root")
    token = text_of_a_token("root", "viewer", name="dashboard")
    answer = APIClient().post("/api/v1/fleet/pause", {"reason": "x"}, HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.status_code == 403


def test_signed_in_person_acts_in_the_roles_bound_to_them(db: None) -> None:
    client = APIClient()
    client.force_login(person("vera", "viewer"))
    assert client.get(ADDRESS).status_code == 200
    assert client.post("/api/v1/fleet/pause", {"reason": "x"}).status_code == 403


def test_session_without_csrf_token_changes_nothing(django_user_model: Any) -> None:
    factories.account("000000000001")
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(django_user_model.objects.create_superuser("root"))
    answer = client.post("/api/v1/accounts/000000000001/pause", {"reason": "forged"})
    assert (answer.status_code, "CSRF" in answer.json()["detail"]) == (403, True)
