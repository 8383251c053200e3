"""Asking on an account's page what somebody may do, and a plan's page that shows what it does to checks."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.admin.people import person

pytestmark = pytest.mark.django_db
CHECK = {
    "check": "no writes",
    "before": "holds",
    "result": "fails",
    "newly_fails": True,
    "expected": "denied",
    "found": "allowed",
    "sentence": "Allowed: statement 1 of policy Writes allows s3:PutObject.",
    "missing": [],
    "answers": [],
}


@pytest.fixture
def client() -> Client:
    signed_in = Client()
    signed_in.force_login(person("vera", "viewer"))
    return signed_in


def test_the_form_offers_who_was_seen_and_answers_below_it(client: Client) -> None:
    account = factories.account()
    factories.snapshot(account)
    url = reverse("admin:accounts_account_permissions", args=[account.pk])
    assert url in client.get(reverse("admin:accounts_account_change", args=[account.pk])).content.decode()
    assert "role Reader" in client.get(url).content.decode()
    asked = {"principal": "role/Reader", "actions": "s3:GetObject\ns3:PutObject", "resources": "*"}
    shown = client.post(url, {**asked, "considers": "identity", "state": "observed"}).content.decode()
    assert "AWS policy AmazonS3ReadOnlyAccess allows s3:GetObject" in shown and "t allow s3:PutObject" in shown
    wrong = client.post(url, {**asked, "actions": "s3:*", "considers": "identity", "state": "observed"})
    assert "name one action" in wrong.content.decode()


def test_a_plan_shows_which_check_would_fail_because_of_it(client: Client) -> None:
    plan = factories.plan(factories.account(), checks=[CHECK])
    shown = client.get(reverse("admin:provisioning_planrecord_change", args=[plan.pk])).content.decode()
    assert "fails because of this plan" in shown and "policy Writes allows s3:PutObject" in shown


def test_a_check_that_fails_is_told_in_sentences(client: Client) -> None:
    asked = {
        "as": {"group": "Admins"},
        "actions": ["iam:CreateUser"],
        "resources": ["*"],
        "context": {"aws:MultiFactorAuthPresent": ["false"]},
        "considers": "identity",
        "expected": "denied",
    }
    sentence = "Allowed: statement 1 of <b>group</b> Admins, AWS policy AdministratorAccess allows iam:CreateUser."
    answer = {"action": "iam:CreateUser", "resource": "*", "decision": "allowed", "sentence": sentence}
    found = {"found": "allowed", "answers": [answer]}
    names = {"kind": "check", "name": "held back", "identity": "held back", "path": "", "type": "changed"}
    row = factories.drift(factories.account(), **names, desired=asked, observed=found)
    shown = client.get(reverse("admin:provisioning_drift_change", args=[row.pk])).content.decode()
    assert "Group Admins may not do this" in shown and "aws:MultiFactorAuthPresent = false" in shown
    assert "AWS policy AdministratorAccess allows iam:CreateUser" in shown and "<b>group</b>" not in shown
