"""Whether one pattern contains another, or can't meet it, is checked against every short text."""

import re
from functools import cache
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.core.policy_document.wildcard import Flavour, are_disjoint, contains, read_pattern

# "z" is in no pattern, so it stands for every other character.
TEXTS = tuple("".join(letters) for length in range(7) for letters in product("abz", repeat=length))
patterns = st.text(alphabet="ab*?", max_size=5)


@cache
def matched(pattern: str) -> frozenset[str]:
    expression = re.compile("".join({"*": ".*", "?": "."}.get(letter, letter) for letter in pattern))
    return frozenset(text for text in TEXTS if expression.fullmatch(text))


def is_contained(wide: str, narrow: str, flavour: Flavour = Flavour.RESOURCE) -> bool:
    return contains(read_pattern(wide, flavour, True), read_pattern(narrow, flavour, True))


@given(patterns, patterns)
def test_text_pattern_contains_another_exactly_when_it_matches_all_its_texts(wide: str, narrow: str) -> None:
    assert is_contained(wide, narrow, Flavour.TEXT) == (matched(narrow) <= matched(wide))


@given(patterns, patterns)
def test_patterns_that_match_the_same_texts_are_spelt_the_same(one: str, other: str) -> None:
    same = read_pattern(one, Flavour.TEXT, True).text == read_pattern(other, Flavour.TEXT, True).text
    assert same == (matched(one) == matched(other))


@given(patterns, patterns)
def test_resource_pattern_never_contains_what_it_does_not_match(wide: str, narrow: str) -> None:
    assert not is_contained(wide, narrow) or matched(narrow) <= matched(wide)


@given(patterns, patterns)
def test_disjoint_patterns_share_no_text(one: str, other: str) -> None:
    disjoint = are_disjoint(read_pattern(one, Flavour.TEXT, True), read_pattern(other, Flavour.TEXT, True))
    assert disjoint == (not matched(one) & matched(other))


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("*", "arn:aws:s3:::a/${aws:username}"),
        ("arn:aws:s3:::a/*", "arn:aws:s3:::a/b:c"),
        ("arn:aws:s3:::a/*", "arn:aws:s3:::a/*/c"),
        ("arn:aws:s3:::a/*/c", "arn:aws:s3:::a/b/x/c"),
        ("arn:aws:iam::*:role/x", "arn:aws:iam::111122223333:role/x"),
        ("arn:aws:s3:::${aws:username}*", "arn:aws:s3:::${AWS:Username}/x"),
        ("arn:aws:s3:::a?", "arn:aws:s3:::a${*}"),
    ],
)
def test_wider_resource_contains_the_narrower(wide: str, narrow: str) -> None:
    assert is_contained(wide, narrow)
    assert not is_contained(narrow, wide)


@pytest.mark.parametrize(
    ("wide", "narrow", "reason"),
    [
        ("arn:aws:s3:::a?", "arn:aws:s3:::a${aws:username}", "a value may be longer than one character"),
        ("arn:aws:s3:::a${*}", "arn:aws:s3:::ab", "an escaped star is a star"),
        ("arn:aws:logs:a*b:1:x", "arn:aws:logs:a:b:1:x", "a star within a segment stays in it"),
        ("arn:aws:logs:a*b:1:x", "arn:aws:logs:a${aws:username}b:1:x", "a value may hold a colon"),
        ("arn:aws:s3:::A*", "arn:aws:s3:::ab", "case counts"),
    ],
)
def test_resource_in_doubt_is_not_contained(wide: str, narrow: str, reason: str) -> None:
    assert not is_contained(wide, narrow), reason


@pytest.mark.parametrize(
    ("wide", "narrow", "contained"),
    [
        ("arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a:b", True),
        ("arn:aws:iam::*:role/x", "arn:aws:iam::1:1:role/x", False),
        ("arn:aws:*", "arn:aws:iam::111122223333:role/x", False),
        ("*", "arn:aws:iam::111122223333:role/x", False),
    ],
)
def test_arn_conditions_compare_part_by_part(wide: str, narrow: str, contained: bool) -> None:
    assert is_contained(wide, narrow, Flavour.ARN) is contained


def test_texts_of_2008_hold_no_variables() -> None:
    assert read_pattern("${aws:UserName}", Flavour.RESOURCE, False).text == "${aws:UserName}"
    assert read_pattern("${aws:UserName}", Flavour.RESOURCE, True).text == "${aws:username}"
