"""A declared document with faults is refused with all of them, each with its place and what to do."""

import json
from typing import Any

import pytest

from provisioning.core.policy_document import PolicyDocumentError, Use, parse_document, read_document
from tests.core.policy_pairs import ALIKE, NEW, ROLE, allow, doc, trust, when


def pointers(value: Any, use: Use = "any") -> list[str]:
    with pytest.raises(PolicyDocumentError) as refused:
        parse_document(value, use)
    return [reason.pointer for reason in refused.value.reasons]


@pytest.mark.parametrize("pair", ALIKE, ids=lambda pair: pair.id)
def test_sound_documents_are_accepted_and_read_as_observed_ones_are(pair: Any) -> None:
    for document in (pair.left, pair.right):
        assert parse_document(document) == read_document(document)


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({**doc(allow()), "Version": "2012-10-18"}, "/Version"),
        ({**doc(allow()), "Version": None}, "/Version"),
        ({**doc(allow()), "Id": 5}, "/Id"),
        ({**doc(allow()), "version": NEW}, "/version"),
        ({"Version": NEW}, "/Statement"),
        ({"Version": NEW, "Statement": []}, "/Statement"),
        ({"Version": NEW, "Statement": ["x"]}, "/Statement/0"),
        ({"Version": NEW, "Statement": {**allow(), "Effect": "allow"}}, "/Statement/Effect"),
        (doc({"Action": "*", "Resource": "*"}), "/Statement/0/Effect"),
        (doc(allow(Sid="has space")), "/Statement/0/Sid"),
        (doc(allow(Sid="A"), allow("s3:b", Sid="A")), "/Statement/1/Sid"),
        (doc({**allow(), "action": "s3:x"}), "/Statement/0/action"),
        (doc(allow(NotAction="s3:x")), "/Statement/0/NotAction"),
        (doc(allow(NotResource="*")), "/Statement/0/NotResource"),
        (doc(trust("*", NotPrincipal="*")), "/Statement/0/NotPrincipal"),
        (doc({"Effect": "Allow", "Resource": "*"}), "/Statement/0"),
        (doc({"Effect": "Allow", "Action": "*"}), "/Statement/0"),
        (doc(allow([])), "/Statement/0/Action"),
        (doc(allow(resource=[])), "/Statement/0/Resource"),
        (doc(allow(["s3:a", 5])), "/Statement/0/Action/1"),
        (doc(allow("s3")), "/Statement/0/Action"),
        (doc(allow("s3:")), "/Statement/0/Action"),
        (doc(allow("s3:Get Object")), "/Statement/0/Action"),
        (doc(allow(resource="my-bucket")), "/Statement/0/Resource"),
        (doc(allow(resource=None)), "/Statement/0/Resource"),
        (doc(trust("123456789012")), "/Statement/0/Principal"),
        (doc(trust({})), "/Statement/0/Principal"),
        (doc(trust({"aws": ROLE})), "/Statement/0/Principal/aws"),
        (doc(trust({"AWS": []})), "/Statement/0/Principal/AWS"),
        (doc(trust({"AWS": ROLE + "*"})), "/Statement/0/Principal/AWS"),
        (doc(trust({"AWS": ["*", "12345"]})), "/Statement/0/Principal/AWS/1"),
        (doc(trust({"Service": "*"})), "/Statement/0/Principal/Service"),
        (doc(trust({"Service": "ec2"})), "/Statement/0/Principal/Service"),
        (doc(allow(Condition=[])), "/Statement/0/Condition"),
        (doc(allow(Condition={"StringEqual": {"k": "a"}})), "/Statement/0/Condition/StringEqual"),
        (doc(allow(Condition={"NullIfExists": {"k": True}})), "/Statement/0/Condition/NullIfExists"),
        (doc(allow(Condition={"StringEquals": {}})), "/Statement/0/Condition/StringEquals"),
        (when("StringEquals", "aws:RequestTag/k", []), "/Statement/0/Condition/StringEquals/aws:RequestTag~1k"),
        (when("StringEquals", "k", [None]), "/Statement/0/Condition/StringEquals/k/0"),
        (when("StringEquals", "k", {"a": 1}), "/Statement/0/Condition/StringEquals/k"),
        (when("Bool", "k", "yes"), "/Statement/0/Condition/Bool/k"),
        (when("NumericEquals", "k", "many"), "/Statement/0/Condition/NumericEquals/k"),
        (when("DateEquals", "k", "tomorrow"), "/Statement/0/Condition/DateEquals/k"),
        (when("IpAddress", "k", "10.0.0.0/33"), "/Statement/0/Condition/IpAddress/k"),
        (
            doc(allow(Condition={"StringEquals": {"aws:k": "a", "AWS:K": "b"}})),
            "/Statement/0/Condition/StringEquals/AWS:K",
        ),
        (
            doc(allow(Condition={"StringEquals": {"j": "a"}, "stringequals": {"k": "b"}})),
            "/Statement/0/Condition/stringequals",
        ),
        (when("StringEquals", "k", "日本"), "/Statement/0/Condition/StringEquals/k"),
        (when("NumericEquals", "k", float("nan")), "/Statement/0/Condition/NumericEquals/k"),
    ],
)
def test_fault_is_refused_at_its_place(document: Any, pointer: str) -> None:
    assert pointers(document) == [pointer]


