"""Asking for a hand-over in the admin: the form asks the same service as REST, and shows refusals at their field."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from provisioning.core.desired import DesiredAccount, DesiredItem, Mode
from provisioning.models import HandOver, Ownership
from provisioning.services.set_desired_state import set_desired_state
from tests import factories
from tests.people import person

pytestmark = pytest.mark.django_db
ASKED = {"user": "dora", "what": "password", "reader": "rita"}


@pytest.fixture
def account() -> Account:
    """dora is declared there and ours, and rita may read."""
    account = factories.account()
    item = DesiredItem("iam.user", "dora", {"console_access": "expected"}, Mode.ENFORCE, (factories.origin(),))
    set_desired_state(account_id=account.pk, desired=DesiredAccount((item,)), by="ann")
    Ownership.objects.create(account=account, kind="iam.user", name="dora", identity="dora", how="created")
    person("rita", "viewer")
    return account


@pytest.fixture
def sam(client: Client) -> Client:
    client.force_login(person("sam", "security_admin", is_staff=True))
    return client


def form_of(account: Account) -> str:
    return reverse("admin:accounts_account_hand_over", args=[account.pk])


def test_security_admin_asks_and_is_led_to_the_hand_over(sam: Client, account: Account) -> None:
    page = sam.get(reverse("admin:accounts_account_change", args=[account.pk])).content.decode()
    assert form_of(account) in page
    answer = sam.post(form_of(account), ASKED)
    assert answer.status_code == 302, answer.context["form"].errors
    row = HandOver.objects.get()
    assert answer["Location"] == reverse("admin:provisioning_handover_change", args=[row.pk])
    assert (row.user_name, row.what, row.reader, row.requested_by) == ("dora", "password", "rita", "sam")


def test_what_is_wrong_stands_at_its_field_and_nothing_is_asked_for(sam: Client, account: Account) -> None:
    answer = sam.post(form_of(account), {**ASKED, "user": "nobody", "reader": "<b>x</b>"})
    form = answer.context["form"]
    assert {"user", "reader"} <= form.errors.keys() and not HandOver.objects.exists()
    assert b"<b>x</b>" not in answer.content


def test_operator_has_no_such_page(client: Client, account: Account) -> None:
    client.force_login(person("otto", "operator", is_staff=True))
    assert client.get(form_of(account)).status_code == 404
    assert (
        form_of(account).encode() not in client.get(reverse("admin:accounts_account_change", args=[account.pk])).content
    )
