"""Every address and method × role × scope, on real rows. An address that is not in the tables fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from rest_framework.test import APIClient

from access.policy import scopes_of
from access.roles import ALLOWED, Permission, Role
from history.services.record import record
from tests.access.rest_table import CASES, IN, About, address_in, expected, new_account
from tests.access.world import ROLES, SCOPES, World, build_world
from tests.api.test_authorization import TABLE
from tests.people import bind, person, token

pytestmark = pytest.mark.django_db
LET_IN = {200, 201, 202, 204, 400, 409, 422}


@pytest.fixture
def world() -> World:
    return build_world()


def session(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def ask(client: APIClient, world: World, route: str, method: str) -> Any:
    """One request, whose effect is taken back."""
    with transaction.atomic():
        answer = client.generic(method, address_in(world, route), **_body(world, route, method))
        transaction.set_rollback(True)
    return answer


def _body(world: World, route: str, method: str) -> dict[str, Any]:
    if method in {"GET", "DELETE"}:
        return {}
    data, content_type = APIClient()._encode_data(CASES[route, method].body(world), "json", None)
    return {"data": data, "content_type": content_type, "HTTP_IF_MATCH": "*"}


def is_as(wanted: str | int, status: int) -> bool:
    return status in LET_IN if wanted == IN else status == wanted


def everybody(world: World) -> Iterator[tuple[str | None, str | None, User]]:
    yield None, None, world.nobody
    for (role, scope), user in world.people.items():
        yield role, scope, user


def test_every_address_and_method_says_what_it_is_about() -> None:
    assert set(CASES) == {(route, method) for route, methods in TABLE.items() for method in methods}


@pytest.mark.parametrize(("route", "method"), CASES, ids=lambda part: part)
def test_each_role_on_each_scope_is_answered_as_the_tables_say(world: World, route: str, method: str) -> None:
    wrong = []
    for role, scope, user in everybody(world):
        answer = ask(session(user), world, route, method)
        wanted = expected(route, method, role, scope)
        if not is_as(wanted, answer.status_code):
            wrong.append((role, scope, wanted, answer.status_code, answer.content[:200]))
        if scope == "other" and CASES[route, method].about is not About.PLACE:
            assert world.payments.marker.encode() not in answer.content, (role, scope)
    assert not wrong


@pytest.mark.parametrize(("route", "method"), [one for one, case in CASES.items() if case.found])
def test_lists_hold_the_rows_of_ones_own_scope_and_no_others(world: World, route: str, method: str) -> None:
    field, key = CASES[route, method].found or ("", str)
    for role in ROLES:
        for scope in SCOPES:
            rows = session(world.people[role, scope]).get(f"/api/v1/{route}?limit=200").json()["results"]
            found = {row[field] for row in rows}
            assert (key(world.payments) in found) == (scope != "other"), (role, scope)
            assert (key(world.search) in found) == (scope != "own"), (role, scope)


@pytest.mark.parametrize("scope", ["own", "other"])
@pytest.mark.parametrize("role", ["viewer", "operator", "owner"])
def test_token_of_somebody_who_may_everything_is_held_to_its_own_grants(world: World, role: str, scope: str) -> None:
    person("root", "owner")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token('root', role, scope=SCOPES[scope])}")
    for route, method in CASES:
        answer = ask(client, world, route, method)
        assert is_as(expected(route, method, role, scope), answer.status_code), (route, method, answer.status_code)


def test_bulk_registers_the_rows_of_ones_own_scope_and_refuses_the_others(world: World) -> None:
    body = [{**new_account(f"{n}" * 12), "owner_team": team} for n, team in ((4, "payments"), (5, "search"), (6, ""))]
    answer = session(world.people["operator", "own"]).post("/api/v1/accounts/bulk", body).json()
    assert [row["outcome"] for row in answer["results"]] == ["created", "refused", "refused"]
    assert answer["results"][1]["errors"][0]["pointer"] == "/1"


@pytest.mark.parametrize("field", [{"owner_team": "search"}, {"owner_team": ""}])
def test_account_is_not_moved_out_of_ones_reach(world: World, field: dict[str, str]) -> None:
    url = f"/api/v1/accounts/{world.payments.account.pk}"
    assert session(world.people["operator", "own"]).patch(url, field).status_code == 403
    assert session(world.people["operator", "fleet"]).patch(url, field).status_code == 200


def test_account_is_not_moved_into_ones_reach(world: World) -> None:
    both = person("both", "operator", scope="ou:/search")
    bind(both, "viewer", "team:payments")
    url = f"/api/v1/accounts/{world.payments.account.pk}"
    assert session(both).patch(url, {"ou_path": "/search/dev"}).status_code == 403


@pytest.mark.parametrize(
    ("scope", "selector", "value", "status"),
    [
        ("environment:dev", "environment", "dev", 201),
        ("environment:dev", "environment", "prod", 403),
        ("environment:dev", "ou", "/payments", 403),
        ("ou:/payments", "ou", "/payments/dev", 201),
        ("ou:/payments", "ou", "/payments", 201),
        ("ou:/payments/dev", "ou", "/payments", 403),
        ("ou:/payments", "ou", "/", 403),
        ("ou:/payments", "environment", "dev", 403),
        ("ou:/payments", "account", "111111111111", 201),
        ("ou:/payments", "account", "222222222222", 403),
        ("ou:/payments", "account", "999999999999", 403),
        ("account:111111111111", "account", "111111111111", 201),
        ("fleet", "ou", "/", 201),
    ],
)
def test_assigning_needs_all_that_the_selector_reaches(
    world: World, scope: str, selector: str, value: str, status: int
) -> None:
    world.payments.assignment.delete()
    world.search.assignment.delete()
    body = {"baseline": "payments-baseline", "version": 1, "selector": selector, "value": value}
    answer = session(person("otto", "operator", scope=scope)).post("/api/v1/assignments", body)
    assert answer.status_code == status, answer.content


def test_assignment_is_seen_by_who_sees_an_account_it_reaches_with_that_part_of_its_count(world: World) -> None:
    wide = world.payments.assignment
    wide.selector, wide.value = "environment", "dev"
    wide.save()
    counts = {
        scope: session(world.people["viewer", scope]).get(f"/api/v1/assignments/{wide.pk}").json()["accounts"]
        for scope in SCOPES
    }
    assert counts == {"own": 1, "other": 1, "fleet": 2}
    reached = session(world.people["viewer", "other"]).get(f"/api/v1/assignments/{wide.pk}/accounts").json()["results"]
    assert [row["account_id"] for row in reached] == [world.search.account.pk]
    for verb in ("end", "move"):
        body = {"mode": {"default": "enforce"}} if verb == "move" else {}
        answer = session(world.people["operator", "own"]).post(
            f"/api/v1/assignments/{wide.pk}/{verb}", body, HTTP_IF_MATCH="*"
        )
        assert answer.status_code == 403


def test_fleet_counts_what_the_reader_may_see(world: World) -> None:
    shown = {scope: session(world.people["viewer", scope]).get("/api/v1/fleet").json() for scope in SCOPES}
    found = {
        scope: (one["accounts"], one["plans_waiting"], sum(one["open_drifts"].values())) for scope, one in shown.items()
    }
    assert found == {"own": (1, 1, 1), "other": (1, 1, 1), "fleet": (2, 2, 2)}


def test_history_without_an_account_is_for_who_audits_the_fleet_and_for_who_did_it(world: World) -> None:
    event = record(actor="viewer-own", verb="baseline.created", subject="x")
    answers = {
        (role, scope): session(user).get(f"/api/v1/history/{event.pk}").status_code
        for (role, scope), user in world.people.items()
    }
    seen = {who for who, status in answers.items() if status == 200}
    assert seen == {("viewer", "own"), ("security_admin", "fleet"), ("owner", "fleet")}


def test_every_permission_of_the_table_is_one_that_some_role_holds() -> None:
    needed = {need for methods in TABLE.values() for need in methods.values()} & {*Permission}
    assert all(any(need in ALLOWED[role] for role in Role) for need in needed)
    assert scopes_of([], Permission.VIEW) == frozenset()


def test_a_list_without_narrowing_would_be_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provisioning.views.acting.visible", lambda queryset, actor, permission, *, through: queryset)
    for route in ("accounts", "runs", "plans", "drift"):
        with pytest.raises(AssertionError):
            test_lists_hold_the_rows_of_ones_own_scope_and_no_others(world, route, "GET")
    for route in ("accounts/<str:account_id>", "plans/<uuid:pk>"):
        with pytest.raises(AssertionError):
            test_each_role_on_each_scope_is_answered_as_the_tables_say(world, route, "GET")
