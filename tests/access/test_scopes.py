"""Scopes: what they cover, what lies within them, and that the database agrees."""

import itertools
from collections.abc import Iterable

import pytest

from access.policy import covered, visible
from access.roles import ALLOWED, Actor, Grant, Permission, Role, actor
from access.scopes import ENVIRONMENTS, FLEET, Scope, ScopeKind, parse_scope
from accounts.models import Account
from tests import factories

PLACES = ["/", "/a", "/a/b", "/ab", "/a%", "/a_/b", "/A"]
SCOPES = [
    FLEET,
    *(Scope(ScopeKind.OU, path) for path in PLACES),
    Scope(ScopeKind.ENVIRONMENT, "dev"),
    Scope(ScopeKind.TEAM, "payments"),
    Scope(ScopeKind.ACCOUNT, "000000000003"),
]


@pytest.fixture
def accounts(db: None) -> list[Account]:
    kinds = itertools.product(PLACES, ["dev", "prod"], ["payments", "search", ""])
    return [
        factories.account(f"{number:012d}", ou_path=path, environment=environment, owner_team=team)
        for number, (path, environment, team) in enumerate(kinds)
    ]


def ids(accounts: Iterable[Account]) -> set[str]:
    return {account.account_id for account in accounts}


def test_environments_are_those_of_accounts() -> None:
    assert list(ENVIRONMENTS) == Account.Environment.values


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("fleet", {"/", "/a", "/a/b", "/ab", "/a%", "/a_/b", "/A"}),
        ("ou:/", {"/", "/a", "/a/b", "/ab", "/a%", "/a_/b", "/A"}),
        ("ou:/a", {"/a", "/a/b"}),
        ("ou:/a/b", {"/a/b"}),
        ("ou:/a%", {"/a%"}),
        ("ou:/a_", {"/a_/b"}),
    ],
)
def test_ou_covers_itself_and_whole_segments_below(accounts: list[Account], scope: str, expected: set[str]) -> None:
    assert {account.ou_path for account in accounts if parse_scope(scope).covers(account)} == expected


@pytest.mark.parametrize("scopes", [*itertools.combinations(SCOPES, 1), *itertools.combinations(SCOPES, 2), ()])
def test_database_finds_what_the_scopes_cover(accounts: list[Account], scopes: tuple[Scope, ...]) -> None:
    expected = {account.account_id for account in accounts if any(scope.covers(account) for scope in scopes)}
    assert ids(Account.objects.filter(covered(scopes))) == expected


@pytest.mark.parametrize(("outer", "inner"), [*itertools.product(SCOPES, SCOPES)])
def test_what_a_scope_contains_it_covers(accounts: list[Account], outer: Scope, inner: Scope) -> None:
    if outer.contains(inner):
        assert all(outer.covers(account) for account in accounts if inner.covers(account))


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_scope_is_written_and_read_alike(scope: Scope) -> None:
    assert parse_scope(str(scope)) == scope


@pytest.mark.parametrize(
    "text",
    [
        *("", "Fleet", "fleet:x", "ou", "ou:", "ou:a", "ou:/a/", "ou://", "ou:/a\n", "ou:/a\u202e", "ou:/" + "a" * 512),
        *("environment:live", "team:", "team:A b", "account:1", "account:٠٠٠٠٠٠٠٠٠٠٠٠", "account:0000000000011"),
        "user:ann",
    ],
)
def test_text_that_names_no_scope_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_scope(text)


def test_actor_sees_what_any_grant_covers_and_no_more(accounts: list[Account]) -> None:
    both = Actor("ann", frozenset({_viewer("team:payments"), Grant(Role.APPROVER, parse_scope("ou:/a"))}))
    seen = visible(Account.objects.all(), both)
    assert ids(seen) == {one.account_id for one in accounts if both.may(Permission.VIEW, one)}
    approvable = visible(Account.objects.all(), both, Permission.APPROVE)
    assert {account.ou_path for account in approvable} == {"/a", "/a/b"}
    assert not visible(Account.objects.all(), both, Permission.OPERATE).exists()


def test_limit_narrows_what_is_held(accounts: list[Account]) -> None:
    held, limit = frozenset({_viewer("team:payments")}), frozenset({_viewer("environment:dev")})
    limited = Actor("ann", held, limit)
    seen = list(visible(Account.objects.all(), limited))
    assert seen and {(one.owner_team, one.environment) for one in seen} == {("payments", "dev")}
    assert ids(seen) == {one.account_id for one in accounts if limited.may(Permission.VIEW, one)}
    assert not limited.may_over(Permission.VIEW, parse_scope("environment:dev"))


def test_nobody_without_a_grant_may_anything(accounts: list[Account]) -> None:
    nobody = Actor("nobody")
    assert not any(nobody.may(permission) or nobody.may_everywhere(permission) for permission in Permission)
    assert not visible(Account.objects.all(), nobody).exists()


def test_only_the_fleet_holds_the_whole_fleet() -> None:
    everything_below_the_root = actor("ann", [Role.OWNER], parse_scope("ou:/"))
    assert everything_below_the_root.may(Permission.PAUSE)
    assert not everything_below_the_root.may_everywhere(Permission.PAUSE)
    assert actor("ann", [Role.OWNER]).may_everywhere(Permission.PAUSE)


def test_every_role_but_the_owner_lacks_something_and_all_may_look() -> None:
    assert all(Permission.VIEW in held for held in ALLOWED.values())
    assert {role for role, held in ALLOWED.items() if held == frozenset(Permission)} == {Role.OWNER}
    assert ALLOWED[Role.BASELINE_AUTHOR] == {Permission.VIEW, Permission.AUTHOR}


def _viewer(scope: str) -> Grant:
    return Grant(Role.VIEWER, parse_scope(scope))
