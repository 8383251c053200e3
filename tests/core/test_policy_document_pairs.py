"""Which differences between two policy documents count: a table, read both ways round and through text as well."""

import json

import pytest

from provisioning.core.policy_document import equivalent, read_document
from tests.core.policy_pairs import ALIKE, Pair, allow, doc
from tests.core.policy_pairs_different import DIFFERENT


@pytest.mark.parametrize("pair", ALIKE, ids=lambda pair: pair.id)
def test_documents_that_aws_treats_alike_are_equivalent(pair: Pair) -> None:
    left, right = read_document(pair.left), read_document(json.dumps(pair.right))
    assert equivalent(pair.left, pair.right), pair.reason
    assert equivalent(pair.right, pair.left), pair.reason
    assert left == right
    assert (hash(left), left.digest, left.canonical) == (hash(right), right.digest, right.canonical)


@pytest.mark.parametrize("pair", DIFFERENT, ids=lambda pair: pair.id)
def test_documents_that_aws_treats_differently_are_not_equivalent(pair: Pair) -> None:
    assert not equivalent(pair.left, pair.right), pair.reason
    assert not equivalent(pair.right, pair.left), pair.reason
    assert read_document(pair.left).digest != read_document(pair.right).digest


def test_ids_of_the_table_are_unique() -> None:
    ids = [pair.id for pair in (*ALIKE, *DIFFERENT)]
    assert len(ids) == len(set(ids)) >= 70


def test_repetition_of_one_statement_does_not_stand_for_another() -> None:
    one, two = allow("s3:a"), allow("s3:b")
    assert equivalent(doc(one, one, two), doc(one, two, two))
    assert not equivalent(doc(one, one, two), doc(one, one, one))
