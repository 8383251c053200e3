"""Every text field of every request refuses what would be shown as something else than it is, in one place."""

from collections.abc import Iterator

import pytest
from django.urls import get_resolver
from rest_framework import serializers

from access.strict import StrictSerializer

MARKS = ["\x00", "\x1b", "\n", "\x7f", "\x85", "\u200b", "\u200f", "\u202e", "\u2028", "\u2066", "\ufeff", "\ud800"]


def requests(of: type[StrictSerializer] = StrictSerializer) -> Iterator[type[StrictSerializer]]:
    """Every kind of body there is, once all addresses are known."""
    assert get_resolver().url_patterns
    for one in of.__subclasses__():
        yield one
        yield from requests(one)


@pytest.mark.parametrize("mark", MARKS, ids=ascii)
def test_no_text_field_takes_a_mark_that_cannot_be_seen(mark: str) -> None:
    tried = 0
    for body in requests():
        fields = body().fields
        texts = [name for name, field in fields.items() if isinstance(field, serializers.CharField)]
        asked = [name for name in texts if name not in body.many_lines and not fields[name].read_only]
        serializer = body(data=dict.fromkeys(asked, f"a{mark}b"))
        assert not serializer.is_valid() or not asked, body
        assert set(asked) <= serializer.errors.keys(), body
        tried += len(asked)
    assert tried > 20


def test_only_the_text_of_a_declaration_may_have_many_lines() -> None:
    assert {name for body in requests() for name in body.many_lines} == {"source"}
