"""Policies of resources: whom they name, and what of the other layers still counts (IAM user guide, "Policy evaluation
logic", "Principal", "NotPrincipal", "Cross-account policy evaluation logic")."""

from typing import Any

import pytest

from provisioning.core.policy_evaluation import Why
from tests.core.policy_evaluation.questions import ANN, FILE, OURS, ROLE, SESSION, THEIRS, Json, allow, ask, decide

ROOT = f"arn:aws:iam::{OURS}:root"
FEDERATED = f"arn:aws:sts::{OURS}:federated-user/ann"
GROUP = f"arn:aws:iam::{OURS}:group/Developers"
OTHER_USER = f"arn:aws:iam::{OURS}:user/bob"
ELSEWHERE = [allow("ec2:*")]
TRUSTED = f"arn:aws:iam::{OURS}:role/Trusted"


def to(principal: Any, effect: str = "Allow", action: str = "s3:*", **more: Any) -> Json:
    """A statement of the policy of a bucket."""
    return {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*", **more}


def aws(*names: str) -> Json:
    """AWS principals."""
    return {"AWS": list(names)}


# The table of the user guide: identity policies, boundary and session policy all deny implicitly.
IMPLICIT = [
    (ROLE, ROLE, "denied"),
    (SESSION, ROLE, "denied"),
    (SESSION, SESSION, "allowed"),
    (ANN, ANN, "allowed"),
    (FEDERATED, FEDERATED, "allowed"),
    (SESSION, "*", "allowed"),
    (ANN, "*", "allowed"),
    (ROOT, ROOT, "allowed"),
    (ANN, OURS, "denied"),
    (ANN, ROOT, "denied"),
    (ANN, OTHER_USER, "denied"),
]


@pytest.mark.parametrize(("who", "principal", "expected"), IMPLICIT)
def test_implicit_denies_count_by_whom_the_policy_names(who: str, principal: str, expected: str) -> None:
    limits: Json = {"identity": ELSEWHERE, "boundary": ELSEWHERE, "session": ELSEWHERE}
    assert decide("s3:GetObject", FILE, who=who, resource_policy=[to(aws(principal))], **limits) == expected


@pytest.mark.parametrize("limit", ["boundary", "session"])
def test_what_a_role_arn_is_given_is_limited_by_boundary_and_session(limit: str) -> None:
    given = [to(aws(ROLE))]
    assert decide("s3:GetObject", FILE, who=ROLE, resource_policy=given) == "allowed"
    assert decide("s3:GetObject", FILE, who=SESSION, resource_policy=given, identity=ELSEWHERE) == "allowed"
    answer = ask("s3:GetObject", FILE, who=ROLE, resource_policy=given, **{limit: ELSEWHERE})
    assert (answer.decision, answer.why.value) == ("denied", limit)


def test_explicit_deny_of_a_boundary_counts_even_for_whom_a_policy_names_directly() -> None:
    forbidden = [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]
    assert decide("s3:GetObject", FILE, resource_policy=[to(aws(ANN))], boundary=forbidden) == "denied"


def test_session_of_a_role_that_asks_as_a_whole_is_not_known() -> None:
    answer = ask("s3:GetObject", FILE, who=ROLE, resource_policy=[to(aws(SESSION))])
    assert (answer.decision, answer.missing) == ("cannot_tell", ("the session of role Reader",))


def test_policy_that_names_the_user_who_federated_is_not_sure_of_the_session() -> None:
    everything = [allow()]
    answer = decide("s3:GetObject", FILE, who=FEDERATED, resource_policy=[to(aws(ANN))], session=everything)
    assert answer == "cannot_tell"
    assert decide("s3:GetObject", FILE, who=FEDERATED, resource_policy=[to(aws(ANN))], session=ELSEWHERE) == "denied"


def test_federated_session_without_a_session_policy_may_do_nothing() -> None:
    assert decide("s3:GetObject", FILE, who=FEDERATED, identity=[allow()]) == "denied"
    assert decide("s3:GetObject", FILE, who=FEDERATED, identity=[allow()], session=[allow()]) == "allowed"


def test_policy_that_names_a_user_leaves_a_whole_group_open() -> None:
    answer = ask("s3:GetObject", FILE, who=GROUP, resource_policy=[to(aws(ANN))])
    assert (answer.decision, answer.missing) == ("cannot_tell", ("which member of the group",))
    assert decide("s3:GetObject", FILE, who=GROUP, resource_policy=[to(aws(ROLE))]) == "denied"
    assert decide("s3:GetObject", FILE, who=GROUP, resource_policy=[to(aws(ROOT))], identity=[allow()]) == "allowed"


def test_principal_that_is_not_known_is_named_as_missing() -> None:
    answer = ask("s3:GetObject", FILE, who="", resource_policy=[to(aws(ANN))])
    assert (answer.decision, answer.missing) == ("cannot_tell", ("the principal",))
    assert decide("s3:GetObject", FILE, who="", resource_policy=[to(aws(f"arn:aws:iam::{THEIRS}:user/x"))]) == "denied"


def test_unique_id_stands_for_the_one_whose_id_it_is() -> None:
    policy = [to(aws("AIDAEXAMPLE0000000001"))]
    assert ask("s3:GetObject", FILE, resource_policy=policy).missing == ("aws:userid",)
    for given, expected in (("AIDAEXAMPLE0000000001", "allowed"), ("AIDAEXAMPLE0000000002", "denied")):
        assert decide("s3:GetObject", FILE, resource_policy=policy, context={"aws:userid": given}) == expected
    session = {"aws:userid": "AIDAEXAMPLE0000000001:today"}
    assert decide("s3:GetObject", FILE, who=SESSION, resource_policy=policy, context=session) == "allowed"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([ANN, ROOT], "allowed"),
        ([OTHER_USER, f"arn:aws:iam::{THEIRS}:root"], "denied"),
        ([ANN], "cannot_tell"),
        ([ROOT], "cannot_tell"),
        ([OTHER_USER, ROOT], "cannot_tell"),
    ],
)
def test_deny_with_not_principal_spares_who_is_named_with_the_account(names: list[str], expected: str) -> None:
    statement = {"Effect": "Deny", "NotPrincipal": aws(*names), "Action": "s3:*", "Resource": "*"}
    assert decide("s3:GetObject", FILE, identity=[allow()], resource_policy=[statement]) == expected