@pytest.mark.parametrize("text", ["", "{", "[1,", "x", '{"Version": "2012-10-17",}', "[" * 100_000])
def test_text_that_is_no_json_is_refused(text: str) -> None:
    assert pointers(text) == [""]


@pytest.mark.parametrize("text", ["[]", "5", '"x"', "null"])
def test_json_that_is_no_object_is_refused(text: str) -> None:
    assert pointers(text) == [""]


def test_key_given_twice_is_refused_where_it_is() -> None:
    text = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}'
    assert pointers(text) == ["/Statement/Effect"]


def test_number_beyond_json_is_refused() -> None:
    assert pointers(json.dumps(when("NumericEquals", "k", float("inf")))) == ["/Statement/0/Condition/NumericEquals/k"]


def test_too_deep_nesting_is_refused() -> None:
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]
    assert pointers(when("StringEquals", "k", deep))[0].startswith("/Statement/0/Condition/StringEquals/k/0/0")


def test_every_fault_is_named_at_once() -> None:
    document = doc({"Effect": "Permit", "Action": [], "Resource": "x", "Condition": {"Like": {"k": []}}})
    assert len(pointers(document)) == 5


def test_document_beyond_every_quota_is_refused() -> None:
    document = doc(allow(resource=[f"arn:aws:s3:::bucket-number-{index}" for index in range(400)]))
    with pytest.raises(PolicyDocumentError, match="10240 at most"):
        parse_document(document)


@pytest.mark.parametrize(
    ("use", "document", "pointer"),
    [
        ("identity", doc(allow(Principal="*")), "/Statement/0/Principal"),
        ("identity", doc({"Effect": "Allow", "Action": "*"}), "/Statement/0"),
        ("identity", doc(allow(), Id="x"), "/Id"),
        ("trust", doc(trust("*", Resource="*")), "/Statement/0/Resource"),
        ("trust", doc({"Effect": "Allow", "Action": "sts:AssumeRole"}), "/Statement/0"),
    ],
)
def test_identity_and_trust_policies_have_rules_of_their_own(use: Use, document: Any, pointer: str) -> None:
    assert pointers(document, use) == [pointer]


def test_message_names_place_and_remedy() -> None:
    with pytest.raises(
        PolicyDocumentError, match=r"/Statement/0/effect: There is no element effect\. Spell it Effect\."
    ):
        parse_document(doc({**allow(), "effect": "Allow"}))
