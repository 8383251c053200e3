"""Records stay as they are, people's texts can't act, lists ask a bounded number of questions."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from access.models import Token
from access.roles import Role
from accounts.models import Account
from history.models import Event
from provisioning.core.desired import DesiredAccount, DesiredCheck, DesiredItem, Mode
from provisioning.models import Drift, FleetPause
from provisioning.services.set_desired_state import set_desired_state
from tests import factories
from tests.admin.fleet import Fleet
from tests.admin.people import person
from tests.admin.test_pages import LISTS, list_url, page_urls
from tests.people import token

pytestmark = pytest.mark.django_db

HOSTILE = '<img src=x onerror="alert(1)">\u202egnp.exe'


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("page", ["add", "delete", "history"])
def test_records_have_no_page_that_changes_them(name: str, page: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}_{page}", args=[] if page == "add" else [1])


def test_superuser_cannot_post_to_a_record(client: Client, fleet: Fleet) -> None:
    client.force_login(User.objects.create_superuser("root"))
    url = reverse("admin:accounts_account_change", args=[fleet.dev.pk])
    client.post(url, {"name": "mine", "_save": "Save"})
    assert Account.objects.get(pk=fleet.dev.pk).name == "payments-dev"


def test_staff_without_a_role_see_nothing(client: Client, fleet: Fleet) -> None:
    client.force_login(person("nobody"))
    index = client.get(reverse("admin:index")).content.decode()
    assert "You have no role yet" in index
    assert "payments" not in index
    lists = [client.get(list_url(name)).status_code for name in LISTS]
    pages = [client.get(url).status_code for name, url in page_urls(fleet).items() if name != "index"]
    assert (set(lists), set(pages)) == ({403}, {404})


def test_people_are_for_superusers(client: Client) -> None:
    url = reverse("admin:auth_user_changelist")
    staff = person("eve", *Role.values)
    staff.user_permissions.set(staff.user_permissions.model.objects.filter(content_type__app_label="auth"))
    client.force_login(staff)
    assert client.get(url).status_code == 403
    client.force_login(User.objects.create_superuser("root"))
    assert client.get(url).status_code == 200


def test_changing_a_person_is_in_the_history(client: Client) -> None:
    eve, root = person("eve"), User.objects.create_superuser("root")
    client.force_login(root)
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    fields = {"username": "eve", "is_active": "on", **joined}
    assert client.post(reverse("admin:auth_user_change", args=[eve.pk]), fields).status_code == 302
    event = Event.objects.get(verb="user.changed")
    assert (event.actor, event.subject) == ("root", "eve")


def test_token_is_listed_without_its_secret_or_hash(client: Client, viewer: User) -> None:
    secret = token("vera", "viewer", name="reports").partition(".")[2]
    client.force_login(viewer)
    row = Token.objects.get()
    for url in (list_url("access_token"), reverse("admin:access_token_change", args=[row.pk])):
        shown = client.get(url).content.decode()
        assert "reports" in shown
        assert secret not in shown
        assert row.digest not in shown


def test_owner_revokes_a_token_and_a_viewer_only_their_own(client: Client, viewer: User) -> None:
    for name in ("rita", "vera"):
        token(name, "viewer", name="reports")
    theirs, own = Token.objects.get(user__username="rita"), Token.objects.get(user=viewer)
    client.force_login(viewer)
    for one in (theirs, own):
        client.post(reverse("admin:token_revoke", args=[one.pk]))
    assert set(Token.objects.filter(revoked_at=None)) == {theirs}
    client.force_login(person("oscar", "owner"))
    client.post(reverse("admin:token_revoke", args=[theirs.pk]))
    assert not Token.objects.filter(revoked_at=None).exists()
    assert Event.objects.filter(verb="token.revoked", actor="oscar").exists()


def test_hostile_names_are_shown_and_do_nothing(client: Client, approver: User) -> None:
    account = factories.account(name=HOSTILE, owner_team=HOSTILE, ou_path=f"/{HOSTILE}", tags={HOSTILE: HOSTILE})
    account.pause_reason, account.paused = HOSTILE, True
    account.save()
    run = factories.run(account, message=HOSTILE, state="unreachable", outcome={"causes": [HOSTILE]})
    whole = {"path": HOSTILE, "members": [HOSTILE], "inline_policies": {HOSTILE: {"Statement": HOSTILE}}}
    drift = factories.drift(account, name=HOSTILE, path="", observed=None, desired=whole, origins=[HOSTILE])
    plan = factories.plan(account, requested_by=HOSTILE, authors=[HOSTILE], reasons=[HOSTILE])
    plan.data["changes"][0]["key"]["name"] = HOSTILE
    plan.data["changes"][0]["calls"][0]["params"] = {HOSTILE: HOSTILE}
    plan.save()
    FleetPause.objects.create(reason=HOSTILE, by=HOSTILE)
    Event.objects.create(actor=HOSTILE, verb="drift.opened", subject=HOSTILE, before=HOSTILE, at=timezone.now())
    token("ada", "approver")
    Token.objects.update(name=HOSTILE)
    client.force_login(approver)
    names = {"accounts_account": account, "provisioning_drift": drift, "provisioning_planrecord": plan}
    names |= {"provisioning_run": run, "history_event": Event.objects.filter(verb="drift.opened").first()}
    urls = [reverse(f"admin:{name}_change", args=[record.pk]) for name, record in names.items()]
    for url in (*urls, *map(list_url, LISTS), reverse("admin:index"), list_url("history_event") + "?actor=%3Cimg%3E"):
        shown = client.get(url).content.decode()
        assert "<img src=x" not in shown, url
        assert "\u202e" not in shown, url


@pytest.mark.parametrize("name", ["accounts_account", "provisioning_drift", "provisioning_planrecord"])
def test_longer_lists_ask_no_more_questions(name: str, client: Client, viewer: User, fleet: Fleet) -> None:
    client.force_login(viewer)
    short = queries(client, list_url(name))
    for number in range(20):
        account = factories.account(name=f"more {number}")
        factories.desired_state(account)
        factories.run(account)
        factories.drift(account)
        factories.plan(account)
    assert queries(client, list_url(name)) == short


def test_first_page_asks_no_more_questions_of_a_larger_fleet(client: Client, viewer: User, fleet: Fleet) -> None:
    client.force_login(viewer)
    before = queries(client, reverse("admin:index"))
    for _ in range(20):
        factories.plan(factories.account())
    assert queries(client, reverse("admin:index")) == before


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_accounts_are_found_by_their_verdict(client: Client, viewer: User, fleet: Fleet) -> None:
    client.force_login(viewer)
    drifted = client.get(list_url("accounts_account"), {"verdict": "drifted"}).content.decode()
    assert fleet.dev.pk in drifted
    assert fleet.prod.pk not in drifted


def test_first_page_counts_accounts_drift_and_plans(client: Client, viewer: User, fleet: Fleet) -> None:
    client.force_login(viewer)
    context = client.get(reverse("admin:index")).context
    counts = {tile.verdict.value: tile.count for tile in context["tiles"]}
    assert counts == {"in_sync": 0, "attention": 0, "drifted": 1, "unknown": 0, "unassigned": 1}
    assert context["drift_counts"] == {"auto": 2, "person": 2, "none": 0}
    assert [plan for plan, _ in context["waiting"]] == [fleet.plan]


def test_drift_list_shows_open_drift_unless_asked(client: Client, viewer: User, fleet: Fleet) -> None:
    Drift.objects.filter(pk=fleet.guard_drift.pk).update(state="resolved", resolved_at=timezone.now())
    client.force_login(viewer)
    url = list_url("provisioning_drift")
    assert "MfaGuard" not in client.get(url).content.decode()
    for state in ("resolved", "all"):
        assert "MfaGuard" in client.get(url, {"state": state}).content.decode()


def test_drift_list_is_cut_by_account_kind_and_reason(client: Client, viewer: User, fleet: Fleet) -> None:
    client.force_login(viewer)
    url = list_url("provisioning_drift")

    def names(**chosen: str) -> set[str]:
        return {drift.name for drift in client.get(url, chosen).context["cl"].result_list}

    assert names(reason="removal_not_supported_yet") == {"Backdoor"}
    assert names(kind="iam.policy") == {"MfaGuard"}
    assert names(account_id=fleet.dev.pk) == {"Backdoor", "Developers", "MfaGuard"}
    assert names(account_id=fleet.prod.pk) == set()
    assert names(account__environment__exact="prod") == set()


def test_plans_that_wait_come_first(client: Client, viewer: User, fleet: Fleet) -> None:
    client.force_login(viewer)
    plans = client.get(list_url("provisioning_planrecord")).context["cl"].result_list
    assert plans[0].pk == fleet.plan.pk


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("immutable_field", "declare the value that is there"),
        ("user_does_not_exist", "as an iam.user"),
        ("not_attested", "attest it with evidence"),
        ("protected", "never touches this resource"),
        ("other_dialect", "filter expressions"),
        ("removal_not_supported_yet", "remove it by hand"),
        ("a_reason_of_tomorrow", "a reason of tomorrow"),
    ],
)
def test_page_says_what_a_person_is_to_do(reason: str, said: str, client: Client, viewer: User, fleet: Fleet) -> None:
    drift = factories.drift(fleet.dev, remedy="person", reason=reason)
    client.force_login(viewer)
    assert said in client.get(reverse("admin:provisioning_drift_change", args=[drift.pk])).content.decode()


def test_unknown_record_is_not_found(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    wrong = [
        ("accounts_account", "1"),
        ("accounts_account", "\0"),
        ("provisioning_drift", "x"),
        ("provisioning_drift", "9" * 30),
        ("provisioning_planrecord", "not-a-uuid"),
    ]
    assert [client.get(reverse(f"admin:{name}_change", args=[key])).status_code for name, key in wrong] == [404] * 5


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "asked", ["account_id=%00", "reason=%00", "what=%00", "verdict=%00", "q=%00", "actor=%00", "p=x"]
)
def test_senseless_questions_break_no_list(name: str, asked: str, client: Client, viewer: User) -> None:
    client.force_login(viewer)
    assert client.get(f"{list_url(name)}?{asked}").status_code in {200, 302}


def test_admin_needs_no_migration_of_its_own() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_desired_state_shows_arns_and_checks(client: Client, fleet: Fleet) -> None:
    check = DesiredCheck("group", "Developers", ("iam:*",), ("*",), {}, "denied", name="Developers are no admins")
    item = DesiredItem("iam.group", "Developers", {"attached_policies": []}, Mode.ENFORCE, (factories.origin(),))
    desired = DesiredAccount((item,), checks=(check,))
    state = set_desired_state(account_id=fleet.dev.pk, desired=desired, by="ann")
    client.force_login(person("vera", "viewer"))
    page = client.get(reverse("admin:provisioning_desiredstate_change", args=[state.pk])).content.decode()
    assert f"arn:aws:iam::{fleet.dev.pk}:group/Developers" in page
    assert "Developers are no admins" in page and "may not" in page
