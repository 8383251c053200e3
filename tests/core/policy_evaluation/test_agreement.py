"""The evaluator agrees with what policy_document says of two documents: alike, or one allows at least what the other
does."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from provisioning.core.policy_document import covers, equivalent, read_document
from provisioning.core.policy_evaluation import NamedDocument, Policies, Request, evaluate
from provisioning.core.policy_evaluation.document import compiled
from tests.core.policy_oracle import Request as OracleRequest
from tests.core.policy_oracle import decide_canonical
from tests.core.policy_strategies import NEW, REQUESTS, statements

Json = dict[str, Any]
KEYS = ("k", "n", "m", "ip", "b")
EXPECTED = {"allow": "allowed", "deny": "denied", "nothing": "denied"}
_documents = st.lists(statements(with_principal=False), min_size=1, max_size=3).map(
    lambda listed: {"Version": NEW, "Statement": listed}
)
_unknown = st.frozensets(st.sampled_from(KEYS), max_size=2)


def _decide(document: Json, asked: OracleRequest, unknown: frozenset[str] = frozenset()) -> str:
    values = {key: one for key, one in asked.context.items() if key not in unknown}
    context = {key: tuple(one) if isinstance(one, list) else (str(one),) for key, one in values.items()}
    request = Request(asked.principal, asked.action, asked.resource, context, "111122223333", unknown=unknown)
    return evaluate(request, Policies((NamedDocument("policy Own", json.dumps(document)),))).decision.value


@settings(max_examples=40)
@given(_documents)
def test_normal_form_decides_every_request_alike(document: Json) -> None:
    canonical = json.loads(read_document(document).canonical)
    for asked in REQUESTS:
        assert _decide(document, asked) == EXPECTED[decide_canonical(canonical, asked)], asked


@settings(max_examples=60)
@given(_documents, st.data())
def test_document_that_covers_another_allows_all_that_is_surely_allowed(narrow: Json, data: st.DataObject) -> None:
    wide = {**narrow, "Statement": [*narrow["Statement"], data.draw(statements(with_principal=False))]}
    if not covers(read_document(wide), read_document(narrow)):
        return
    for asked in data.draw(st.lists(st.sampled_from(REQUESTS), max_size=30)):
        assert _decide(narrow, asked) != "allowed" or _decide(wide, asked) == "allowed"


@settings(max_examples=60)
@given(_documents, st.data(), _unknown)
def test_equivalent_documents_never_get_opposite_answers(
    one: Json, data: st.DataObject, unknown: frozenset[str]
) -> None:
    dropped = data.draw(st.integers(0, len(one["Statement"]) - 1))
    other = {**one, "Statement": [part for at, part in enumerate(one["Statement"]) if at != dropped]}
    if not equivalent(one, other):
        return
    for asked in data.draw(st.lists(st.sampled_from(REQUESTS), max_size=30)):
        assert _decide(one, asked) == _decide(other, asked)
        assert {_decide(one, asked, unknown), _decide(other, asked, unknown)} != {"allowed", "denied"}


def test_equal_texts_are_compiled_once() -> None:
    text = json.dumps({"Version": NEW, "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    assert compiled(text, False) is compiled(str(json.dumps(json.loads(text))), False)
