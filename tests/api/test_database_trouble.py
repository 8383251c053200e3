"""The API when the database is in trouble, or two people do the same thing at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from rest_framework.test import APIClient

from access.roles import Role, actor
from accounts.models import Account
from accounts.services.register_accounts import NewAccount, register_accounts
from history.models import Event
from tests.api.conftest import As


@pytest.fixture
def viewer(transactional_db: None, as_: As) -> Any:
    yield as_("viewer")
    connection.close()


def test_lost_database_connection_is_a_503_that_says_try_again(viewer: APIClient) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ours,) = cursor.fetchone()
    given = connection.get_connection_params()
    wanted = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)}
    with psycopg.connect(**wanted, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [ours])
    answer = viewer.get("/api/v1/accounts")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert int(answer["Retry-After"]) > 0


def test_account_registered_by_two_at_once_is_made_and_recorded_once(transactional_db: None) -> None:
    rows = [NewAccount(f"{number:012d}", "same", "dev") for number in range(40)]

    def register(name: str) -> int:
        try:
            made = register_accounts(rows=rows, actor=actor(name, [Role.OPERATOR]))
            return sum(account is not None for account in made)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(register, ["ann", "bob", "ann", "bob"]))
    assert (sum(counts), Account.objects.count()) == (40, 40)
    assert Event.objects.filter(verb="account.registered").count() == 40
