"""Every page and button of the admin × role × scope, on real rows. A page that is not in the table fails."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import reverse

from access.roles import ALLOWED, Role
from tests.access.admin_table import BUTTONS, DJANGOS, PAGES, About, page_names
from tests.access.world import ROLES, SCOPES, World, build_world
from tests.people import bind, person

pytestmark = pytest.mark.django_db

SHOWN, DONE, REFUSED, FORBIDDEN, MISSING = "shown", "done", "refused with a message", "forbidden", "missing"


@pytest.fixture
def world(settings: Any) -> World:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"discovery_account_id": "777766665555"})
    return build_world()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url_of(world: World, name: str) -> str:
    page = PAGES[name]
    args = [page.row(world.payments).pk, *page.more] if page.row else []
    return reverse(f"admin:{name}", args=args)


def outcome(client: Client, world: World, name: str) -> tuple[str, bytes]:
    """What became of one request, whose effect is taken back."""
    with transaction.atomic():
        if PAGES[name].about in BUTTONS:
            answer: Any = client.post(url_of(world, name), PAGES[name].body(world))
        else:
            answer = client.get(url_of(world, name))
        transaction.set_rollback(True)
    told = {message.level_tag for message in get_messages(answer.wsgi_request)} if answer.status_code == 302 else set()
    if told:
        return (REFUSED if "error" in told else DONE), answer.content
    return {200: SHOWN, 403: FORBIDDEN, 404: MISSING}.get(answer.status_code, str(answer.status_code)), answer.content


MAY_BE_REFUSED = ("resume", "return", "_end", "request_approve", "request_retry", "request_resolve")
"""Not in the state for it, or not set up: said by a message to whoever may press."""


def expected(name: str, role: str, scope: str) -> set[str]:
    """What somebody with this role on this scope meets."""
    page = PAGES[name]
    holds, theirs, whole = page.need in ALLOWED[Role(role)], scope != "other", scope == "fleet"
    pressed = {DONE, REFUSED} if name.endswith(MAY_BE_REFUSED) else {DONE}
    match page.about:
        case About.LIST | About.EVERYBODYS_LIST | About.OWN_LIST | About.OWN | About.EVERYBODYS:
            return {SHOWN}
        case About.RECORD:
            return {SHOWN} if theirs else {MISSING}
        case About.BUTTON:
            return {MISSING} if not theirs else pressed if holds else {REFUSED}
        case About.WRONG_BUTTON | About.OTHERS_BUTTON:
            return {REFUSED} if theirs else {MISSING}
        case About.HIDDEN_BUTTON:
            return pressed if theirs and holds else {MISSING}
        case About.HIDDEN_FORM:
            return {SHOWN} if theirs and holds else {MISSING}
        case About.FLEET_BUTTON:
            return pressed if holds and whole else {REFUSED}
        case About.TEAM_BUTTON:
            return {MISSING} if not theirs else pressed if holds and whole else {REFUSED}
        case About.BINDING | About.BINDING_BUTTON:
            seen = {SHOWN} if page.about is About.BINDING else {DONE}
            return seen if role == Role.OWNER and theirs else {MISSING}
        case About.TOKEN | About.TOKEN_BUTTON | About.SECRET_BUTTON:
            met = {About.TOKEN: SHOWN, About.TOKEN_BUTTON: DONE, About.SECRET_BUTTON: REFUSED}[page.about]
            return {met} if role == Role.OWNER and whole else {MISSING}
        case About.FORM:
            return {SHOWN} if holds else {MISSING}
        case About.FLEET_FORM:
            return {SHOWN} if holds and whole else {MISSING}
        case About.SUPERUSERS:
            return {FORBIDDEN}
    raise AssertionError(page.about)


def test_every_page_is_in_the_table() -> None:
    assert page_names() - DJANGOS == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_each_role_on_each_scope_meets_what_the_table_says(world: World, name: str) -> None:
    wrong = []
    for (role, scope), user in world.people.items():
        found, content = outcome(signed_in(user), world, name)
        if found not in expected(name, role, scope):
            wrong.append((role, scope, expected(name, role, scope), found, content[:300]))
        if scope == "other":
            assert world.payments.marker.encode() not in content, (role, name)
            assert world.payments.drift.reason.encode() not in content, (role, name)
    assert not wrong


def test_nobody_else_meets_anything(world: World) -> None:
    nobody, outside = signed_in(world.nobody), signed_in(person("api-only", "owner", is_staff=False))
    for name in PAGES:
        found, content = outcome(nobody, world, name)
        allowed = {SHOWN} if PAGES[name].about is About.OWN else {FORBIDDEN, MISSING, REFUSED}
        assert found in allowed, name
        assert world.payments.marker.encode() not in content, name
        for outsider in (Client(), outside):
            answer = outsider.get(url_of(world, name))
            assert (answer.status_code, "/login/" in answer["Location"]) == (302, True), name


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.about is About.LIST])
def test_lists_show_the_rows_of_ones_own_scope_and_no_others(world: World, client: Client, name: str) -> None:
    row = PAGES[name.replace("changelist", "change")].row
    assert row is not None
    change = name.replace("changelist", "change")
    ours, theirs = (reverse(f"admin:{change}", args=[row(side).pk]).encode() for side in (world.payments, world.search))
    for role in ROLES:
        for scope in SCOPES:
            client.force_login(world.people[role, scope])
            shown = client.get(reverse(f"admin:{name}"), {"state": "all"} if "drift" in name else {}).content
            assert ((ours in shown), (theirs in shown)) == (scope != "other", scope != "own"), (role, scope)


def test_filters_and_lists_offer_no_words_of_others(world: World, client: Client) -> None:
    client.force_login(world.people["viewer", "own"])
    words = (b"only-search", b"because_search", b"because search", b"kind.search")
    for name in (name for name, page in PAGES.items() if page.about is About.LIST):
        shown = client.get(reverse(f"admin:{name}")).content
        assert not [word for word in words if word in shown], name


def test_verdict_filter_counts_only_what_is_seen(world: World, client: Client) -> None:
    client.force_login(world.people["viewer", "own"])
    shown = client.get(reverse("admin:accounts_account_changelist") + "?verdict=unknown").content.decode()
    assert "only-search" not in shown


def test_first_page_shows_only_what_the_reader_may_see(world: World, client: Client) -> None:
    client.force_login(world.people["viewer", "own"])
    shown = client.get(reverse("admin:index"))
    assert shown.context["account_count"] == 1
    assert [plan.account_id for plan, _ in shown.context["waiting"]] == [world.payments.account.pk]
    assert {event.account_id for event in shown.context["events"]} - {""} == {world.payments.account.pk}
    assert sum(shown.context["drift_counts"].values()) == 1
    assert "only-search" not in shown.content.decode()


def test_buttons_are_shown_where_they_may_be_pressed(world: World, client: Client) -> None:
    both = person("both", "viewer", scope="team:payments")
    bind(both, "operator", "team:search")
    client.force_login(both)
    pages = {
        side.account.pk: client.get(reverse("admin:accounts_account_change", args=[side.account.pk])).content.decode()
        for side in (world.payments, world.search)
    }
    assert "Look now" not in pages[world.payments.account.pk]
    assert "Look now" in pages[world.search.account.pk]
    assert "Pause all writes" not in client.get(reverse("admin:index")).content.decode()


def test_page_without_narrowing_would_be_found(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.admin_site.visible", lambda queryset, actor, *, through: queryset)
    for name in ("accounts_account", "provisioning_planrecord"):
        with pytest.raises(AssertionError):
            test_lists_show_the_rows_of_ones_own_scope_and_no_others(world, client, f"{name}_changelist")
        with pytest.raises(AssertionError):
            test_each_role_on_each_scope_meets_what_the_table_says(world, f"{name}_change")


def test_token_is_made_and_rotated_with_its_secret_shown_once(world: World, client: Client) -> None:
    client.force_login(world.people["operator", "own"])
    body = {"name": "laptop", "grants": ["operator on team:payments"], "days": 5, "allowed_cidrs": "192.0.2.0/24"}
    made = client.post(reverse("admin:token_make"), body)
    token = world.people["operator", "own"].tokens.get()
    assert f"fl_{token.key_id}.".encode() in made.content and "no-store" in made["Cache-Control"]
    rotated = client.post(reverse("admin:token_rotate", args=[token.pk]))
    token.refresh_from_db()
    assert f"fl_{token.rotated_to}.".encode() in rotated.content and "no-store" in rotated["Cache-Control"]
    again = client.post(reverse("admin:token_rotate", args=[token.pk]))
    assert "rotated already" in str(list(get_messages(again.wsgi_request))[-1])
    wider = client.post(reverse("admin:token_make"), {**body, "grants": ["owner on fleet"]})
    assert b"Select a valid choice" in wider.content


def test_owner_makes_a_team_gives_a_role_and_takes_it_away(world: World, client: Client) -> None:
    client.force_login(world.people["owner", "fleet"])
    assert client.post(reverse("admin:team_make"), {"name": "fresh", "description": ""}).status_code == 302
    given = {"user": "newcomer", "role": "viewer", "scope": "team:fresh"}
    assert client.post(reverse("admin:role_give"), given).status_code == 302
    (binding,) = world.newcomer.role_bindings.all()
    client.post(reverse("admin:role_withdraw", args=[binding.pk]))
    assert not world.newcomer.role_bindings.exists()
    oneself = {**given, "user": "owner-fleet"}
    assert b"Nobody gives themselves a role" in client.post(reverse("admin:role_give"), oneself).content
    beyond = {**given, "scope": "moon"}
    assert b"write fleet" in client.post(reverse("admin:role_give"), beyond).content


def test_last_owner_is_neither_switched_off_nor_deleted_and_names_stay(client: Client, db: None) -> None:
    root = User.objects.create_superuser("root")
    client.force_login(root)
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    url = reverse("admin:auth_user_change", args=[root.pk])
    for fields in ({"is_active": "on", "is_staff": "on"}, {"is_superuser": "on", "is_staff": "on"}):
        assert b"Nobody else owns the fleet" in client.post(url, {**fields, **joined}).content
    assert client.post(reverse("admin:auth_user_delete", args=[root.pk]), {"post": "yes"}).status_code == 403
    eve = person("eve", "owner")
    client.post(reverse("admin:auth_user_change", args=[eve.pk]), {"username": "root2", "is_active": "on", **joined})
    assert User.objects.get(pk=eve.pk).username == "eve"
    root.refresh_from_db()
    assert root.is_active and root.is_superuser