@pytest.mark.parametrize(("names", "expected"), [([ROLE, ROOT], "allowed"), ([SESSION, ROOT], "cannot_tell")])
def test_deny_with_not_principal_spares_a_session_by_its_role(names: list[str], expected: str) -> None:
    statement = {"Effect": "Deny", "NotPrincipal": aws(*names), "Action": "s3:*", "Resource": "*"}
    assert decide("s3:GetObject", FILE, who=SESSION, identity=[allow()], resource_policy=[statement]) == expected


def test_allow_with_not_principal_lets_all_others_in() -> None:
    statement = {"Effect": "Allow", "NotPrincipal": aws(OTHER_USER), "Action": "s3:*", "Resource": "*"}
    assert decide("s3:GetObject", FILE, resource_policy=[statement]) == "allowed"
    assert decide("s3:GetObject", FILE, who=OTHER_USER, resource_policy=[statement]) == "denied"


CROSS = [
    ([allow("s3:*")], [to(aws(ANN))], "allowed"),
    ([allow("s3:*")], [to(aws(OURS))], "allowed"),
    ([allow("s3:*")], [to("*")], "allowed"),
    ([allow("s3:*")], [to(aws(OTHER_USER))], "denied"),
    (ELSEWHERE, [to(aws(ANN))], "denied"),
    (ELSEWHERE, [to("*")], "denied"),
    ([allow("s3:*")], [to(aws(ANN), "Deny"), to("*")], "denied"),
]


@pytest.mark.parametrize(("identity", "policy", "expected"), CROSS)
def test_across_accounts_both_sides_must_allow(identity: list[Json], policy: list[Json], expected: str) -> None:
    assert decide("s3:GetObject", FILE, identity=identity, resource_policy=policy, owner=THEIRS) == expected


