"""Laws of equivalence, on generated documents and against an independent reader of policies."""

import json
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from moto.iam.aws_managed_policies import aws_managed_policies_data

from provisioning.core.policy_document import covers, equivalent, parse_document, read_document
from tests.core.policy_oracle import decide, decide_canonical
from tests.core.policy_strategies import NEW, REQUESTS, documents, rewritten, statements

Json = dict[str, Any]


@given(documents())
def test_document_is_equivalent_to_itself_through_any_text(document: Json) -> None:
    read = read_document(document)
    for text in (json.dumps(document), json.dumps(document, indent=3, sort_keys=True), read.json, read.pretty):
        assert read_document(text) == read
    assert read_document(read.json).json == read.json


@given(st.data())
def test_rewritten_document_stays_equivalent(data: st.DataObject) -> None:
    document = data.draw(documents())
    again = data.draw(rewritten(document))
    assert equivalent(document, again)
    assert equivalent(again, document)
    assert read_document(document).digest == read_document(again).digest
    assert covers(read_document(document), read_document(again))


@given(documents(), documents())
def test_equivalence_is_symmetric(one: Json, other: Json) -> None:
    assert equivalent(one, other) == equivalent(other, one)


@settings(max_examples=150)
@given(documents())
def test_canonical_form_decides_every_request_as_the_document_does(document: Json) -> None:
    canonical = json.loads(read_document(document).canonical)
    for request in REQUESTS:
        assert decide_canonical(canonical, request) == decide(document, request), request


@settings(max_examples=150)
@given(st.data())
def test_equivalent_documents_decide_every_request_alike(data: st.DataObject) -> None:
    one = data.draw(documents(most=3))
    other = data.draw(_neighbours(one))
    assume(equivalent(one, other))
    for request in REQUESTS:
        assert decide(one, request) == decide(other, request), request


@given(st.data())
def test_equivalence_carries_over_neighbours(data: st.DataObject) -> None:
    one = data.draw(documents(most=3))
    two = data.draw(_neighbours(one))
    three = data.draw(_neighbours(two))
    if equivalent(one, two):
        assert equivalent(one, three) == equivalent(two, three)


@settings(max_examples=150)
@given(st.data())
def test_document_that_covers_another_allows_all_it_allows(data: st.DataObject) -> None:
    one = data.draw(documents(most=3))
    other = data.draw(documents(most=3) | _neighbours(one))
    assume(covers(read_document(one), read_document(other)))
    for request in REQUESTS:
        assert decide(other, request) != "allow" or decide(one, request) == "allow", request


@given(documents(most=3), st.data())
def test_more_allows_cover_fewer(document: Json, data: st.DataObject) -> None:
    extra = {**data.draw(statements("Principal" in document["Statement"][0])), "Effect": "Allow"}
    wider = {**document, "Statement": [*document["Statement"], extra]}
    assert covers(read_document(wider), read_document(document))


def test_every_managed_policy_of_aws_is_understood_and_folded() -> None:
    policies = json.loads(aws_managed_policies_data)
    for name in sorted(policies)[::25]:
        document = policies[name]["Document"]
        read = read_document(document)
        turned = {**document, "Statement": document["Statement"][::-1]}
        assert not read.meaning.opaque, name
        assert "AsWritten" not in read.canonical, name
        assert read == read_document(turned) == read_document(read.pretty), name


@given(st.data())
def test_any_single_edit_of_independent_statements_is_a_difference(data: st.DataObject) -> None:
    document = data.draw(_independent_documents())
    edited = data.draw(_edited(document))
    assert not equivalent(document, edited)
    assert not equivalent(edited, document)
    assert parse_document(document) != parse_document(edited)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(("Version", "Statement", "Effect", "Action", "Principal", "Condition", "x")), inner
            )
        ),
    )
)
def test_observed_document_of_any_shape_is_read_and_equals_itself(value: Any) -> None:
    document = {"Version": NEW, "Statement": value}
    assert read_document(document) == read_document(json.dumps(document))
    assert read_document(document) != read_document({"Version": NEW, "Statement": [value, {"Effect": "Allow", "x": 1}]})


@st.composite
def _neighbours(draw: st.DrawFn, document: Json) -> Json:
    """The document with a statement dropped, added or with one element of another: alike or not."""
    written = list(document["Statement"])
    index = draw(st.integers(0, len(written) - 1))
    fresh = draw(statements("Principal" in written[0]))
    change = draw(st.sampled_from(("drop", "add", "narrow", "swap")))
    if change == "drop" and len(written) > 1:
        del written[index]
    elif change == "add":
        written.append({**written[index], **{key: fresh[key] for key in ("Condition",) if key in fresh}})
    elif change == "narrow":
        written.append(
            {
                **written[index],
                **{key: fresh[key] for key in ("Action", "Resource") if key in fresh and key in written[index]},
            }
        )
    else:
        written[index] = fresh
    return {**document, "Statement": written}


@st.composite
def _independent_documents(draw: st.DrawFn) -> Json:
    """Statements of which none contains a part of another, so that every word counts."""
    count = draw(st.integers(1, 4))
    return {"Version": NEW, "Statement": [draw(_independent_statement(index)) for index in range(count)]}


@st.composite
def _independent_statement(draw: st.DrawFn, index: int) -> Json:
    names = st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True)
    return {
        "Effect": draw(st.sampled_from(("Allow", "Deny"))),
        "Principal": {"AWS": [f"arn:aws:iam::111122223333:role/{name}" for name in draw(names)]},
        "Action": [f"service{index}:{name}" for name in draw(names)],
        "Resource": [f"arn:aws:s3:::{name}" for name in draw(names)],
        "Condition": {draw(st.sampled_from(("StringEquals", "StringNotLike"))): {"aws:k": draw(names)}},
    }


@st.composite
def _edited(draw: st.DrawFn, document: Json) -> Json:
    written = json.loads(json.dumps(document))
    index = draw(st.integers(0, len(written["Statement"]) - 1))
    statement = written["Statement"][index]
    edit = draw(st.sampled_from((*_EDITS, "drop", "version", "effect", "condition")))
    if edit == "drop" and len(written["Statement"]) > 1:
        del written["Statement"][index]
    elif edit in ("drop", "version"):
        written["Version"] = "2008-10-17"
    elif edit == "effect":
        statement["Effect"] = {"Allow": "Deny", "Deny": "Allow"}[statement["Effect"]]
    elif edit == "condition":
        del statement["Condition"]
    else:
        draw(_list_edit(_EDITS[edit](statement), edit))
    return written


_EDITS: dict[str, Any] = {
    "arn:aws:iam::111122223333:role/fresh": lambda statement: statement["Principal"]["AWS"],
    "fresh:Action": lambda statement: statement["Action"],
    "arn:aws:s3:::fresh": lambda statement: statement["Resource"],
    "fresh": lambda statement: next(iter(statement["Condition"].values()))["aws:k"],
}


@st.composite
def _list_edit(draw: st.DrawFn, members: list[str], fresh: str) -> None:
    """Adds a member that no other contains, or puts it in the place of one, or takes one of several away."""
    position = draw(st.integers(0, len(members) - 1))
    how = draw(st.sampled_from(("add", "replace", "remove")))
    if how == "add":
        members.append(fresh)
    elif how == "replace" or len(members) == 1:
        members[position] = fresh
    else:
        del members[position]
