"""Drift and plans of people's credentials in the admin: whose they are, why, and where to read what to do."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from accounts.models import Account
from provisioning.core.plan import Plan
from tests import factories
from tests.admin.people import person
from tests.admin.test_actions import page
from tests.kinds.test_iam_access_keys import assessed, key, snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return factories.account(name="payments-dev")


@pytest.fixture
def viewer() -> User:
    return person("vera", "viewer")


@pytest.mark.parametrize(
    ("kind", "path", "reason", "words", "runbook"),
    [
        ("iam.mfa", "required[ann]", "mfa_not_enrolled", "has no MFA device", "runbooks/mfa.md#not-enrolled"),
        ("iam.user", "console_access", "first_password", "no plan makes one", "passwords.md#no-password-yet"),
        ("iam.role", "path", "immutable_field", "change this field", "drift-for-a-person.md#immutable-field"),
        ("billing_access", "", "not_attested", "No API reads this", "runbooks/billing-access.md"),
    ],
)
def test_a_persons_drift_says_why_and_names_its_runbook(
    client: Client, account: Account, viewer: User, kind: str, path: str, reason: str, words: str, runbook: str
) -> None:
    row = factories.drift(account, kind=kind, name="ann", path=path, remedy="person", reason=reason)
    shown = page(client, viewer, "provisioning_drift_change", row.pk)
    assert words in shown and runbook in shown


def test_a_drift_of_ours_names_no_runbook(client: Client, account: Account, viewer: User) -> None:
    row = factories.drift(account, kind="iam.access_keys", name="ann", path="allowed[ann/AKIA1]", remedy="auto")
    assert "docs/runbooks" not in page(client, viewer, "provisioning_drift_change", row.pk)


def test_a_plan_for_access_keys_shows_each_key_and_what_is_done_with_it(
    client: Client, account: Account, viewer: User
) -> None:
    there = snapshot(ann={"AKIAOLD": key(age=200), "AKIAGONE": key(inactive=20)})
    change = assessed(there, max_age_days=90, grace_days=14).items[0].change
    assert change is not None
    made = Plan(account.pk, (change,), ("first v1",))
    row = factories.plan(account, data=made.to_plain(), digest=made.digest, reasons=list(change.reasons))
    shown = page(client, viewer, "provisioning_planrecord_change", row.pk)
    for part in ("AKIAOLD", "AKIAGONE", "UpdateAccessKey", "DeleteAccessKey", "switches access keys off", "undone"):
        assert part in shown
