"""Guessing a password: limited by name and by network, without telling who exists or locking anybody out."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.models import F
from django.test import Client, RequestFactory

from access.addresses import client_address
from access.models import KnownNetwork, SignInTries
from access.services.limit_sign_ins import TooManyTriesError, forget_old_tries, take_try
from history.models import Event

LOGIN = "/admin/login/"
PASSWORD = "correct horse battery staple"
HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"
Try = Callable[..., int]


@pytest.fixture(autouse=True)
def paula(db: None, django_user_model: Any, settings: Any) -> Any:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return django_user_model.objects.create_user("paula", password=PASSWORD, is_staff=True)


@pytest.fixture
def sign_in() -> Iterator[Try]:
    """The status of one try: 302 is let in, 200 shows the form again, 429 was not looked at."""

    def attempt(password: str = "wrong", name: str = "paula", address: str = HOME) -> int:
        answer = Client(REMOTE_ADDR=address).post(LOGIN, {"username": name, "password": password})
        assert answer.status_code != 429 or int(answer["Retry-After"]) > 0
        return answer.status_code

    yield attempt


def pass_time(seconds: float) -> None:
    span = timedelta(seconds=seconds)
    SignInTries.objects.update(blocked_until=F("blocked_until") - span, last_at=F("last_at") - span)


def test_password_is_not_looked_at_after_five_wrong_ones(sign_in: Try) -> None:
    assert [sign_in() for _ in range(6)] == [200] * 5 + [429]
    assert sign_in(PASSWORD) == 429


def test_pause_doubles_with_each_further_try(sign_in: Try) -> None:
    for _ in range(5):
        sign_in()
    pass_time(30)
    assert [sign_in(), sign_in()] == [200, 429]
    pass_time(30)
    assert sign_in(PASSWORD) == 429
    pass_time(30)
    assert sign_in(PASSWORD) == 302


def test_right_password_forgets_the_wrong_ones(sign_in: Try) -> None:
    assert [sign_in(word) for word in ["wrong"] * 4 + [PASSWORD] + ["wrong"] * 4 + [PASSWORD]].count(302) == 2


def test_count_is_forgotten_an_hour_after_the_last_try(sign_in: Try) -> None:
    for _ in range(5):
        sign_in()
    pass_time(3700)
    assert [sign_in() for _ in range(6)] == [200] * 5 + [429]


def test_answer_is_the_same_for_a_name_nobody_has(sign_in: Try) -> None:
    assert [sign_in(name="nobody") for _ in range(6)] == [sign_in() for _ in range(6)]


def test_many_names_from_one_network_are_limited_together(sign_in: Try) -> None:
    statuses = [sign_in(name=f"person-{number}") for number in range(22)]
    assert statuses == [200] * 20 + [429] * 2
    assert sign_in(PASSWORD, address=ELSEWHERE) == 302


def test_addresses_of_one_ipv6_network_count_as_one(sign_in: Try) -> None:
    statuses = [sign_in(address=f"2001:db8:0:1::{number:x}") for number in range(1, 7)]
    assert statuses == [200] * 5 + [429]


def test_many_networks_that_try_one_person_are_limited_together(sign_in: Try) -> None:
    statuses = [sign_in(address=f"203.0.113.{number}") for number in range(1, 13)]
    assert statuses == [200] * 10 + [429] * 2


def test_person_still_signs_in_from_where_they_did_before(sign_in: Try) -> None:
    assert sign_in(PASSWORD) == 302
    for number in range(1, 13):
        sign_in(address=f"203.0.113.{number}")
    assert sign_in(PASSWORD, address=ELSEWHERE) == 429
    assert sign_in(PASSWORD) == 302


def test_tries_at_once_are_all_counted(transactional_db: None) -> None:
    def attempt(_: int) -> bool:
        try:
            take_try(username="paula", address=HOME)
        except TooManyTriesError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(40))) == 5


def test_ten_thousand_guesses_get_few_looked_at(sign_in: Try) -> None:
    # A quarter of an hour of guessing from everywhere: ten are looked at, then one each quarter.
    looked_at = 0
    for number in range(300):
        try:
            take_try(username="paula", address=f"10.{number // 250}.{number % 250}.1")
        except TooManyTriesError:
            continue
        looked_at += 1
    assert looked_at == 10


def test_reaching_a_limit_is_in_the_history_once_and_without_what_was_typed(sign_in: Try) -> None:
    for _ in range(9):
        sign_in("hunter2", name="my-password-by-mistake")
    (event,) = Event.objects.filter(verb="sign_in.limited")
    assert event.detail == {"limit": "name and network", "network": HOME}
    assert not [key for key in SignInTries.objects.values_list("key", flat=True) if "password" in key]


def test_old_counts_and_networks_are_dropped(sign_in: Try) -> None:
    sign_in()
    sign_in(PASSWORD)
    forget_old_tries()
    assert SignInTries.objects.exists() and KnownNetwork.objects.exists()
    pass_time(90_000)
    KnownNetwork.objects.update(last_at=F("last_at") - timedelta(days=91))
    forget_old_tries()
    assert not SignInTries.objects.exists() and not KnownNetwork.objects.exists()


@pytest.mark.parametrize(
    ("trusted", "forwarded", "found"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "10.0.0.1", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_address_is_what_the_trusted_proxies_saw(settings: Any, trusted: int, forwarded: str, found: str) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"proxies": trusted})
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert client_address(RequestFactory().get("/", headers=headers).META) == found


def test_limits_stand_in_the_database_not_in_a_cache(sign_in: Try) -> None:
    from django.core.cache import cache

    for _ in range(5):
        sign_in()
    cache.clear()
    assert sign_in(PASSWORD) == 429
