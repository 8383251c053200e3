"""Attesting in the admin: found on the account and its drift, asked field by field, withdrawn with a reason."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from provisioning.core.desired import DesiredAccount, DesiredItem, Mode
from provisioning.models import Attestation
from provisioning.models.attestation import today
from provisioning.services.set_desired_state import set_desired_state
from tests import factories
from tests.admin.people import person
from tests.admin.test_actions import page, post

pytestmark = pytest.mark.django_db
FORM = {"value.activated": "true", "statement": "Seen on the Account page", "evidence": "a screenshot, folder 7"}
ATTEST = "accounts_account_attest"


@pytest.fixture
def account() -> Account:
    made = factories.account(name="payments-dev")
    item = DesiredItem("billing_access", "account", {"activated": True}, Mode.ENFORCE, (factories.origin(),))
    set_desired_state(account_id=made.pk, desired=DesiredAccount((item,)), by="olga")
    return made


@pytest.fixture
def security() -> User:
    return person("rosa", "security_admin")


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def test_account_page_shows_what_is_declared_and_by_whom_it_is_attested(
    client: Client, account: Account, security: User
) -> None:
    shown = page(client, security, "accounts_account_change", account.pk)
    assert "What only people can tell" in shown and "by nobody" in shown
    assert reverse(f"admin:{ATTEST}", args=[account.pk, "billing_access"]) in shown
    factories.attestation(account, by="wanda", review_on=today() - timedelta(days=1))
    shown = page(client, security, "accounts_account_change", account.pk)
    assert "wanda" in shown and "lapsed" in shown


def test_form_asks_for_each_field_and_names_the_runbook(client: Client, account: Account, security: User) -> None:
    shown = page(client, security, ATTEST, account.pk, "billing_access")
    for part in ("Activated", "Declared: true", "docs/runbooks/billing-access.md", in_days(365)):
        assert part in shown


def test_attesting_stores_who_said_what(client: Client, account: Account, security: User) -> None:
    said = post(client, security, ATTEST, account.pk, "billing_access", **FORM, review_on=in_days(100))
    assert said.startswith("Attested.")
    row = Attestation.objects.get()
    assert (row.account, row.value, row.by, row.review_on.isoformat()) == (
        account,
        {"activated": True},
        "rosa",
        in_days(100),
    )


def test_form_that_is_not_filled_in_is_shown_again(client: Client, account: Account, security: User) -> None:
    client.force_login(security)
    url = reverse(f"admin:{ATTEST}", args=[account.pk, "billing_access"])
    answer = client.post(url, {"statement": "turned \u202e round"})
    assert answer.status_code == 200
    assert "printable" in answer.content.decode()
    assert not Attestation.objects.exists()


def test_what_the_service_refuses_is_told(client: Client, account: Account, security: User) -> None:
    said = post(client, security, ATTEST, account.pk, "billing_access", **FORM, review_on=in_days(500))
    assert "Give a date from" in said
    assert not Attestation.objects.exists()


def test_nobody_else_attests_and_nothing_that_looks_can_see(
    client: Client, account: Account, security: User, viewer: User
) -> None:
    client.force_login(viewer)
    url = reverse(f"admin:{ATTEST}", args=[account.pk, "billing_access"])
    assert (client.get(url).status_code, client.post(url, FORM).status_code) == (404, 404)
    assert "/attest/" not in page(client, viewer, "accounts_account_change", account.pk)
    client.force_login(security)
    assert client.get(url.replace("billing_access", "iam.role")).status_code == 404


def test_drift_page_leads_to_the_form_and_the_runbook(client: Client, account: Account, security: User) -> None:
    drift = factories.drift(
        account, kind="billing_access", name="account", identity="account", path="", remedy="person"
    )
    shown = page(client, security, "provisioning_drift_change", drift.pk)
    assert "docs/runbooks/billing-access.md" in shown and "/attest/billing_access/" in shown
    other = factories.drift(account, remedy="person", reason="user_does_not_exist")
    assert "/attest/" not in page(client, security, "provisioning_drift_change", other.pk)


def test_attestation_is_withdrawn_with_a_reason(client: Client, account: Account, security: User) -> None:
    row = factories.attestation(account)
    assert "Withdrawn" in post(client, security, "provisioning_attestation_withdraw", row.pk, reason="wrong account")
    row.refresh_from_db()
    assert (row.state, row.ended_by, row.ended_reason) == ("withdrawn", "rosa", "wrong account")
    assert "wrong account" in page(client, security, "provisioning_attestation_change", row.pk)
    assert "withdrawn already" in post(client, security, "provisioning_attestation_withdraw", row.pk, reason="again")


def test_viewer_can_not_withdraw(client: Client, account: Account, viewer: User) -> None:
    row = factories.attestation(account)
    post(client, viewer, "provisioning_attestation_withdraw", row.pk, reason="because")
    row.refresh_from_db()
    assert row.state == "in_force"


def test_list_finds_what_is_due(client: Client, account: Account, security: User) -> None:
    factories.attestation(account, by="anna", review_on=today() + timedelta(days=20))
    factories.attestation(factories.account(), by="bert")
    factories.attestation(factories.account(), by="cora", review_on=today() - timedelta(days=1))
    client.force_login(security)

    def found(review: str) -> set[str]:
        url = reverse("admin:provisioning_attestation_changelist")
        shown = client.get(url, {"review": review}).content.decode()
        return {name for name in ("anna", "bert", "cora") if name in shown}

    assert found("30") == {"anna", "cora"}
    assert found("lapsed") == {"cora"}
    assert found("in_force") == {"anna", "bert"}
    assert found("ended") == set()
