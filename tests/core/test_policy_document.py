"""What a PolicyDocument keeps and shows, what it does with the unreadable, and that its work is bounded."""

import json
from typing import Any

import pytest

from provisioning.core.policy_document import covers, equivalent, parse_document, read_document
from provisioning.core.policy_document.effort import MOST_STEPS, Effort
from provisioning.core.policy_document.normal_form import normal_form
from tests.core.policy_pairs import BUCKET, NEW, ROLE, allow, deny, doc, trust, when


def steps(document: Any) -> int:
    effort = Effort(limit=100 * MOST_STEPS)
    normal_form(read_document(document).meaning, effort)
    return effort.spent


def test_text_to_send_is_compact_keeps_sids_and_settles_the_order_of_lists() -> None:
    document = read_document(
        {"Statement": [{"Resource": "*", "Action": ["s3:b", "s3:a"], "Effect": "Allow", "Sid": "X"}], "Version": NEW}
    )
    assert document.json == (
        '{"Version":"2012-10-17","Statement":[{"Sid":"X","Effect":"Allow","Action":["s3:a","s3:b"],"Resource":"*"}]}'
    )


def test_absent_version_stays_absent_in_the_text() -> None:
    assert "Version" not in parse_document(doc(allow(), version=None)).json


def test_canonical_text_shows_what_is_left_of_a_document() -> None:
    document = read_document(doc(allow(["S3:Get*", "s3:GetObject"], Sid="A"), allow("ec2:*"), deny("ec2:*", Sid="B")))
    assert json.loads(document.canonical) == {
        "Version": NEW,
        "Statement": [
            {"Effect": "Deny", "Action": ["ec2:*"], "Resource": ["*"]},
            {"Effect": "Allow", "Action": ["s3:get*"], "Resource": ["*"]},
        ],
    }


def test_size_counts_no_white_space_between_elements() -> None:
    document = doc(allow())
    assert read_document(json.dumps(document, indent=8)).size == len(json.dumps(document, separators=(",", ":")))


def test_pretty_text_is_the_same_whatever_the_order() -> None:
    one, other = allow(["s3:b", "s3:a"], Sid="X"), trust({"AWS": [ROLE, "111122223333"]})
    again = [dict(reversed(other.items())), {**one, "Action": ["s3:a", "s3:b"], "Resource": ["*"]}]
    assert read_document(doc(one, other)).pretty == read_document(doc(*again)).pretty
    assert read_document(doc(one)).pretty.count("\n") > 5


def test_documents_can_be_members_of_sets() -> None:
    assert len({read_document(doc(allow("s3:a"))), read_document(doc(allow("S3:A"))), read_document(doc(deny()))}) == 2


def test_document_is_unlike_anything_else() -> None:
    assert read_document(doc(allow())) != doc(allow())


@pytest.mark.parametrize(
    "value",
    [
        "%7B%22Version%22%3A%222012-10-17%22%7D",
        "",
        '{"Version":"2012-10-17","Version":"2008-10-17","Statement":[]}',
        {},
        {"Version": "2030-01-01", "Statement": [allow()]},
        {"Version": NEW, "Statement": [[]]},
        doc({**allow(), "Effect": "Permit"}),
        doc(allow(5)),
        doc(trust("someone")),
        doc(trust({"AWS": {"x": 1}})),
        doc(allow(Condition="x")),
        when("StringEquals", "k", [{"a": None}]),
    ],
)
def test_what_is_not_understood_equals_only_itself(value: Any) -> None:
    document = read_document(value)
    assert document == read_document(value)
    assert document == read_document(document.json)
    assert document != read_document(doc(allow()))
    assert not covers(document, read_document(doc(allow())))


def test_understood_statements_still_fold_beside_one_that_is_not() -> None:
    odd = {"Effect": "Allow", "Verb": "x"}
    assert equivalent(doc(odd, allow(["s3:*", "s3:Get*"])), doc(allow("s3:*"), {**odd, "Sid": "New"}))


def test_adding_something_not_understood_is_a_difference() -> None:
    assert not equivalent(doc(allow()), doc(allow(), {"Effect": "Allow", "Verb": "x"}))


@pytest.mark.parametrize(
    ("wider", "narrower", "covered"),
    [
        (doc(allow("s3:*")), doc(allow("s3:Get*", BUCKET)), True),
        (doc(allow("s3:Get*")), doc(allow("s3:*")), False),
        (doc(allow("s3:*", f"{BUCKET}/*"), allow("s3:List*")), doc(allow(["s3:ListBucket"], f"{BUCKET}/x")), True),
        (doc(allow("*"), deny("iam:*")), doc(allow("s3:*")), True),
        (doc(allow("*"), deny("s3:Put*")), doc(allow("s3:*")), False),
        (doc(allow("*"), deny("s3:Put*")), doc(allow("s3:*"), deny("s3:Put*")), True),
        (doc(allow("*"), deny("s3:*", "arn:aws:s3:::other")), doc(allow("s3:*", BUCKET)), True),
        (doc(allow("s3:Get*")), doc(allow("*"), deny("*")), True),
        (doc(deny()), doc(deny("*")), True),
        (doc(allow(), version="2008-10-17"), doc(allow()), True),
        (doc(allow(), version="2008-10-17"), doc(allow(resource=f"{BUCKET}/${{aws:username}}")), False),
        (doc(allow()), when("Bool", "k", True), True),
        (when("Bool", "k", True), doc(allow()), False),
        (doc(trust("*")), doc(trust({"AWS": ROLE})), True),
        (doc(trust({"AWS": "111122223333"})), doc(trust({"AWS": ROLE})), False),
    ],
)
def test_wider_document_covers_the_narrower(wider: Any, narrower: Any, covered: bool) -> None:
    assert covers(read_document(wider), read_document(narrower)) is covered


def test_work_grows_with_the_lists_and_not_with_their_product() -> None:
    actions = [f"s3:Get{index}*" for index in range(400)]
    resources = [f"arn:aws:s3:::bucket{index}/*" for index in range(400)]
    whole = doc(allow(actions, resources))
    split = doc(*(allow(actions, resource) for resource in resources))
    assert steps(whole) < 10_000
    assert steps(split) < 30_000
    assert equivalent(whole, split)


def test_large_policy_of_many_shapes_is_folded_within_the_bound() -> None:
    statements = [
        allow(
            [f"svc{index}:*", f"svc{index}:Get*"],
            f"arn:aws:s3:::b{index}*",
            Condition={"StringLike": {f"k{index % 7}": ["a*", "b"]}},
        )
        for index in range(60)
    ]
    assert steps(doc(*statements)) < MOST_STEPS
    assert equivalent(doc(*statements), doc(*reversed(statements)))


def test_document_too_intricate_to_fold_is_compared_as_written() -> None:
    intricate = allow([f"s3:*{index}*?*{index % 7}*" for index in range(700)])
    document = read_document(doc(intricate))
    assert "AsWritten" in document.canonical
    assert document == read_document(doc({**intricate, "Action": intricate["Action"][::-1], "Sid": "X"}))
    assert document != read_document(doc({**intricate, "Action": intricate["Action"][1:]}))


def test_many_conditions_are_bounded_too() -> None:
    demands = [
        allow("s3:a", Condition={"StringEquals": {f"k{a}": "x", f"k{b}": "y"}}) for a in range(14) for b in range(a)
    ]
    assert read_document(doc(*demands)) == read_document(doc(*demands[::-1]))
