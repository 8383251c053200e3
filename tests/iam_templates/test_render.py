"""Placeholders: what may be put where, and what may not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iam_templates.render import placeholders, render
from provisioning.core.errors import DeclarationError

VALUES = {
    "limit": "10.50",
    "count": 3,
    "on": True,
    "admins": ["ann", "ben"],
    "account_id": "111122223333",
    "dollar": "$",
    "brace": "{aws:username}",
    "again": "{{ limit }}",
}


def rendered(value: Any, name: str = "One") -> Any:
    return render({"k": {name: {"f": value}}}, VALUES)["k"]


def faults(value: Any, name: str = "One") -> dict[str, str]:
    with pytest.raises(DeclarationError) as refused:
        rendered(value, name)
    return {reason.pointer: reason.message for reason in refused.value.reasons}


@pytest.mark.parametrize(
    ("written", "put"),
    [
        ("{{ limit }}", "10.50"),
        ("{{limit}}", "10.50"),
        ("{{ count }}", 3),
        ("{{ on }}", True),
        ("{{ admins }}", ["ann", "ben"]),
        ("at {{ limit }} USD", "at 10.50 USD"),
        ("{{ count }}{{ count }}", "33"),
        (" {{ on }}", " true"),
        ("arn:aws:iam::{{ account_id }}:user/${aws:username}", "arn:aws:iam::111122223333:user/${aws:username}"),
        ("{{ again }}", "{{ limit }}"),
        ("${aws:username}", "${aws:username}"),
        ("}} {x} {", "}} {x} {"),
        ({"a": ["{{ count }}", 1, None]}, {"a": [3, 1, None]}),
    ],
)
def test_a_placeholder_takes_its_value(written: Any, put: Any) -> None:
    assert rendered(written) == {"One": {"f": put}}


def test_names_of_resources_take_values_as_text() -> None:
    assert rendered(1, "budget-{{ count }}") == {"budget-3": {"f": 1}}
    assert rendered(1, "{{ count }}") == {"3": {"f": 1}}


@pytest.mark.parametrize(
    "written",
    [
        "{{ nobody }}",
        "{{ limit.upper }}",
        "{{ limit|upper }}",
        "{{ 1 + 1 }}",
        "{{ Limit }}",
        "{{ limit",
        "{{{ limit }}}",
        "{{ {{ limit }} }}",
        "{{ }}",
        "{{ limit }} {{ x y }}",
        "$" + "{{ brace }}",
        "{{ dollar }}{{ brace }}",
        "members: {{ admins }}",
        '{"Resource": "{{ limit }}"}',
    ],
)
def test_anything_else_in_braces_is_refused(written: str) -> None:
    assert list(faults(written)) == ["/resources/k/One/f"]


def test_the_message_for_an_unknown_name_lists_the_known_ones() -> None:
    assert "account_id, admins" in faults("{{ nobody }}")["/resources/k/One/f"]


def test_a_placeholder_in_another_key_is_refused() -> None:
    assert list(faults({"{{ limit }}": 1})) == ["/resources/k/One/f/{{ limit }}"]


def test_a_list_can_not_be_a_name() -> None:
    assert list(faults(1, "{{ admins }}")) == ["/resources/k/{{ admins }}"]


def test_two_names_that_become_one_are_refused() -> None:
    with pytest.raises(DeclarationError) as refused:
        render({"k": {"b-3": {}, "b-{{ count }}": {}}}, VALUES)
    assert [reason.pointer for reason in refused.value.reasons] == ["/resources/k/b-{{ count }}"]


def test_every_reason_is_given_at_once() -> None:
    assert list(faults(["{{ a }}", "fine", "{{ b }}"])) == ["/resources/k/One/f/0", "/resources/k/One/f/2"]


def test_a_parameter_that_may_hold_wildcards_may_bring_a_variable() -> None:
    found = render({"k": {"One": {"f": "x/{{ free }}"}}}, {"free": "${aws:username}"}, ["free"])
    assert found == {"k": {"One": {"f": "x/${aws:username}"}}}


def test_the_names_in_use_are_found_wherever_they_stand() -> None:
    assert placeholders({"{{ a }}": ["{{ b }}", {"c": "x{{ d }}{{ e }}"}], "f": 1}) == frozenset("abde")


@given(st.text(alphabet='${}aws:x *?"\\'), st.text(alphabet="${}aws:{ "))
def test_no_value_makes_a_variable_that_the_author_did_not_write(value: str, around: str) -> None:
    if "{{" in around or "${" in value:
        return
    try:
        found = render({"k": {"One": {"f": f"{around}{{{{ v }}}}"}}}, {"v": value})["k"]["One"]["f"]
    except DeclarationError:
        return
    assert found.count("${") <= around.count("${")
