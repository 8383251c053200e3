"""How the layers meet: explicit deny, SCP levels, boundary, session policy, identity policies."""

from typing import Any

import pytest

from provisioning.core.policy_evaluation import NamedDocument, Policies, Request, Why, evaluate
from tests.core.policy_evaluation.questions import ANN, OURS, ROLE, allow, ask, decide, deny, named

READ, WRITE = [allow("s3:Get*")], [allow("s3:Put*")]
ALL = [allow()]
LAYERS = ("identity", "boundary", "session")


@pytest.mark.parametrize("layer", [*LAYERS, "scps"])
def test_explicit_deny_in_any_layer_decides(layer: str) -> None:
    policies: dict[str, Any] = {"identity": ALL, "boundary": ALL, "session": ALL, "scps": [ALL, ALL]}
    assert decide("s3:GetObject", who=ROLE, **policies) == "allowed"
    forbidden = [*ALL, deny("s3:Get*")]
    policies[layer] = [ALL, forbidden] if layer == "scps" else forbidden
    answer = ask("s3:GetObject", who=ROLE, **policies)
    assert (answer.decision, answer.why) == ("denied", Why.EXPLICIT_DENY)
    assert answer.deciding is not None
    assert answer.deciding.statement["Effect"] == "Deny"


@pytest.mark.parametrize(
    ("layer", "why"), [("identity", "not_allowed"), ("boundary", "boundary"), ("session", "session"), ("scps", "scp")]
)
def test_every_layer_that_is_there_must_allow(layer: str, why: str) -> None:
    policies: dict[str, Any] = {"identity": ALL, "boundary": ALL, "session": ALL, "scps": [ALL, ALL, ALL]}
    policies[layer] = [ALL, WRITE, ALL] if layer == "scps" else WRITE
    answer = ask("s3:GetObject", who=ROLE, **policies)
    assert (answer.decision, answer.why.value, answer.deciding) == ("denied", why, None)


def test_boundary_session_and_scps_grant_nothing_themselves() -> None:
    answer = ask("s3:GetObject", who=ROLE, boundary=ALL, session=ALL, scps=[ALL])
    assert (answer.decision, answer.why) == ("denied", Why.NOT_ALLOWED)


@pytest.mark.parametrize(
    ("action", "expected"),
    [("s3:GetObject", "allowed"), ("s3:PutObject", "denied"), ("s3:DeleteObject", "denied"), ("ec2:Run", "denied")],
)
def test_what_is_left_is_the_intersection(action: str, expected: str) -> None:
    answer = decide(
        action,
        who=ROLE,
        identity=[allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])],
        boundary=[allow(["s3:GetObject", "s3:PutObject", "ec2:*"])],
        session=[allow(["s3:GetObject", "s3:DeleteObject"])],
        scps=[ALL, [allow("s3:*")]],
    )
    assert answer == expected


def test_one_scp_of_each_level_is_enough() -> None:
    level = (named("SCP Tags", allow("ec2:*")), named("SCP Full", allow()))
    policies = Policies((named("policy Own", *READ),), scps=((named("SCP Root", allow()),), level))
    assert evaluate(Request(ANN, "s3:GetObject", "*", {}, OURS), policies).decision == "allowed"


def test_level_without_any_scp_lets_nothing_through() -> None:
    assert Policies(scps=((),)).scps == ((),)
    policies = Policies((named("policy Own", *ALL),), scps=((named("SCP Root", allow()),), ()))
    answer = evaluate(Request(ANN, "s3:GetObject", "*", {}, OURS), policies)
    assert (answer.decision, answer.why) == ("denied", Why.SCP)


def test_scps_do_not_bind_service_linked_roles() -> None:
    linked = f"arn:aws:iam::{OURS}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    assert decide("s3:GetObject", who=linked, identity=ALL, scps=[WRITE]) == "allowed"
    assert decide("s3:GetObject", who=ROLE, identity=ALL, scps=[WRITE]) == "denied"


def test_root_may_do_all_that_no_scp_and_no_deny_takes_away() -> None:
    root = f"arn:aws:iam::{OURS}:root"
    assert decide("s3:GetObject", who=root) == "allowed"
    assert decide("s3:GetObject", who=root, scps=[WRITE]) == "denied"
    refused = {**deny("s3:*"), "Principal": "*"}
    assert decide("s3:GetObject", who=root, resource_policy=[refused]) == "denied"


def _policies(**layers: Any) -> Policies:
    return Policies(**{"identity": (named("policy Own", *ALL),), **layers})


