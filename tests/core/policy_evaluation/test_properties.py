"""Laws of evaluation, on generated policies."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from provisioning.core.policy_document import equivalent
from provisioning.core.policy_evaluation import Answer, NamedDocument, Policies, Request, evaluate
from tests.core.policy_oracle import Request as OracleRequest
from tests.core.policy_oracle import decide as decide_independently
from tests.core.policy_strategies import CONTEXTS, NEW, PRINCIPALS, REQUESTS, rewritten, statements

Json = dict[str, Any]
ACCOUNT = "111122223333"
KEYS = ("k", "n", "m", "ip", "b")
UNKNOWN = "cannot_tell"

_statement = statements(with_principal=False)
_list = st.lists(_statement, max_size=3)
_requests = st.sampled_from(REQUESTS)
_unknown = st.frozensets(st.sampled_from(KEYS), max_size=3)


@st.composite
def _layers(draw: st.DrawFn) -> dict[str, Any]:
    """Statements of each layer; None leaves it out."""
    resource = draw(st.none() | st.lists(statements(with_principal=True), max_size=2))
    return {
        "identity": draw(_list),
        "boundary": draw(st.none() | _list),
        "session": draw(st.none() | _list),
        "scps": draw(st.none() | st.lists(_list, max_size=2)),
        "resource": resource,
    }


def _document(source: str, listed: list[Json]) -> NamedDocument:
    return NamedDocument(source, json.dumps({"Version": NEW, "Statement": listed}))


def _policies(layers: dict[str, Any]) -> Policies:
    """One policy per statement of the identity, so that the order of policies can be changed."""

    def single(name: str) -> NamedDocument | None:
        return None if layers[name] is None else _document(name, layers[name])

    session = single("session")
    scps = layers["scps"]
    return Policies(
        identity=tuple(_document(f"policy {json.dumps(one)}", [one]) for one in layers["identity"]),
        boundary=single("boundary"),
        session=None if session is None else (session,),
        scps=None if scps is None else tuple((_document(f"SCP {at}", level),) for at, level in enumerate(scps)),
        resource=single("resource"),
    )


def _request(asked: OracleRequest, unknown: frozenset[str] = frozenset()) -> Request:
    context = {key: _values(value) for key, value in asked.context.items() if key not in unknown}
    return Request(asked.principal, asked.action, asked.resource, context, ACCOUNT, unknown=unknown)


def _values(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (str(value),)


def _decide(layers: dict[str, Any], asked: OracleRequest, unknown: frozenset[str] = frozenset()) -> str:
    return evaluate(_request(asked, unknown), _policies(layers)).decision.value


@given(_layers(), _statement, _requests, _unknown, st.sampled_from(("identity", "boundary", "session")))
def test_one_allow_more_never_takes_an_allowance_away(
    layers: Json, extra: Json, asked: OracleRequest, unknown: frozenset[str], where: str
) -> None:
    wider = {**layers, where: None if layers[where] is None else [*layers[where], {**extra, "Effect": "Allow"}]}
    before, after = _decide(layers, asked, unknown), _decide(wider, asked, unknown)
    assert before != "allowed" or after == "allowed"
    assert after != "denied" or before == "denied"


@given(_layers(), _statement, _requests, _unknown, st.sampled_from(("identity", "boundary", "session")))
def test_one_deny_more_never_allows(
    layers: Json, extra: Json, asked: OracleRequest, unknown: frozenset[str], where: str
) -> None:
    narrower = {**layers, where: None if layers[where] is None else [*layers[where], {**extra, "Effect": "Deny"}]}
    before, after = _decide(layers, asked, unknown), _decide(narrower, asked, unknown)
    assert after != "allowed" or before == "allowed"
    assert before != "denied" or after == "denied"


def _essence(answer: Answer) -> tuple[Any, ...]:
    return answer.decision, answer.why, frozenset(answer.missing)


@given(st.data(), _layers(), _requests, _unknown)
def test_order_of_statements_and_policies_never_matters(
    data: st.DataObject, layers: Json, asked: OracleRequest, unknown: frozenset[str]
) -> None:
    names = ("identity", "boundary", "session", "resource")
    shuffled = {name: layers[name] and data.draw(st.permutations(layers[name])) for name in names}
    one = evaluate(_request(asked, unknown), _policies(layers))
    other = evaluate(_request(asked, unknown), _policies({**layers, **shuffled}))
    assert _essence(one) == _essence(other)


@given(_layers(), _requests, _unknown, st.sampled_from(KEYS))
def test_key_that_becomes_unknown_never_turns_an_answer_into_its_opposite(
    layers: Json, asked: OracleRequest, unknown: frozenset[str], key: str
) -> None:
    before, after = _decide(layers, asked, unknown), _decide(layers, asked, unknown | {key})
    assert after in (before, UNKNOWN)


@given(_layers(), _requests, _unknown)
def test_whatever_an_unknown_key_turns_out_to_be_a_sure_answer_stays(
    layers: Json, asked: OracleRequest, unknown: frozenset[str]
) -> None:
    decided = _decide(layers, asked, unknown)
    for context in CONTEXTS:
        known = {**{key: value for key, value in asked.context.items() if key not in unknown}}
        known |= {key: value for key, value in context.items() if key in unknown}
        assert decided in (UNKNOWN, _decide(layers, asked._replace(context=known)))


@given(_layers(), _list, _requests, _unknown)
def test_boundary_session_policy_or_scp_never_allows_more(
    layers: Json, limit: list[Json], asked: OracleRequest, unknown: frozenset[str]
) -> None:
    free = {**layers, "boundary": None, "session": None, "scps": None}
    for limited in ({"boundary": limit}, {"session": limit}, {"scps": [limit]}):
        narrower = _decide({**free, **limited}, asked, unknown)
        assert narrower != "allowed" or _decide(free, asked, unknown) == "allowed"


@given(_layers(), _requests, _unknown, st.sampled_from(("identity", "boundary", "session", "resource")))
def test_policy_whose_text_gets_lost_never_turns_an_answer_into_its_opposite(
    layers: Json, asked: OracleRequest, unknown: frozenset[str], lost: str
) -> None:
    policies = _policies(layers)
    unread = NamedDocument("lost", None)
    stand_ins: dict[str, Any] = {"identity": (unread,) * len(policies.identity), "session": (unread,)}
    if getattr(policies, lost) is None:
        return
    poorer = Policies(**{**_fields(policies), lost: stand_ins.get(lost, unread)})
    before = evaluate(_request(asked, unknown), policies).decision
    assert evaluate(_request(asked, unknown), poorer).decision in (before, UNKNOWN)


def _fields(policies: Policies) -> dict[str, Any]:
    return {name: getattr(policies, name) for name in ("identity", "boundary", "session", "scps", "resource")}


@settings(max_examples=60)
@given(st.lists(_statement, min_size=1, max_size=4))
def test_fully_known_request_is_decided_as_an_independent_reader_decides(listed: list[Json]) -> None:
    expected = {"allow": "allowed", "deny": "denied", "nothing": "denied"}
    policies = Policies((_document("policy Own", listed),))
    for asked in REQUESTS:
        answer = evaluate(_request(asked), policies)
        assert answer.decision == expected[decide_independently({"Statement": listed}, asked)], asked


@given(st.data(), st.lists(_statement, min_size=1, max_size=3), _unknown)
def test_equivalent_documents_are_decided_alike(
    data: st.DataObject, listed: list[Json], unknown: frozenset[str]
) -> None:
    one = {"Version": NEW, "Statement": listed}
    other = data.draw(rewritten(one))
    assert equivalent(one, other)
    for asked in data.draw(st.lists(_requests, max_size=10)):
        answers = [
            evaluate(_request(asked, unknown), Policies((NamedDocument("policy Own", json.dumps(each)),)))
            for each in (one, other)
        ]
        assert answers[0].decision == answers[1].decision


@given(st.lists(statements(with_principal=True), min_size=1, max_size=3), _requests)
def test_policy_of_a_resource_is_decided_as_an_independent_reader_decides(
    listed: list[Json], asked: OracleRequest
) -> None:
    # A session that asks by the ARN of its role, without boundary or session policy: one Allow of either suffices.
    decision = _decide({"identity": [], "boundary": None, "session": None, "scps": None, "resource": listed}, asked)
    expected = {"allow": "allowed", "deny": "denied", "nothing": "denied"}
    assert decision == expected[decide_independently({"Statement": listed}, asked)]
    assert asked.principal in PRINCIPALS
