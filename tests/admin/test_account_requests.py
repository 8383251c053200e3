"""Account requests in the admin: decided by what was seen; and the command, which takes the same rules."""

from io import StringIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.messages import get_messages
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.account_request import AccountRequest
from accounts.models import Account
from tests import factories
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def set_up(settings: LazySettings) -> None:
    update = {"management_account_id": "777766665555", "organization_id": "o-a1b2c3d4e5", "external_id": "x" * 16}
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update=update)


@pytest.fixture
def row() -> AccountRequest:
    return factories.account_request("payments", Account(environment="dev", ou_path="/workloads/dev"))


def press(client: Client, row: AccountRequest, button: str, **more: str) -> str:
    body = {"since": row.state_since.isoformat(), "comment": "read", **more}
    answer = client.post(reverse(f"admin:account_request_{button}", args=[row.pk]), body)
    row.refresh_from_db()
    return str(list(get_messages(answer.wsgi_request))[-1])


def page(client: Client, row: AccountRequest) -> str:
    return client.get(reverse("admin:accounts_accountrequest_change", args=[row.pk])).content.decode()


def test_reviewer_approves_what_they_saw(client: Client, row: AccountRequest) -> None:
    client.force_login(person("paula", "approver"))
    shown = page(client, row)
    assert ">Approve<" in shown and "payments@example.com" in shown and ">Cancel the request<" not in shown
    assert "changed since" in press(client, row, "approve", since="yesterday") and row.state == "requested"
    assert "vending worker" in press(client, row, "approve") and (row.state, row.comment) == ("approved", "read")


def test_who_asked_sees_why_they_may_not_approve(client: Client, row: AccountRequest) -> None:
    client.force_login(person("rita", "owner"))
    shown = page(client, row)
    assert "somebody else must approve it" in shown and ">Approve<" not in shown
    assert "somebody else" in press(client, row, "approve") and row.state == "requested"
    press(client, row, "cancel")
    assert row.state == "cancelled"


def test_way_on_is_shown_with_its_button(client: Client, row: AccountRequest) -> None:
    client.force_login(person("olga", "owner"))
    told = {"failure": "account_limit_exceeded", "message": "Ask for more.", "way_on": "retry"}
    AccountRequest.objects.update(state="failed", **told)
    assert all(text in page(client, row) for text in ("Ask for more.", ">Retry as it is<", "then retry it"))
    press(client, row, "retry")
    assert row.state == "approved"
    AccountRequest.objects.update(state="in_doubt")
    assert ">Resolve<" in page(client, row)
    assert "12 digits" in press(client, row, "resolve", account_id="4")
    press(client, row, "resolve", account_id="")
    assert (row.state, row.failure) == ("failed", "not_created")


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("account_request", *arguments, stdout=out)
    return out.getvalue()


def test_command_asks_lists_corrects_and_cancels(settings: Any) -> None:
    asked = command("ask", "--name", "new", "--email", "new@example.com", "--environment", "dev", "--ou-path", "/")
    row = AccountRequest.objects.get()
    assert str(row.pk) in asked and str(row.pk) in command("list")
    with pytest.raises(CommandError, match="somebody else"):
        command("approve", str(row.pk))
    AccountRequest.objects.update(state="failed")
    command("retry", str(row.pk), "--email", "better@example.com", "--tag", "cost=7")
    row.refresh_from_db()
    assert (row.email, row.tags) == ("better@example.com", {"cost": "7"})
    command("cancel", str(row.pk))
    assert str(row.pk) not in command("list")
    with pytest.raises(CommandError, match="/email"):
        command("ask", "--name", "new", "--environment", "dev")
