"""The shape of a declaration, and what can be known of it without an account."""

from typing import Any

import pytest

from iam_templates.contribution import contribution
from iam_templates.declaration import check_declaration, parse_declaration
from iam_templates.mode import ModeConfig, mode_reasons, read_mode
from iam_templates.parameters import given_reasons
from iam_templates.schema import schema
from provisioning.core.desired import ClosedScope, DesiredAccount, DesiredItem, Mode, Origin
from provisioning.core.errors import DeclarationError, Reason
from tests.core.fake_kind import FakeKind, Thing


class StrictThing(FakeKind):
    """Refuses what a real kind would refuse: text that is no owner, and members that are no list."""

    def parse(self, name: str, declared: Any, context: Any) -> Thing:
        reasons = []
        if "owner" in declared and not str(declared["owner"]).isalpha():
            reasons.append(Reason("/owner", "must be letters"))
        if not isinstance(declared.get("members", []), list | dict):
            reasons.append(Reason("/members", "must be a list"))
        if reasons:
            raise DeclarationError(reasons)
        return super().parse(name, declared, context)


KINDS = {"fake.thing": StrictThing()}
ORIGIN = Origin("alpha", 1, "a1", "ann")
FACTS = {
    "account_id": "111122223333",
    "account_name": "one",
    "environment": "dev",
    "ou_path": "/x",
    "partition": "aws",
    "owner_team": "core",
}


def things(**items: Any) -> dict[str, Any]:
    return {"resources": {"fake.thing": items}}


