"""A kind of which an account has one is declared by its fields alone; users and groups agree on who is in what."""

from typing import Any

import jsonschema
import pytest

from iam_templates.declaration import check_declaration
from iam_templates.schema import schema
from provisioning.core.errors import DeclarationError
from provisioning.core.merge import MergeConflictError
from provisioning.kinds import all_kinds
from tests.factories import account
from tests.iam_templates.cast import assigned, published

KINDS = all_kinds()
ON, OFF = ({"resources": {"billing_access": {"activated": value}}} for value in (True, False))


def faults(content: Any) -> dict[str, str]:
    with pytest.raises(DeclarationError) as refused:
        check_declaration(content, KINDS)
    return {reason.pointer: reason.message for reason in refused.value.reasons}


def test_the_item_is_declared_without_a_name() -> None:
    assert check_declaration(ON, KINDS).resources["billing_access"] == {"account": {"activated": True}}


@pytest.mark.parametrize(
    ("written", "pointers"),
    [
        ({}, {"/resources/billing_access/activated"}),
        ({"activated": "yes"}, {"/resources/billing_access/activated"}),
        (
            {"account": {"activated": True}},
            {"/resources/billing_access/activated", "/resources/billing_access/account"},
        ),
        (True, {"/resources/billing_access"}),
        (None, {"/resources/billing_access"}),
        ([], {"/resources/billing_access"}),
        ({"activated": "{{ nope }}"}, {"/resources/billing_access/activated"}),
    ],
    ids=["nothing", "text", "with a name", "no map", "null", "list", "unknown placeholder"],
)
def test_pointers_lead_into_what_was_written(written: Any, pointers: set[str]) -> None:
    assert set(faults({"resources": {"billing_access": written}})) == pointers


def test_faults_of_an_item_are_told_beside_those_of_its_declaration() -> None:
    told = faults({"resources": {"billing_access": {}}, "extras": 1})
    assert set(told) == {"/extras", "/resources/billing_access/activated"}


def test_a_placeholder_gives_it_its_value() -> None:
    parameters = {"open": {"type": "boolean", "default": True}}
    assert check_declaration({**ON, "parameters": parameters}, KINDS)
    written = {"parameters": parameters, "resources": {"billing_access": {"activated": "{{ open }}"}}}
    assert check_declaration(written, KINDS)


def test_it_has_no_scope_to_close() -> None:
    assert "exactly one" in faults(ON | {"closed": {"billing_access": {"path": "/"}}})["/closed/billing_access"]


def test_the_published_schema_says_so_too() -> None:
    validator = jsonschema.Draft202012Validator(schema(KINDS))
    validator.validate(ON)
    for broken in ({"account": {"activated": True}}, {"activated": "text"}, {}, True):
        assert not validator.is_valid({"resources": {"billing_access": broken}})
    assert not validator.is_valid({"closed": {"billing_access": {"path": "/"}}})


@pytest.mark.django_db
def test_it_renders_and_two_baselines_that_differ_are_refused_by_name() -> None:
    one = account()
    assigned(published("on", ON), mode={"default": "enforce", "kinds": {"billing_access": "observe"}})
    one.desired.refresh_from_db()
    (item,) = one.desired.current.data["items"]
    assert (item["kind"], item["name"], item["declared"]) == ("billing_access", "account", {"activated": True})
    assert item["mode"] == "observe"
    with pytest.raises(MergeConflictError) as refused:
        assigned(published("off", OFF))
    (reason,) = refused.value.reasons
    assert reason.pointer == "/resources/billing_access/activated"
    assert "on v1" in reason.message and "off v1" in reason.message


TEAM = {"resources": {"iam.group": {"Team": {"members": ["ben"]}}}}
ANN = {"resources": {"iam.user": {"ann": {"groups": {"include": ["Team"]}}}}}


def test_users_and_groups_of_one_baseline_must_agree() -> None:
    both = {"resources": {**TEAM["resources"], **ANN["resources"]}}
    assert "Add ann there" in faults(both)["/resources/iam.user/ann/groups"]


@pytest.mark.django_db
def test_users_and_groups_of_two_baselines_must_agree_where_they_meet() -> None:
    account()
    assigned(published("people", ANN))
    with pytest.raises(MergeConflictError) as refused:
        assigned(published("teams", TEAM))
    (reason,) = refused.value.reasons
    assert reason.pointer == "/resources/iam.user/ann/groups"
    shared = {"resources": {"iam.group": {"Team": {"members": {"include": ["ann", "ben"]}}}}}
    assert assigned(published("both", shared))
