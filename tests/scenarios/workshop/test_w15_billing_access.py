"""W15: IAM access to billing, which no API shows: a person's word counts until its date, or until it was turned."""

from datetime import timedelta

import pytest

from provisioning.models.attestation import today
from tests.scenarios.firstline import Firstline
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
BASELINE = """
resources:
  billing_access: {activated: true}
  iam.group:
    Billing: {attached_policies: [Billing]}
"""
MISSING = ("billing_access/account", "missing", "person")


def attest(firstline: Firstline, activated: bool = True) -> None:
    word = {
        "account_id": DEV,
        "kind": "billing_access",
        "value": {"activated": activated},
        "statement": "Seen on the Account page",
        "evidence": "https://wiki.example.com/root-sign-ins/17",
        "review_on": (today() + timedelta(days=200)).isoformat(),
    }
    firstline.post(firstline.person("rosa", "security_admin"), "attestations", word, 201)


def test_the_switch_waits_for_a_word_and_again_when_somebody_turned_it(firstline: Firstline) -> None:
    firstline.managed()
    firstline.keep("billing", BASELINE)
    firstline.until(lambda: firstline.verdict(DEV) == ("attention", "needs_a_person"), "a person to be asked for")
    assert firstline.drift() == {MISSING}, "the group Billing is ours to make, the switch is not"
    assert "arn:aws:iam::aws:policy/job-function/Billing" in str(firstline.sandbox.state(DEV)["groups"]["Billing"])
    attest(firstline)
    firstline.until_in_sync(DEV)
    a_turn_that_failed_changes_nothing(firstline)
    a_turn_ends_the_word(firstline)
    attest(firstline, activated=False)
    firstline.until(lambda: firstline.drift() == {("billing_access/account activated", "changed", "person")}, "drift")
    attest(firstline)
    firstline.until_in_sync(DEV)


def a_turn_that_failed_changes_nothing(firstline: Firstline) -> None:
    firstline.sandbox.turn_billing_access(DEV, error="AccessDenied")
    firstline.look(DEV)
    assert firstline.verdict(DEV) == ("in_sync", "")


def a_turn_ends_the_word(firstline: Firstline) -> None:
    firstline.sandbox.turn_billing_access(DEV)
    firstline.look(DEV)
    firstline.look(DEV)
    assert firstline.verdict(DEV) == ("attention", "needs_a_person")
    (row,) = firstline.rows("drift", account=DEV, state="open")
    assert row["reason"] == "turned_after_attested"
    (told,) = firstline.rows("history", account=DEV, verb="billing_access.turned")
    assert told["detail"]["by"] == "root"


def test_no_call_turns_the_switch(firstline: Firstline) -> None:
    firstline.managed()
    firstline.keep("billing", "resources: {billing_access: {activated: false}}")
    firstline.look(DEV)
    assert firstline.writes(DEV) == [] and not firstline.rows("plans", account=DEV)