def test_across_accounts_an_unread_policy_of_the_resource_cannot_be_told() -> None:
    answer = ask("s3:GetObject", FILE, identity=[allow("s3:*")], owner=THEIRS)
    assert (answer.decision, answer.missing) == ("cannot_tell", (f"the policy of {FILE}",))
    assert decide("s3:GetObject", FILE, identity=ELSEWHERE, owner=THEIRS) == "denied"


@pytest.mark.parametrize(
    ("principal", "identity", "expected"),
    [
        (aws(ANN), ELSEWHERE, "allowed"),
        (aws(OURS), ELSEWHERE, "denied"),
        (aws(OURS), [allow("sts:AssumeRole", TRUSTED)], "allowed"),
        ({"Service": "ec2.amazonaws.com"}, [allow("sts:AssumeRole")], "denied"),
        (aws(OTHER_USER), [allow()], "denied"),
    ],
)
def test_trust_policy_must_allow_even_in_its_own_account(principal: Json, identity: list[Json], expected: str) -> None:
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    assert decide("sts:AssumeRole", TRUSTED, identity=identity, resource_policy=[trust]) == expected


def test_key_policy_that_names_the_account_lets_identity_policies_decide() -> None:
    key = f"arn:aws:kms:eu-west-1:{OURS}:key/1"
    named_account = [to(aws(ROOT), action="kms:*")]
    assert decide("kms:Decrypt", key, identity=[allow("kms:*")], resource_policy=named_account) == "allowed"
    assert decide("kms:Decrypt", key, identity=ELSEWHERE, resource_policy=named_account) == "denied"
    nobody = [to(aws(OTHER_USER), action="kms:*")]
    answer = ask("kms:Decrypt", key, identity=[allow("kms:*")], resource_policy=nobody)
    assert (answer.decision, answer.why) == ("denied", Why.NOT_ALLOWED)


@pytest.mark.parametrize(
    ("who", "principal", "expected"),
    [
        ("ec2.amazonaws.com", {"Service": "ec2.amazonaws.com"}, "allowed"),
        ("ec2.amazonaws.com", {"Service": ["lambda.amazonaws.com"]}, "denied"),
        ("ec2.amazonaws.com", "*", "cannot_tell"),
        (
            f"arn:aws:iam::{OURS}:saml-provider/Corp",
            {"Federated": f"arn:aws:iam::{OURS}:saml-provider/Corp"},
            "allowed",
        ),
        (f"arn:aws:iam::{OURS}:saml-provider/Corp", {"Federated": f"arn:aws:iam::{OURS}:saml-provider/X"}, "denied"),
        ("accounts.google.com", {"Federated": "accounts.google.com"}, "allowed"),
    ],
)
def test_services_and_providers_have_what_the_policy_gives_them(who: str, principal: Any, expected: str) -> None:
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole*"}
    assert decide("sts:AssumeRole", TRUSTED, who=who, resource_policy=[trust]) == expected


def test_trust_with_an_external_id_wants_it_and_never_shows_it() -> None:
    condition = {"StringEquals": {"sts:ExternalId": "not-to-be-shown"}}
    trust = {"Effect": "Allow", "Principal": aws(ANN), "Action": "sts:AssumeRole", "Condition": condition}
    answer = ask("sts:AssumeRole", TRUSTED, resource_policy=[trust], context={"sts:ExternalId": "not-to-be-shown"})
    assert answer.decision == "allowed"
    assert "not-to-be-shown" not in repr(answer)
    assert decide("sts:AssumeRole", TRUSTED, resource_policy=[trust]) == "denied"


def test_everyone_but_a_principal_by_condition() -> None:
    arn = {"ArnNotEquals": {"aws:PrincipalArn": ANN}}
    statements = [to("*", "Deny", Condition=arn)]
    assert decide("s3:GetObject", FILE, identity=[allow()], resource_policy=statements) == "allowed"
    assert decide("s3:GetObject", FILE, who=OTHER_USER, identity=[allow()], resource_policy=statements) == "denied"
    # The ARN of a session doesn't say which path its role has.
    assert decide("s3:GetObject", FILE, who=SESSION, identity=[allow()], resource_policy=statements) == "cannot_tell"
