"""Onboarding in the admin: registering from a file, what became of access, setting aside, adopting."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from provisioning.models import AccessVerification, Decision, Run
from tests import factories
from tests.admin.fleet import Fleet
from tests.admin.test_actions import page, post
from tests.api.test_adoptions import adoption

pytestmark = pytest.mark.django_db
CSV = "account_id,name,environment\n000000000001,one,dev\n000000000002,=cmd,moon\n"


def upload(client: Client, user: User, text: str | bytes = CSV, **data: str) -> str:
    client.force_login(user)
    raw = text.encode() if isinstance(text, str) else text
    given = {"file": SimpleUploadedFile("accounts.csv", raw, "text/csv"), **data}
    return client.post(reverse("admin:accounts_register"), given).content.decode()


def test_a_file_is_tried_first_and_then_registered(client: Client, operator: User) -> None:
    tried = upload(client, operator, dry_run="on")
    assert "nothing was stored" in tried and "formula" in tried and not Account.objects.exists()
    assert "1 created" in upload(client, operator)
    assert Account.objects.get().registered_by == "oscar"


def test_a_file_that_is_no_csv_says_why(client: Client, operator: User) -> None:
    assert "not UTF-8" in upload(client, operator, b"account_id\n\xff\xff")
    assert "larger than" in upload(client, operator, "x" * 1_100_000)


def test_who_may_not_operate_has_no_form(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    assert client.get(reverse("admin:accounts_register")).status_code == 404
    assert "Register from a CSV file" not in page(client, viewer, "accounts_account_changelist")


def test_a_cell_with_html_is_shown_as_text(client: Client, operator: User) -> None:
    assert "<script>" not in upload(client, operator, "account_id,name,environment,<script>x\n1,2,3,4\n")


def test_an_account_is_suspended_with_a_reason_and_returns(client: Client, fleet: Fleet, operator: User) -> None:
    said = post(client, operator, "accounts_account_suspend", fleet.dev.pk, reason="closed by finance")
    assert said.startswith("Suspended")
    shown = page(client, operator, "accounts_account_change", fleet.dev.pk)
    assert "closed by finance" in shown and "Look now" not in shown
    assert post(client, operator, "accounts_account_suspend", fleet.dev.pk, reason="").startswith("reason: ")
    assert post(client, operator, "accounts_account_return", fleet.dev.pk, reason="paid").startswith("It is back")
    assert Account.objects.get(pk=fleet.dev.pk).state == "registered"
    assert post(client, operator, "accounts_account_leave", fleet.dev.pk, reason="sold").startswith("It has left")


@pytest.mark.parametrize("step", ["suspend", "leave", "return"])
def test_a_viewer_sets_nothing_aside(client: Client, fleet: Fleet, viewer: User, step: str) -> None:
    assert "may not" in post(client, viewer, f"accounts_account_{step}", fleet.dev.pk, reason="x")
    assert Account.objects.get(pk=fleet.dev.pk).state == "managed"


def test_an_account_that_awaits_its_role_says_so_with_all_it_may_be(client: Client, viewer: User) -> None:
    account = factories.account(state="awaiting_role", state_reason="cannot_enter", apply_role="denied")
    for kind, cause in (("check", "The look role does not exist."), ("check_apply", "The apply role does not exist.")):
        factories.run(account, kind=kind, state="unreachable", message="no", outcome={"causes": [cause]})
    shown = page(client, viewer, "accounts_account_change", account.pk)
    assert "It waits for its role" in shown and "be entered" in shown
    assert "The look role does not exist." in shown and "The apply role does not exist." in shown


def test_the_list_shows_states_and_filters_by_them(client: Client, viewer: User) -> None:
    factories.account("000000000001", state="awaiting_role")
    factories.account("000000000002", apply_role="denied")
    client.force_login(viewer)
    shown = client.get(reverse("admin:accounts_account_changelist"), {"state__exact": "awaiting_role"}).content.decode()
    assert "awaiting role" in shown and "000000000002" not in shown
    assert "observed only" in page(client, viewer, "accounts_account_changelist")


def choose(client: Client, *accounts: Account) -> Any:
    data = {"action": "verify_access", "_selected_action": [account.pk for account in accounts]}
    return client.post(reverse("admin:accounts_account_changelist"), data)


def test_access_of_chosen_accounts_is_verified_and_shown_as_a_table(client: Client, operator: User) -> None:
    one, two = factories.account(name="one"), factories.account(name="two")
    client.force_login(operator)
    answer = choose(client, one, two)
    made = AccessVerification.objects.get()
    assert answer["Location"] == reverse("admin:provisioning_accessverification_change", args=[made.pk])
    causes = {"causes": ["The role does not exist."]}
    Run.objects.filter(account=one).update(state="unreachable", message="no entry", outcome=causes)
    shown = client.get(answer["Location"]).content.decode()
    assert "no entry" in shown and "The role does not exist." in shown and "1 still wait" in shown
    table = client.get(reverse("admin:verification_csv", args=[made.pk]))
    assert table["Content-Type"].startswith("text/csv") and table.content.decode().count("no entry") == 2


def test_accounts_that_can_not_be_checked_leave_a_message(client: Client, operator: User) -> None:
    client.force_login(operator)
    answer = choose(client, factories.account(state="left"))
    assert "None of the" in str(list(get_messages(answer.wsgi_request))[-1])


def test_a_viewer_has_no_action(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    choose(client, factories.account())
    assert not AccessVerification.objects.exists()


def test_equal_adoptions_are_one_group_that_is_approved_as_shown(client: Client, approver: User) -> None:
    for number in (1, 2, 3):
        adoption(number)
    adoption(4, writes=True, requested_by="ada")
    shown = page(client, approver, "adoptions")
    assert "3 accounts would get exactly this: nothing is changed in AWS" in shown and "somebody else must" in shown
    (group,) = [part.partition('"')[0] for part in shown.split('name="group" value="')[1:]]
    assert "Approved in 3 accounts" in post(client, approver, "adoptions", group=group, comment="read it")
    assert Decision.objects.filter(by="ada", comment="read it").count() == 3


def test_a_group_that_changed_meanwhile_is_refused(client: Client, approver: User) -> None:
    adoption(1)
    (group,) = [one.partition('"')[0] for one in page(client, approver, "adoptions").split('name="group" value="')[1:]]
    adoption(2)
    assert "not what you saw" in post(client, approver, "adoptions", group=group)
    assert post(client, approver, "adoptions") == "Choose a group first."
    assert not Decision.objects.exists()


def test_who_may_not_approve_sees_groups_and_no_button(client: Client, viewer: User) -> None:
    adoption(1)
    shown = page(client, viewer, "adoptions")
    assert "1 account would get exactly this" in shown and "Approve the chosen" not in shown
    assert client.post(reverse("admin:adoptions"), {"group": "a:b"}).status_code == 404
