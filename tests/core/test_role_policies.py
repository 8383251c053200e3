"""Policies of the roles: as few documents as fit, and denials that no Allow outweighs."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.core.access_path import AccessPath
from provisioning.core.kind import Context
from provisioning.core.role_policies import (
    LONGEST_MANAGED_POLICY,
    MAKES_CREDENTIALS,
    apply_boundary,
    apply_policies,
    hand_over_policy,
    in_documents,
    look_policies,
    size,
)
from provisioning.kinds import all_kinds
from provisioning.kinds.iam_protected import PROTECTED_ROLES, protected_role
from sandbox.evaluate import decide

KINDS = [*all_kinds().values()]
PLACE = AccessPath(account_id="111111111111")
ARN = "arn:aws:iam::111111111111:"
APPLY = apply_policies(KINDS, PROTECTED_ROLES, PLACE)

statements = st.lists(
    st.builds(
        lambda sid, count: {
            "Sid": f"S{sid}",
            "Effect": "Allow",
            "Action": [f"iam:Action{sid}x{number}" for number in range(count)],
            "Resource": "*",
        },
        st.integers(0, 99),
        st.integers(1, 700),
    ),
    max_size=12,
)


@given(statements)
def test_documents_hold_every_action_once_in_order_and_none_is_too_long(wanted: list[dict[str, Any]]) -> None:
    documents = in_documents(wanted)
    assert all(size(one) <= LONGEST_MANAGED_POLICY for one in documents)
    found = [action for one in documents for part in one["Statement"] for action in part["Action"]]
    assert found == [action for one in wanted for action in one["Action"]]


def decision(documents: Any, action: str, resource: str) -> str:
    return decide([json.dumps(one) for one in documents], action, resource, {})


@pytest.mark.parametrize("resource", ["role/firstline/FirstlineLook", "policy/firstline/FirstlineApplyBoundary"])
@pytest.mark.parametrize("documents", [APPLY, [apply_boundary(PROTECTED_ROLES, PLACE)]], ids=["policy", "boundary"])
def test_apply_sees_its_own_access_path_and_can_not_change_it(documents: Any, resource: str) -> None:
    verb = "Role" if resource.startswith("role") else "Policy"
    assert decision(documents, f"iam:Delete{verb}", ARN + resource) == "explicitDeny"
    assert decision(documents, f"iam:Get{verb}", ARN + resource) == "allowed"


@pytest.mark.parametrize("action", MAKES_CREDENTIALS)
def test_no_way_to_sign_in_is_made_by_the_apply_role(action: str) -> None:
    assert decision(APPLY, action, ARN + "user/ann") == "explicitDeny"


def test_role_is_passed_to_ec2_only() -> None:
    (found,) = [one for policy in APPLY for one in policy["Statement"] if "iam:PassRole" in one.get("Action", [])]
    assert found["Condition"]["StringEquals"]["iam:PassedToService"][0] == "ec2.amazonaws.com"


@pytest.mark.parametrize(
    "role",
    [
        "aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport",
        "aws-reserved/sso.amazonaws.com/AWSReservedSSO_View_1",
        "aws-controltower-AdministratorExecutionRole",
        "stacksets-exec-0123",
        "OrganizationAccountAccessRole",
        "AWSControlTowerExecution",
        "cdk-hnb659fds-deploy-role-111111111111-eu-central-1",
    ],
)
def test_what_the_kinds_protect_the_apply_role_denies(role: str) -> None:
    path, name = "/" + role.rpartition("/")[0] + "/" if "/" in role else "/", role.rpartition("/")[2]
    assert protected_role(name, path, Context("111111111111"))
    assert decision(APPLY, "iam:AttachRolePolicy", f"{ARN}role/{role}") == "explicitDeny"


def test_every_denied_role_is_one_that_the_kinds_protect() -> None:
    assert len(PROTECTED_ROLES) == 7


def test_look_writes_nothing_and_hand_over_touches_users_only() -> None:
    reading = ("Get", "List", "View", "Generate", "Lookup")
    for policy in look_policies(KINDS):
        for statement in policy["Statement"]:
            assert all(action.partition(":")[2].startswith(reading) for action in statement["Action"])
    hand_over = [hand_over_policy(PLACE)]
    assert decision(hand_over, "iam:CreateAccessKey", ARN + "user/teams/ann") == "allowed"
    for action in ("iam:AttachUserPolicy", "iam:CreateUser", "iam:AddUserToGroup", "iam:DeleteUser"):
        assert decision(hand_over, action, ARN + "user/ann") == "implicitDeny"


def test_look_and_hand_over_fit_one_policy_because_it_is_their_boundary_too() -> None:
    assert len(look_policies(KINDS)) == 1
    assert size(hand_over_policy(PLACE)) <= LONGEST_MANAGED_POLICY


def test_longest_allowed_path_still_fits() -> None:
    long = AccessPath("aws-us-gov", "111111111111", "/" + "p" * 62 + "/")
    for policy in (*apply_policies(KINDS, PROTECTED_ROLES, long), apply_boundary(PROTECTED_ROLES, long)):
        assert size(policy) <= LONGEST_MANAGED_POLICY