LOST = NamedDocument("AWS policy Lost", None)
BROKEN = NamedDocument("policy Broken", "{not json")


@pytest.mark.parametrize(
    "layers", [{"identity": (LOST,)}, {"boundary": LOST}, {"session": (LOST,)}, {"scps": ((LOST,),)}]
)
def test_policy_whose_text_is_not_known_never_lets_a_request_pass(layers: dict[str, Any]) -> None:
    answer = evaluate(Request(ROLE, "s3:GetObject", "*", {}, OURS), _policies(**layers))
    assert (answer.decision, answer.missing) == ("cannot_tell", ("AWS policy Lost",))


def test_text_that_cannot_be_read_is_named() -> None:
    answer = evaluate(Request(ROLE, "s3:GetObject", "*", {}, OURS), _policies(boundary=BROKEN))
    assert answer.missing == ("policy Broken, whose text can't be read",)


def test_known_explicit_deny_decides_although_other_texts_are_not_known() -> None:
    guard = named("policy Guard", deny("s3:*"))
    answer = evaluate(Request(ROLE, "s3:GetObject", "*", {}, OURS), Policies((LOST, guard), missing=("SCP x",)))
    assert (answer.decision, answer.why) == ("denied", Why.EXPLICIT_DENY)


def test_layer_that_surely_does_not_allow_decides_although_another_is_not_known() -> None:
    policies = Policies((LOST,), boundary=named("boundary Bound", *WRITE))
    answer = evaluate(Request(ROLE, "s3:GetObject", "*", {}, OURS), policies)
    assert (answer.decision, answer.why) == ("denied", Why.BOUNDARY)


def test_missing_policy_of_any_layer_may_deny_and_may_allow() -> None:
    assert decide("s3:GetObject", identity=ALL, missing=("AWS policy Lost",)) == "cannot_tell"
    assert decide("s3:GetObject", identity=WRITE, missing=("AWS policy Lost",)) == "cannot_tell"
    assert decide("s3:GetObject", identity=ALL, scps=[WRITE], missing=("SCP Lost",)) == "cannot_tell"


def test_deny_that_is_not_sure_beside_an_allow_that_is_cannot_be_told() -> None:
    statements = [*ALL, deny("s3:*", Condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})]
    answer = ask("s3:GetObject", identity=statements)
    assert (answer.decision, answer.missing) == ("cannot_tell", ("aws:SourceIp",))
    assert answer.deciding is not None
    assert answer.deciding.sid_or_number == "2"


def test_deny_that_is_not_sure_beside_no_allow_is_denied_either_way() -> None:
    statements = [deny("s3:*", Condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})]
    assert decide("s3:GetObject", identity=statements) == "denied"


def test_allow_that_is_not_sure_beside_one_that_is_does_not_matter() -> None:
    statements = [*READ, allow(Condition={"Bool": {"aws:SecureTransport": "true"}})]
    assert ask("s3:GetObject", identity=statements).missing == ()
    assert decide("s3:GetObject", identity=statements) == "allowed"
    assert ask("s3:PutObject", identity=statements).missing == ("aws:SecureTransport",)


BAD_STATEMENTS: list[Any] = [
    "nothing",
    {"Effect": "deny", "Action": "*", "Resource": "*"},
    {"Effect": "Deny", "Resource": "*"},
    {"Effect": "Deny", "Action": "*"},
    {"Effect": "Deny", "Action": "*", "NotAction": "s3:*", "Resource": "*"},
    {"Effect": "Deny", "Action": [], "Resource": "*"},
    {"Effect": "Deny", "Action": "*", "Resource": 7},
    {"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": "*"},
    {"Effect": "Deny", "Action": "*", "Resource": "*", "When": "always"},
    {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": "always"},
    {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {}}},
    {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"k": {}}}},
]


@pytest.mark.parametrize("statement", BAD_STATEMENTS)
def test_statement_that_is_not_understood_is_never_passed_over(statement: Any) -> None:
    assert decide("s3:GetObject", identity=[*ALL, statement]) == "cannot_tell"


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '"x"', '{"Statement": []}', '{"Version": "2030-01-01", "Statement": []}']
)
def test_document_of_any_shape_gets_an_answer(text: str) -> None:
    answer = evaluate(Request(ANN, "s3:GetObject", "*", {}, OURS), Policies((NamedDocument("policy Odd", text),)))
    assert answer.decision in ("denied", "cannot_tell")
    assert answer.considered == ("policy Odd",)
