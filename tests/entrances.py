"""Breaking the way into an account by hand, as people and other tools do."""

import json
from typing import Any

from sandbox.client import Sandbox


def remove_role(sandbox: Sandbox, account_id: str, role: str) -> None:
    """The role, with whatever it holds."""
    iam = sandbox.client("iam", account_id)
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName=role)


def change_trust(sandbox: Sandbox, account_id: str, role: str, **change: Any) -> None:
    """Elements of the Allow of its trust policy; None takes one away."""
    iam = sandbox.client("iam", account_id)
    document = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    for statement in document["Statement"]:
        if statement["Effect"] == "Allow":
            statement.update(change)
    document["Statement"] = [
        {name: value for name, value in statement.items() if value is not None} for statement in document["Statement"]
    ]
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(document))
