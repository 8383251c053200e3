"""Teams and roles over REST: nobody raises themselves, nobody gives more than they hold, somebody owns the fleet."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from access.models import RoleBinding, Team
from history.models import Event
from tests.access.test_tokens import bearer, session
from tests.people import bind, person, token

pytestmark = pytest.mark.django_db

BINDINGS, TEAMS = "/api/v1/role-bindings", "/api/v1/teams"


@pytest.fixture
def owner() -> User:
    return person("oscar", "owner")


@pytest.fixture
def eve() -> User:
    return person("eve")


def give(client: APIClient, role: str, scope: str = "fleet", user: str = "eve", **fields: Any) -> Any:
    return client.post(BINDINGS, {"user": user, "role": role, "scope": scope, **fields})


def test_owner_gives_a_role_and_takes_it_away(owner: User, eve: User) -> None:
    client = session(owner)
    answer = give(client, "operator", "ou:/workloads")
    assert answer.status_code == 201
    assert answer.json() | {"user": "eve", "scope": "ou:/workloads", "granted_by": "oscar"} == answer.json()
    assert session(eve).get("/api/v1/me").json()["grants"] == [{"role": "operator", "scope": "ou:/workloads"}]
    assert client.get(answer["Location"]).status_code == 200
    assert client.delete(answer["Location"]).status_code == 204
    assert session(eve).get("/api/v1/me").json()["grants"] == []
    told = (
        Event.objects.filter(subject="eve", verb__startswith="role.")
        .order_by("id")
        .values_list("actor", "verb", "detail__scope")
    )
    assert list(told) == [("oscar", "role.granted", "ou:/workloads"), ("oscar", "role.withdrawn", "ou:/workloads")]


def test_nobody_gives_themselves_a_role(owner: User) -> None:
    for asker in (owner, User.objects.create_superuser("root")):
        for role in ("viewer", "approver", "owner"):
            assert give(session(asker), role, user=asker.username).status_code == 403
    assert not RoleBinding.objects.exclude(granted_by="test").exists()


@pytest.mark.parametrize("role", ["viewer", "operator", "approver", "baseline_author", "security_admin"])
def test_only_owners_give_roles(eve: User, role: str) -> None:
    assert give(session(person("someone", role)), "viewer").status_code == 403


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ("team:payments", 201),
        ("team:search", 403),
        ("fleet", 403),
        ("ou:/", 403),
        ("environment:dev", 403),
        ("account:000000000001", 403),
    ],
)
def test_teams_owner_gives_roles_on_the_team_alone(eve: User, scope: str, status: int) -> None:
    Team.objects.bulk_create([Team(name="payments"), Team(name="search")])
    lead = session(person("lead", "owner", scope="team:payments"))
    assert give(lead, "owner", scope).status_code == status


def test_owner_of_an_ou_gives_roles_at_it_and_below(eve: User) -> None:
    lead = session(person("lead", "owner", scope="ou:/workloads"))
    asked = {"ou:/workloads": 201, "ou:/workloads/dev": 201, "ou:/work": 403, "ou:/workloads2": 403, "ou:/": 403}
    assert {scope: give(lead, "viewer", scope).status_code for scope in asked} == asked


def test_owners_narrow_token_gives_no_roles(owner: User, eve: User) -> None:
    bind(owner, "viewer")
    assert give(bearer(token("oscar", "viewer")), "viewer").status_code == 403
    assert give(bearer(token("oscar", "owner", scope="ou:/a")), "viewer", "ou:/").status_code == 403
    assert give(bearer(token("oscar", "owner", scope="ou:/a")), "viewer", "ou:/a").status_code == 201


def test_last_owner_of_the_fleet_stays(owner: User) -> None:
    own = f"{BINDINGS}/{RoleBinding.objects.get().pk}"
    refused = session(owner).delete(own)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_owner")
    second = person("olive", "owner")
    User.objects.filter(pk=second.pk).update(is_active=False)
    assert session(owner).delete(own).status_code == 409
    User.objects.filter(pk=second.pk).update(is_active=True)
    assert session(owner).delete(own).status_code == 204


def test_role_of_ones_own_may_be_given_up(eve: User) -> None:
    binding = bind(eve, "approver", "team:payments")
    assert session(eve).delete(f"{BINDINGS}/{binding.pk}").status_code == 204


def test_bindings_of_others_are_not_there(owner: User, eve: User) -> None:
    theirs = RoleBinding.objects.get(user=owner)
    own = bind(eve, "viewer")
    client = session(eve)
    assert [one["id"] for one in client.get(BINDINGS).json()["results"]] == [own.pk]
    assert (
        client.get(f"{BINDINGS}/{theirs.pk}").status_code,
        client.delete(f"{BINDINGS}/{theirs.pk}").status_code,
    ) == (
        404,
        404,
    )
    lead = person("lead", "owner", scope="ou:/workloads")
    below = bind(eve, "operator", "ou:/workloads/dev")
    shown = {one["id"] for one in session(lead).get(BINDINGS).json()["results"]}
    assert shown == {below.pk, RoleBinding.objects.get(user=lead).pk}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"user": "nobody"}, 400),
        ({"scope": "team:ghosts"}, 400),
        ({"scope": "planet"}, 400),
        ({"role": "king"}, 400),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 400),
        ({"granted_by": "me"}, 400),
    ],
)
def test_wrong_field_is_named(owner: User, eve: User, fields: dict[str, Any], status: int) -> None:
    answer = session(owner).post(BINDINGS, {"user": "eve", "role": "viewer", "scope": "fleet", **fields})
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert (answer.status_code, pointers) == (status, [f"/{next(iter(fields))}"])


def test_same_role_is_not_given_twice(owner: User, eve: User) -> None:
    assert [give(session(owner), "viewer").status_code for _ in range(2)] == [201, 409]


def test_team_is_made_shown_to_its_people_and_ended_when_nobody_holds_a_role_on_it(owner: User, eve: User) -> None:
    client = session(owner)
    assert client.post(TEAMS, {"name": "payments", "description": "Cards"}).status_code == 201
    assert client.post(TEAMS, {"name": "payments"}).status_code == 409
    assert client.post(TEAMS, {"name": "No Name"}).status_code == 400
    client.post(TEAMS, {"name": "search"})
    binding = give(client, "viewer", "team:payments")
    assert [one["name"] for one in session(eve).get(TEAMS).json()["results"]] == ["payments"]
    assert session(eve).get(f"{TEAMS}/search").status_code == 404
    assert session(eve).delete(f"{TEAMS}/payments").status_code == 403
    assert client.delete(f"{TEAMS}/payments").status_code == 409
    client.delete(binding["Location"])
    assert client.delete(f"{TEAMS}/payments").status_code == 204
    assert not Team.objects.filter(pk="payments").exists()


def test_owner_of_a_team_makes_no_teams() -> None:
    assert session(person("lead", "owner", scope="team:payments")).post(TEAMS, {"name": "x"}).status_code == 403
