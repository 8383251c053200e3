"""The published JSON Schema says what the reader says, as far as JSON Schema can; its file is fresh."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from iam_templates.declaration import check_declaration
from iam_templates.schema import schema, written
from provisioning.core.errors import DeclarationError
from provisioning.kinds import all_kinds

FILE = Path(settings.BASE_DIR) / "schemas" / "baseline.v1.json"
VALIDATOR = jsonschema.Draft202012Validator(schema(all_kinds()))
GROUP: dict[str, Any] = {"iam.group": {"Developers": {"members": {"include": ["ann"]}}}}
BUDGET: dict[str, Any] = {"type": "cost", "limit": {"amount": "10", "unit": "USD"}, "period": "monthly"}


def read(document: Any) -> bool:
    """Whether the reader takes it."""
    try:
        check_declaration(document, all_kinds())
    except DeclarationError:
        return False
    return True


def parameter(**fields: Any) -> dict[str, Any]:
    return {"resources": GROUP, "parameters": {"p": fields}}


def budget(**fields: Any) -> dict[str, Any]:
    return {"resources": {"budget": {"b": BUDGET | fields}}}


def group(**fields: Any) -> dict[str, Any]:
    return {"resources": {"iam.group": {"g": fields}}}


RIGHT = {
    "a group": {"resources": GROUP},
    "closed alone": {"closed": {"iam.role": {"path": "/"}}},
    "no items beside closed": {"resources": {"iam.group": {}}, "closed": {"iam.role": {"path": "/a/"}}},
    "placeholder for a list": group(members="{{ p }}") | {"parameters": {"p": {"type": "names", "default": ["a"]}}},
    "placeholder for a number": budget(limit={"amount": "{{ p }}", "unit": "USD"})
    | {"parameters": {"p": {"type": "decimal", "default": "1"}}},
    "required": parameter(type="email", required=True),
    "by environment alone": parameter(type="integer", by_environment={"prod": 3}),
    "wildcards": parameter(type="names", default=["a*"], allow_wildcards=True),
    "a user": {"resources": {"iam.user": {"ann": {"path": "/people/"}}}},
    "billing access": {"resources": {"billing_access": {"activated": True}}},
    "exclusive members": group(members=["ann", "ben"]),
}
WRONG = {
    "empty": {},
    "no resource": {"resources": {}},
    "a kind without items": {"resources": {"iam.group": {}}},
    "closed of nothing": {"closed": {}},
    "a list": [],
    "unknown field": {"resources": GROUP, "rules": 1},
    "later field": {"resources": GROUP, "absent": {"iam.role": ["x"]}},
    "unknown kind": {"resources": {"iam.planet": {"x": {}}}},
    "items as a list": {"resources": {"iam.group": ["x"]}},
    "an item without fields": {"resources": {"iam.group": {"x": None}}},
    "a name too long": {"resources": {"iam.group": {"x" * 129: {"path": "/"}}}},
    "an empty name": {"resources": {"iam.group": {"": {"path": "/"}}}},
    "unknown field of a kind": group(colour="red"),
    "text for a list": group(members="ann"),
    "numbers for names": group(members=[1]),
    "unknown binding": group(members={"exclude": ["ann"]}),
    "closed without path": {"closed": {"iam.role": {}}},
    "closed path": {"closed": {"iam.role": {"path": "x"}}},
    "closed unknown kind": {"closed": {"iam.planet": {"path": "/"}}},
    "closed of an only one": {"resources": GROUP, "closed": {"billing_access": {"path": "/"}}},
    "billing access as text": {"resources": {"billing_access": {"activated": "yes"}}},
    "billing access of nothing": {"resources": {"billing_access": {}}},
    "parameter name": {"resources": GROUP, "parameters": {"P": {"type": "string", "default": "x"}}},
    "parameter without type": parameter(default="x"),
    "parameter of unknown type": parameter(type="colour", default="red"),
    "parameter without value": parameter(type="string"),
    "parameter required with default": parameter(type="string", required=True, default="x"),
    "parameter required by environment": parameter(type="string", required=True, by_environment={"prod": "x"}),
    "parameter for an unknown environment": parameter(type="string", by_environment={"moon": "x"}),
    "integer as text": parameter(type="integer", default="1"),
    "decimal as number": parameter(type="decimal", default=10),
    "decimal with a comma": parameter(type="decimal", default="1,5"),
    "boolean as text": parameter(type="boolean", default="yes"),
    "account id too short": parameter(type="account_id", default="123"),
    "names as text": parameter(type="names", default="ann"),
    "text as number": parameter(type="string", default=1),
    "wrong example": parameter(type="integer", required=True, example="1"),
    "wrong by environment": parameter(type="integer", by_environment={"prod": "1"}),
    "wildcards for a number": parameter(type="integer", default=1, allow_wildcards=True),
    "budget without limit": {"resources": {"budget": {"b": {"type": "cost"}}}},
    "budget of unknown type": budget(type="savings"),
    "budget of unknown period": budget(period="hourly"),
    "description as a list": {"resources": GROUP, "description": ["x"]},
    "description too long": {"resources": GROUP, "description": "x" * 2001},
}
ONLY_THE_READER_SEES = {
    "one name twice, as IAM compares": {"resources": {"iam.group": {"Ann": {"path": "/"}, "ann": {"path": "/"}}}},
    "a placeholder nobody fills": group(members="{{ nobody }}"),
    "a placeholder of another type": group(members="{{ p }}")
    | {"parameters": {"p": {"type": "string", "default": "a"}}},
    "a fact's name": {"resources": GROUP, "parameters": {"environment": {"type": "string", "default": "x"}}},
    "a wildcard in a value": parameter(type="string", default="a*"),
    "an unknown managed policy": group(attached_policies=["NoSuchPolicyOfAws"]),
}
"""JSON Schema compares no two places of a document and knows no table of AWS."""


def test_the_file_in_the_repository_is_fresh() -> None:
    assert FILE.read_text() == written(all_kinds()), "run: make schemas"


def test_it_is_a_valid_schema_that_describes_each_field_of_the_declaration_and_of_every_kind() -> None:
    found = schema(all_kinds())
    jsonschema.Draft202012Validator.check_schema(found)
    fields = [*found["properties"].items(), *found["$defs"]["Parameter"]["properties"].items()]
    for kind in found["properties"]["resources"]["properties"].values():
        fields += (kind.get("additionalProperties") or kind).get("properties", {}).items()
    assert [name for name, field in fields if not _described(field)] == []


def _described(field: Any) -> bool:
    return isinstance(field, dict) and ("description" in field or any(map(_described, field.get("anyOf", []))))


@pytest.mark.parametrize("name", RIGHT)
def test_what_the_reader_takes_the_schema_takes(name: str) -> None:
    check_declaration(RIGHT[name], all_kinds())
    VALIDATOR.validate(RIGHT[name])


@pytest.mark.parametrize("name", WRONG)
def test_what_the_reader_refuses_the_schema_refuses(name: str) -> None:
    assert (isinstance(WRONG[name], dict) and read(WRONG[name]), VALIDATOR.is_valid(WRONG[name])) == (False, False)


@pytest.mark.parametrize("name", ONLY_THE_READER_SEES)
def test_what_json_schema_cannot_say_is_the_readers(name: str) -> None:
    document = ONLY_THE_READER_SEES[name]
    assert (read(document), VALIDATOR.is_valid(document)) == (False, True)


PARAMETERS = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "boolean", "string", "decimal", "account_id", "email"])},
    optional={
        "required": st.booleans(),
        "default": st.sampled_from([None, 1, True, "x", "1.5", "111122223333", [], {}]),
        "by_environment": st.dictionaries(
            st.sampled_from(["dev", "moon"]), st.sampled_from([1, "x", False]), max_size=1
        ),
        "allow_wildcards": st.booleans(),
        "other": st.just(1),
    },
)


@given(PARAMETERS)
def test_what_the_reader_takes_of_parameters_the_schema_takes_and_but_for_text_the_other_way_round(
    fields: dict[str, Any],
) -> None:
    document = parameter(**fields)
    taken = read(document)
    assert VALIDATOR.is_valid(document) or not taken
    if fields["type"] != "email":  # the schema does not tell addresses from other text
        assert taken == VALIDATOR.is_valid(document)
