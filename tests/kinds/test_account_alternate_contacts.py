"""Alternate contacts: each managed by itself, and people's data is masked."""

from typing import Any

import pytest

from provisioning.core.masking import without_addresses
from provisioning.core.plain import plain
from provisioning.core.snapshot import Snapshot
from provisioning.kinds.account_alternate_contacts import AlternateContactsKind
from tests.kinds.account_model import assessed, change, paths, snapshot
from tests.kinds.reconcile import refusals

KIND, NAME = AlternateContactsKind(), "account.alternate_contacts"
ANN = {"full_name": "Ann Example", "title": "Lead", "email": "ann@example.com", "phone": "+1 555 0100"}
SENT = {"Name": "Ann Example", "Title": "Lead", "EmailAddress": "ann@example.com", "PhoneNumber": "+1 555 0100"}


def contacts(**there: dict[str, str]) -> Snapshot:
    return snapshot(alternate_contacts={"contacts": [{"name": name, **one} for name, one in there.items()]})


def test_the_missing_contact_is_put_and_the_undeclared_one_stays() -> None:
    there = contacts(billing=ANN | {"title": "Boss"})
    assert change(assessed(NAME, "account", {"security": ANN}, there, owned=True))[1] == [
        ("PutAlternateContact", {"AlternateContactType": "SECURITY", **SENT})
    ]


def test_null_takes_one_away() -> None:
    there = contacts(billing=ANN)
    assert change(assessed(NAME, "account", {"billing": None}, there, owned=True))[1] == [
        ("DeleteAlternateContact", {"AlternateContactType": "BILLING"})
    ]
    assert paths(assessed(NAME, "account", {"operations": None}, there)) == {}


def test_nothing_there_is_created_and_somebody_elses_contacts_are_adopted() -> None:
    assert change(assessed(NAME, "account", {"security": ANN}, contacts()))[0] == "create"
    assert change(assessed(NAME, "account", {"security": ANN}, contacts(billing=ANN)))[0] == "adopt"


def test_white_space_that_aws_keeps_is_no_difference() -> None:
    padded = {key: f" {value} " for key, value in ANN.items()}
    assert paths(assessed(NAME, "account", {"security": ANN}, contacts(security=padded))) == {}


def test_history_holds_neither_name_nor_number_nor_address() -> None:
    (found,) = assessed(NAME, "account", {"security": ANN}, contacts()).findings
    kept = str(without_addresses(plain(found.difference)))
    assert not [part for part in ("Ann Example", "ann@", "0100") if part in kept] and "Lead" in kept


@pytest.mark.parametrize(
    ("declared", "pointers"),
    [
        ({}, {""}),
        ({"billing": {"full_name": "Ann"}}, {"/billing/title", "/billing/email", "/billing/phone"}),
        ({"billing": ANN | {"email": "no address"}}, {"/billing/email"}),
        ({"billing": ANN | {"phone": "call me"}}, {"/billing/phone"}),
        ({"billing": ANN | {"title": "x" * 51, "full_name": " "}}, {"/billing/title", "/billing/full_name"}),
    ],
)
def test_what_aws_would_refuse_is_refused(declared: dict[str, Any], pointers: set[str]) -> None:
    assert set(refusals(KIND, "account", declared)) == pointers
