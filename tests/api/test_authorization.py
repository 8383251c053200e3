"""Every address, method and role: who is let in. An address that is not in the table fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from access.roles import ALLOWED, Permission, Role
from tests.api.conftest import As

ANYONE_SIGNED_IN = "anyone signed in"
VIEW, OPERATE, PAUSE, ASSIGN = Permission.VIEW, Permission.OPERATE, Permission.PAUSE, Permission.ASSIGN
ADMINISTER = Permission.ADMINISTER
AUTHOR, APPROVE, APPROVE_PRODUCTION = Permission.AUTHOR, Permission.APPROVE, Permission.APPROVE_PRODUCTION
ATTEST, HAND_OVER = Permission.ATTEST, Permission.HAND_OVER

TABLE: dict[str, dict[str, str]] = {
    "accounts": {"GET": VIEW, "POST": OPERATE},
    "accounts/bulk": {"POST": OPERATE},
    "accounts/<str:account_id>": {"GET": VIEW, "PATCH": OPERATE},
    "accounts/<str:account_id>/pause": {"POST": PAUSE},
    "accounts/<str:account_id>/resume": {"POST": PAUSE},
    "accounts/<str:account_id>/suspend": {"POST": OPERATE},
    "accounts/<str:account_id>/leave": {"POST": OPERATE},
    "accounts/<str:account_id>/return": {"POST": OPERATE},
    "accounts/<str:account_id>/looks": {"POST": OPERATE},
    "accounts/<str:account_id>/access-checks": {"POST": OPERATE},
    "accounts/<str:account_id>/desired-state": {"GET": VIEW},
    "accounts/<str:account_id>/snapshot": {"GET": VIEW},
    "account-requests": {"GET": VIEW, "POST": OPERATE},
    "account-requests/<uuid:pk>": {"GET": VIEW},
    "account-requests/<uuid:pk>/approve": {"POST": APPROVE},
    "account-requests/<uuid:pk>/reject": {"POST": APPROVE},
    "account-requests/<uuid:pk>/cancel": {"POST": OPERATE},
    "account-requests/<uuid:pk>/retry": {"POST": OPERATE},
    "account-requests/<uuid:pk>/resolve": {"POST": APPROVE},
    "accounts/<str:account_id>/hand-overs": {"POST": HAND_OVER},
    "hand-overs": {"GET": VIEW},
    "hand-overs/<uuid:pk>": {"GET": VIEW},
    "hand-overs/<uuid:pk>/approve": {"POST": APPROVE},
    "hand-overs/<uuid:pk>/reject": {"POST": APPROVE},
    "hand-overs/<uuid:pk>/withdraw": {"POST": VIEW},
    "hand-overs/<uuid:pk>/retire-old-key": {"POST": HAND_OVER},
    "hand-overs/<uuid:pk>/read": {"POST": VIEW},
    "accounts/<str:account_id>/access-findings": {"GET": VIEW},
    "access-verifications": {"GET": VIEW, "POST": OPERATE},
    "access-verifications/<uuid:pk>": {"GET": VIEW},
    "access-verifications/<uuid:pk>/accounts": {"GET": VIEW},
    "access-verifications/<uuid:pk>/csv": {"GET": VIEW},
    "discoveries": {"GET": VIEW, "POST": OPERATE},
    "discoveries/<uuid:pk>": {"GET": VIEW},
    "organisational-units": {"GET": VIEW},
    "runs": {"GET": VIEW, "POST": OPERATE},
    "runs/<uuid:pk>": {"GET": VIEW},
    "runs/<uuid:pk>/cancel": {"POST": OPERATE},
    "plans": {"GET": VIEW},
    "plans/<uuid:pk>": {"GET": VIEW},
    "plans/<uuid:pk>/approve": {"POST": APPROVE},
    "plans/<uuid:pk>/reject": {"POST": APPROVE},
    "adoptions": {"GET": VIEW, "POST": APPROVE},
    "drift": {"GET": VIEW},
    "drift/<int:pk>": {"GET": VIEW},
    "policy-checks": {"POST": VIEW},
    "attestations": {"GET": VIEW, "POST": ATTEST},
    "attestations/<uuid:pk>": {"GET": VIEW},
    "attestations/<uuid:pk>/withdraw": {"POST": ATTEST},
    "budget-statuses": {"GET": VIEW},
    "reports": {"GET": VIEW, "POST": OPERATE},
    "reports/<uuid:pk>": {"GET": VIEW, "PATCH": OPERATE},
    "reports/<uuid:pk>/preview": {"GET": VIEW},
    "reports/<uuid:pk>/send": {"POST": OPERATE},
    "reports/<uuid:pk>/end": {"POST": OPERATE},
    "fleet": {"GET": VIEW},
    "fleet/pause": {"POST": PAUSE},
    "fleet/resume": {"POST": PAUSE},
    "history": {"GET": VIEW},
    "history/<int:pk>": {"GET": VIEW},
    "schemas/baseline.v1.json": {"GET": VIEW},
    "baselines": {"GET": VIEW, "POST": AUTHOR},
    "baselines/validate": {"POST": VIEW},
    "baselines/<str:name>": {"GET": VIEW},
    "baselines/<str:name>/versions": {"GET": VIEW, "POST": AUTHOR},
    "baselines/<str:name>/versions/<int:number>": {"GET": VIEW, "PATCH": AUTHOR},
    "baselines/<str:name>/versions/<int:number>/publish": {"POST": AUTHOR},
    "baselines/<str:name>/versions/<int:number>/approve-production": {"POST": APPROVE_PRODUCTION},
    "selector-previews": {"POST": VIEW},
    "assignments": {"GET": VIEW, "POST": ASSIGN},
    "assignments/<uuid:pk>": {"GET": VIEW},
    "assignments/<uuid:pk>/move": {"POST": ASSIGN},
    "assignments/<uuid:pk>/end": {"POST": ASSIGN},
    "assignments/<uuid:assignment_id>/accounts": {"GET": VIEW},
    "me": {"GET": ANYONE_SIGNED_IN},
    "tokens": {"GET": ANYONE_SIGNED_IN, "POST": ANYONE_SIGNED_IN},
    "tokens/<str:key_id>": {"GET": ANYONE_SIGNED_IN},
    "tokens/<str:key_id>/rotate": {"POST": ANYONE_SIGNED_IN},
    "tokens/<str:key_id>/revoke": {"POST": ANYONE_SIGNED_IN},
    "teams": {"GET": VIEW, "POST": ADMINISTER},
    "teams/<str:name>": {"GET": VIEW, "DELETE": ADMINISTER},
    "role-bindings": {"GET": ANYONE_SIGNED_IN, "POST": ADMINISTER},
    "role-bindings/<int:pk>": {"GET": ANYONE_SIGNED_IN, "DELETE": ANYONE_SIGNED_IN},
    "schema": {"GET": ANYONE_SIGNED_IN},
    "docs": {"GET": ANYONE_SIGNED_IN},
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EXAMPLES = {
    "<str:account_id>": "000000000001",
    "<uuid:pk>": "00000000-0000-0000-0000-000000000001",
    "<uuid:assignment_id>": "00000000-0000-0000-0000-000000000001",
    "<int:pk>": "1",
    "<str:name>": "nothing",
    "<str:key_id>": "000000000000",
    "<int:number>": "1",
}


def routes() -> dict[str, URLPattern]:
    """Every pattern below /api/v1/."""
    (api,) = (part for part in get_resolver().url_patterns if str(part.pattern) == "api/v1/")
    return dict(_patterns(api, ""))


def _patterns(resolver: Any, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for part in resolver.url_patterns:
        route = prefix + str(part.pattern)
        if isinstance(part, URLResolver):
            yield from _patterns(part, route)
        else:
            yield route, part


def address(route: str) -> str:
    for pattern, example in EXAMPLES.items():
        route = route.replace(pattern, example)
    assert "<" not in route, f"give {route} an example"
    return f"/api/v1/{route}"


def answered(pattern: URLPattern) -> set[str]:
    """The methods a view has a handler for."""
    actions = getattr(pattern.callback, "actions", None)
    names = actions if actions is not None else dir(pattern.callback.cls)  # type: ignore[union-attr, attr-defined]
    return {method for method in METHODS if method.lower() in names}


def expected_roles(needed: str) -> set[Role]:
    return set(Role) if needed == ANYONE_SIGNED_IN else {role for role in Role if needed in ALLOWED[role]}


@pytest.fixture
def clients(as_: As) -> dict[str, APIClient]:
    return {"anonymous": APIClient(), **{role.value: as_(role.value) for role in Role}}


def test_every_address_and_method_is_in_the_table() -> None:
    found = {route: answered(pattern) for route, pattern in routes().items()}
    assert found == {route: set(methods) for route, methods in TABLE.items()}


@pytest.mark.parametrize("route", TABLE)
def test_each_role_is_let_in_where_the_table_says_so(clients: dict[str, APIClient], route: str) -> None:
    for method, needed in TABLE[route].items():
        allowed = expected_roles(needed)
        for who, client in clients.items():
            status = client.generic(method, address(route), b"{}", content_type="application/json").status_code
            if who == "anonymous":
                assert status == 401, (who, method)
            elif Role(who) in allowed:
                assert status in {200, 202, 400, 404, 409, 422}, (who, method, status)
            else:
                assert status == 403, (who, method)


@pytest.mark.parametrize("route", TABLE)
def test_other_methods_are_refused_for_everybody(clients: dict[str, APIClient], route: str) -> None:
    for method in set(METHODS) - set(TABLE[route]):
        for who, client in clients.items():
            answer = client.generic(method, address(route), b"{}", content_type="application/json")
            assert answer.status_code == (401 if who == "anonymous" else 405), (who, method)
            assert answer["Content-Type"] == "application/problem+json"


def test_person_without_a_role_sees_nothing_but_the_docs_and_what_is_their_own(django_user_model: Any) -> None:
    client = APIClient()
    client.force_login(django_user_model.objects.create_user("nobody"))
    for route, methods in TABLE.items():
        if "GET" in methods:
            expected = {200, 404} if methods["GET"] == ANYONE_SIGNED_IN else {403}
            assert client.get(address(route)).status_code in expected, route
