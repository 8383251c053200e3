"""One value, one text, one digest, whichever way it is worked out."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from provisioning.core.plain import digest, digest_of_json
from provisioning.core.snapshot import Complete

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
JSON = st.dictionaries(TEXT, st.recursive(SCALARS, lambda one: st.lists(one) | st.dictionaries(TEXT, one)))


@given(JSON)
def test_digest_of_plain_json_is_the_digest(value: dict[str, Any]) -> None:
    assert digest_of_json(value) == digest(value)


def test_hash_of_a_section_is_the_digest_of_its_body() -> None:
    section = Complete({"roles": [{"name": "b", "tags": {"z": "1", "a": "2"}}]}, datetime.now(UTC))
    assert section.hash == section.hash == digest(section.body)