def faults(content: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(DeclarationError) as refused:
        check_declaration(content, KINDS)
    return {reason.pointer: reason.message for reason in refused.value.reasons}


def test_a_declaration_in_order_is_read() -> None:
    content = things(One={"owner": "{{ who }}"}) | {
        "description": "d",
        "parameters": {"who": {"type": "string", "default": "ann"}},
        "closed": {"fake.thing": {"path": "/team/"}},
    }
    found = check_declaration(content, KINDS)
    assert found.closed["fake.thing"].path == "/team/"
    assert found.used == {"who"}


@pytest.mark.parametrize(
    ("content", "where"),
    [
        pytest.param({}, ["/resources"], id="nothing declared"),
        pytest.param({"resources": {}}, ["/resources"], id="no resources"),
        pytest.param(things(One={}) | {"extras": 1}, ["/extras"], id="unknown field"),
        pytest.param(things(One={}) | {"absent": {}}, ["/absent"], id="absent comes later"),
        pytest.param(things(One={}) | {"checks": {}}, ["/checks"], id="checks are a list"),
        pytest.param({"resources": {"iam.cat": {"A": {}}}}, ["/resources/iam.cat"], id="unknown kind"),
        pytest.param(
            things(One={}) | {"closed": {"iam.cat": {"path": "/"}}}, ["/closed/iam.cat"], id="unknown closed kind"
        ),
        pytest.param(things(One=None), ["/resources/fake.thing/One"], id="an item is a map"),
        pytest.param({"resources": []}, ["/resources"], id="resources are a map"),
        pytest.param(things(**{"x" * 129: {}}), [f"/resources/fake.thing/{'x' * 129}"], id="name too long"),
        pytest.param(things(**{"": {}}), ["/resources/fake.thing/"], id="name empty"),
        pytest.param(things(One={}, one={}), ["/resources/fake.thing/one"], id="one name to AWS"),
        pytest.param(things(One={"owner": "{{ x }}"}), ["/resources/fake.thing/One/owner"], id="unknown name"),
        pytest.param(
            things(One={"owner": "3", "members": 3}, Two={"members": 4}),
            [
                "/resources/fake.thing/One/members",
                "/resources/fake.thing/One/owner",
                "/resources/fake.thing/Two/members",
            ],
            id="everything the kind says",
        ),
        pytest.param(
            things(One={}) | {"closed": {"fake.thing": {"path": "team", "deep": 1}}},
            ["/closed/fake.thing/deep", "/closed/fake.thing/path"],
            id="a path has slashes at both ends",
        ),
        pytest.param(
            things(One={}) | {"absent": 1, "extras": 1, "resources": {"iam.cat": {"A": 1}}},
            ["/absent", "/extras", "/resources/iam.cat", "/resources/iam.cat/A"],
            id="all at once",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_pointer(content: dict[str, Any], where: list[str]) -> None:
    assert sorted(faults(content)) == where


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    assert "fake.thing" in faults({"resources": {"iam.cat": {}}})["/resources/iam.cat"]


def test_items_are_read_even_where_something_around_them_is_refused() -> None:
    content = things(One={"owner": "4"}) | {"absent": {}, "colours": 1}
    content["resources"]["iam.cat"] = {}
    assert {"/absent", "/colours", "/resources/iam.cat", "/resources/fake.thing/One/owner"} <= faults(content).keys()


def test_what_comes_later_is_called_so() -> None:
    assert "not yet supported" in faults(things(One={}) | {"absent": {}})["/absent"]


@pytest.mark.parametrize(
    ("parameter", "where"),
    [
        ({"type": "cat", "default": "x"}, "/parameters/p/type"),
        ({"type": "string"}, "/parameters/p"),
        ({"type": "string", "required": True, "default": "x"}, "/parameters/p"),
        ({"type": "string", "default": 3}, "/parameters/p/default"),
        ({"type": "string", "default": "x*"}, "/parameters/p/default"),
        ({"type": "decimal", "default": 10}, "/parameters/p/default"),
        ({"type": "decimal", "default": "1e3"}, "/parameters/p/default"),
        ({"type": "integer", "default": "3"}, "/parameters/p/default"),
        ({"type": "integer", "default": True}, "/parameters/p/default"),
        ({"type": "boolean", "default": "yes"}, "/parameters/p/default"),
        ({"type": "account_id", "default": 111122223333}, "/parameters/p/default"),
        ({"type": "email", "default": "ann"}, "/parameters/p/default"),
        ({"type": "arn", "default": "x"}, "/parameters/p/default"),
        ({"type": "names", "default": ["ann", "Ann"]}, "/parameters/p/default"),
        ({"type": "names", "default": "ann"}, "/parameters/p/default"),
        ({"type": "names", "default": ["a*"]}, "/parameters/p/default"),
        ({"type": "string", "required": True, "example": 3}, "/parameters/p/example"),
        ({"type": "decimal", "default": "1", "by_environment": {"prod": "x"}}, "/parameters/p/by_environment/prod"),
        ({"type": "decimal", "default": "1", "by_environment": {"moon": "1"}}, "/parameters/p/by_environment/moon"),
        ({"type": "decimal", "default": "1", "allow_wildcards": True}, "/parameters/p"),
        ({"type": "string", "default": "x", "secret": True}, "/parameters/p/secret"),
    ],
)
def test_a_parameter_is_refused_with_its_pointer(parameter: dict[str, Any], where: str) -> None:
    assert where in faults(things(One={}) | {"parameters": {"p": parameter}})


@pytest.mark.parametrize("name", ["Big", "1st", "a-b", "account_id", ""])
def test_a_parameter_has_a_plain_name_that_no_fact_has(name: str) -> None:
    assert faults(things(One={}) | {"parameters": {name: {"type": "string", "default": "x"}}})


def test_items_are_read_with_the_values_of_every_environment() -> None:
    parameter = {"type": "string", "default": "ann", "by_environment": {"prod": "4", "dev": "ben"}}
    found = faults(things(One={"owner": "{{ p }}"}) | {"parameters": {"p": parameter}})
    assert found == {"/resources/fake.thing/One/owner": "must be letters (with the values of environment prod)"}


def test_a_required_value_is_stood_in_for_by_its_example() -> None:
    content = things(One={"owner": "{{ p }}"}) | {"parameters": {"p": {"type": "arn", "required": True}}}
    assert faults(content)
    content["parameters"] = {"p": {"type": "string", "required": True, "example": "ann"}}
    assert check_declaration(content, KINDS)


def test_the_schema_knows_every_kind() -> None:
    found = schema(KINDS)
    assert found["properties"]["resources"]["properties"]["fake.thing"]["additionalProperties"] == {"type": "object"}
    assert found["additionalProperties"] is False
    assert "Parameter" in found["$defs"]


# -- one assignment of one account -----------------------------------------------------------------------------------

TEMPLATE: dict[str, Any] = things(One={"owner": "{{ who }}", "members": "{{ admins }}"}) | {
    "parameters": {
        "who": {"type": "string", "default": "ann", "by_environment": {"prod": "pia"}},
        "admins": {"type": "names", "required": True},
    },
    "closed": {"fake.thing": {"path": "/"}},
}


def contributed(given: dict[str, Any], mode: dict[str, Any] | None = None, **facts: str) -> DesiredAccount:
    declaration = parse_declaration(TEMPLATE, KINDS)
    return contribution(declaration, given, read_mode(mode or {}), {**FACTS, **facts}, ORIGIN, KINDS)


def test_an_assignment_is_rendered_with_its_values_and_origin() -> None:
    assert contributed({"admins": ["ann"]}) == DesiredAccount(
        (DesiredItem("fake.thing", "One", {"owner": "ann", "members": ["ann"]}, Mode.OBSERVE, (ORIGIN,)),),
        (ClosedScope("fake.thing", "/", (ORIGIN,)),),
    )


def test_the_assignments_value_wins_over_the_environments_and_that_over_the_default() -> None:
    def owner(given: dict[str, Any], environment: str) -> Any:
        return contributed(given | {"admins": []}, environment=environment).items[0].declared["owner"]

    assert owner({}, "dev") == "ann"
    assert owner({}, "prod") == "pia"
    assert owner({"who": "cem"}, "prod") == "cem"


def test_given_values_are_checked_against_their_types() -> None:
    parameters = parse_declaration(TEMPLATE, KINDS).parameters
    found = {reason.pointer for reason in given_reasons(parameters, {"who": "a?", "else": 1})}
    assert found == {"/parameters/who", "/parameters/else", "/parameters/admins"}


def test_an_environment_without_a_value_is_named() -> None:
    content = things(One={"owner": "{{ p }}"}) | {
        "parameters": {"p": {"type": "string", "by_environment": {"prod": "ann"}}}
    }
    declaration = parse_declaration(content, KINDS)
    with pytest.raises(DeclarationError) as refused:
        contribution(declaration, {}, ModeConfig(), FACTS, ORIGIN, KINDS)
    assert refused.value.reasons[0].pointer == "/parameters/p"


def test_a_fact_that_could_widen_a_policy_is_refused_where_it_is_used() -> None:
    declaration = parse_declaration(things(One={"owner": "{{ account_name }}"}), KINDS)
    with pytest.raises(DeclarationError):
        contribution(declaration, {}, ModeConfig(), {**FACTS, "account_name": "any*"}, ORIGIN, KINDS)
    assert contribution(declaration, {}, ModeConfig(), {**FACTS, "owner_team": "any*"}, ORIGIN, KINDS)


# -- modes -----------------------------------------------------------------------------------------------------------


def test_the_narrowest_mode_holds() -> None:
    mode = {"default": "observe", "kinds": {"fake.thing": "enforce"}, "items": {"fake.thing/one": "observe"}}
    assert contributed({"admins": []}, mode).items[0].mode == Mode.OBSERVE
    del mode["items"]
    assert contributed({"admins": []}, mode).items[0].mode == Mode.ENFORCE
    assert contributed({"admins": []}).items[0].mode == Mode.OBSERVE


@pytest.mark.parametrize(
    ("mode", "where"),
    [
        ("enforce", "/mode"),
        ({"default": "enforce_and_prune"}, "/mode/default"),
        ({"default": "cat"}, "/mode/default"),
        ({"default": None}, "/mode/default"),
        ({"default": ["observe"]}, "/mode/default"),
        ({"kind": {}}, "/mode/kind"),
        ({"kinds": []}, "/mode/kinds"),
        ({"kinds": {"iam.cat": "enforce"}}, "/mode/kinds/iam.cat"),
        ({"kinds": {"fake.thing": "enforce_and_prune"}}, "/mode/kinds/fake.thing"),
        ({"items": {"fake.thing/Two": "enforce"}}, "/mode/items/fake.thing~1Two"),
        ({"items": {"One": "enforce"}}, "/mode/items/One"),
        ({"items": {"fake.thing/ONE": "cat"}}, "/mode/items/fake.thing~1ONE"),
        ({"items": "x"}, "/mode/items"),
    ],
)
def test_a_mode_is_refused_with_its_pointer(mode: Any, where: str) -> None:
    found = mode_reasons(mode, {"fake.thing": {"One": {}}}, KINDS)
    assert [reason.pointer for reason in found] == [where]


def test_pruning_is_called_not_yet_supported() -> None:
    (reason,) = mode_reasons({"default": "enforce_and_prune"}, {}, KINDS)
    assert "not yet supported" in reason.message


def test_items_with_a_rendered_name_may_be_named_as_they_will_be() -> None:
    found = mode_reasons({"items": {"fake.thing/x-dev": "enforce"}}, {"fake.thing": {"x-{{ environment }}": {}}}, KINDS)
    assert found == []
