"""Reading text: only plain data gets in, and every fault is named with its place."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iam_templates.reading import MAX_BYTES, MAX_DEPTH, ContentType, check_plain, read_declaration
from provisioning.core.errors import DeclarationError

TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def faults(text: str, content_type: ContentType = "yaml") -> list[tuple[str, str]]:
    with pytest.raises(DeclarationError) as refused:
        read_declaration(text, content_type)
    return [(reason.pointer, reason.message) for reason in refused.value.reasons]


def pointers(text: str, content_type: ContentType = "yaml") -> list[str]:
    return [pointer for pointer, _ in faults(text, content_type)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2012-10-17", "2012-10-17"),
        ("on", "on"),
        ("no", "no"),
        ("0123", "0123"),
        ("012345678901", "012345678901"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("10", 10),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("true", True),
        ("~", None),
        ("", None),
        ("'10'", "10"),
        ('"true"', "true"),
        ("<<", "<<"),
    ],
)
def test_an_unquoted_word_is_what_yaml_1_2_takes_it_for(written: str, meant: Any) -> None:
    assert read_declaration(f"a: {written}", "yaml") == {"a": meant}


def test_keys_are_always_text() -> None:
    assert read_declaration("1: a\ntrue: b\n2012-10-17: c", "yaml") == {"1": "a", "true": "b", "2012-10-17": "c"}


def test_iam_variables_and_placeholders_pass_untouched() -> None:
    text = 'a: "arn:aws:iam::*:user/${aws:username}"\nb: "{{ x }}"'
    assert read_declaration(text, "yaml") == {"a": "arn:aws:iam::*:user/${aws:username}", "b": "{{ x }}"}


def test_syntax_errors_say_line_and_column() -> None:
    assert "line 2, column 2" in faults("a: [1\nb: 2")[0][1]
    assert "line 1, column 8" in faults('{"a":1,}', "json")[0][1]


@pytest.mark.parametrize("text", ["", "  \n", "# only a remark", "---", "text", "- a", "3"])
def test_what_is_no_map_is_refused(text: str) -> None:
    assert pointers(text) == [""]


def test_aliases_anchors_and_tags_are_each_refused_at_their_place() -> None:
    found = faults("a: &x {b: 1}\nc: *x\nd: !!str 3\ne: !python/object:os.system {}\n")
    assert [pointer for pointer, _ in found] == ["/a", "/c", "/d", "/e"]
    assert "line 2, column 4" in found[1][1]


def test_an_alias_bomb_is_refused_before_it_expands() -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"] + [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    assert len(faults("\n".join(lines))) > 20


def test_keys_that_are_there_twice_are_refused_in_yaml_and_json() -> None:
    assert pointers("a: 1\nb: {c: 1, c: 2}\na: 2") == ["/a", "/b/c"]
    assert pointers('{"a": {"b/c": 1, "b/c": 1}, "d": [{"e": 1, "e": 2}]}', "json") == ["/a/b~1c", "/d/0/e"]


@pytest.mark.parametrize("content_type", ["yaml", "json"])
def test_nesting_has_a_limit(content_type: ContentType) -> None:
    fine = '{"a":' + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "}"
    assert read_declaration(fine, content_type)
    for depth in (MAX_DEPTH + 1, 100_000):
        assert "deeper" in faults('{"a":' + "[" * depth + "]" * depth + "}", content_type)[0][1]


def test_size_has_a_limit_in_bytes() -> None:
    assert "bytes" in faults("a: " + "é" * (MAX_BYTES // 2))[0][1]
    assert read_declaration("a: " + "x" * (MAX_BYTES - 3), "yaml")


@pytest.mark.parametrize("number", ["1e999", "-1e999", ".inf", ".nan", "9" * 30, "9" * 5000])
def test_numbers_are_finite_and_fit_64_bits_in_yaml(number: str) -> None:
    assert pointers(f"a: [{number}]") == ["/a/0"]


@pytest.mark.parametrize("number", ["1e999", "-Infinity", "NaN", "9" * 30, "9" * 5000])
def test_numbers_are_finite_and_fit_64_bits_in_json(number: str) -> None:
    assert pointers(f'{{"a": [{number}]}}', "json") == ["/a/0"]


def test_nul_and_half_characters_are_refused_wherever_they_stand() -> None:
    assert pointers('{"a": "\\u0000", "b": "\\ud800", "c\\udfff": 1}', "json") == ["/a", "/b", "/c\\udfff"]
    assert pointers('a: "\\0"') == ["/a"]
    assert pointers("a: \ud800") == [""]
    assert pointers("a: \x00") == [""]


@pytest.mark.parametrize("mark", ["\\u202e", "\\u2066", "\\u200f", "\\n", "\\u001b", "\\u0085"])
def test_names_that_would_be_shown_as_something_else_are_refused(mark: str) -> None:
    (found,) = pointers(f'{{"resources": {{"a{mark}b": 1}}}}', "json")
    assert found.startswith("/resources/a\\")


def test_a_second_document_is_refused() -> None:
    assert "second" in faults("a: 1\n---\nb: 2")[0][1]


def test_a_key_that_is_a_list_is_refused() -> None:
    assert pointers("? [a, b]\n: 1") == [""]


def test_what_came_another_way_is_checked_alike() -> None:
    assert check_plain({"a": [1, "x", None, {"b": True}]}, "parameters") == ()
    found = check_plain({"a": [1, "\x00"], "b": float("nan"), "\u202e": 2**70}, "parameters")
    assert [reason.pointer for reason in found] == [
        "/parameters/a/1",
        "/parameters/b",
        "/parameters/\\u202e",
        "/parameters/\u202e",
    ]


plain_text = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=TURNING))
names = st.text(st.characters(categories=["L", "N"]), min_size=1)
data = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | plain_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(names, data, max_size=4))
def test_every_plain_json_document_is_read_as_it_is(document: dict[str, Any]) -> None:
    assert read_declaration(json.dumps(document), "json") == document


@given(st.text())
def test_no_text_makes_the_reader_fall_over(text: str) -> None:
    for content_type in ("yaml", "json"):
        try:
            assert isinstance(read_declaration(text, content_type), dict)  # type: ignore[arg-type]
        except DeclarationError as error:
            assert error.reasons
