"""Addresses are masked wherever they stand, and nothing else is."""

import pytest

from provisioning.core.masking import without_addresses


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ops@example.com", "…@example.com"),
        ({"subscribers": ["email ops+aws@mail.example.com"]}, {"subscribers": ["email …@mail.example.com"]}),
        ([{"a@b.example": 1}, None, True], [{"…@b.example": 1}, None, True]),
        ("arn:aws:sns:us-east-1:111111111111:alerts", "arn:aws:sns:us-east-1:111111111111:alerts"),
        ({"StringEquals": {"sts:ExternalId": ["x1"]}}, {"StringEquals": {"sts:ExternalId": "…"}}),
        ("role/path+=,.@-name", "role/path+=,.@-name"),
    ],
)
def test_only_the_part_before_the_at_is_masked(given: object, kept: object) -> None:
    assert without_addresses(given) == kept
