"""The peer: what a platform engineer writes in an afternoon. A new session and new clients for each account."""

from typing import Any

import boto3

from bench.facts import Facts, facts_of_answers

ROLE = "arn:aws:iam::{}:role/firstline/FirstlineLook"
_DETAILS = ["User", "Role", "Group", "LocalManagedPolicy"]


def look(account_id: str) -> Facts:
    """The same bulk calls as ours, with botocore's own pagers."""
    session = boto3.Session(region_name="us-east-1")
    keys = session.client("sts").assume_role(
        RoleArn=ROLE.format(account_id), RoleSessionName="plain-script", ExternalId="bench"
    )["Credentials"]
    credentials = {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }
    iam = session.client("iam", **credentials)
    budgets = session.client("budgets", **credentials)
    return facts_of_answers(
        _details(iam),
        [role for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]],
        _pages(budgets, "describe_budgets", "Budgets", AccountId=account_id),
        _subscribers(budgets, account_id),
    )


def _details(iam: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for page in iam.get_paginator("get_account_authorization_details").paginate(Filter=_DETAILS):
        for name in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"):
            found.setdefault(name, []).extend(page[name])
    return found


def _subscribers(budgets: Any, account_id: str) -> dict[str, list[Any]]:
    entries = _pages(
        budgets,
        "describe_budget_notifications_for_account",
        "BudgetNotificationsForAccount",
        AccountId=account_id,
    )
    return {
        f"{entry['BudgetName']} {notification['Threshold']}": _pages(
            budgets,
            "describe_subscribers_for_notification",
            "Subscribers",
            AccountId=account_id,
            BudgetName=entry["BudgetName"],
            Notification={name: value for name, value in notification.items() if name != "NotificationState"},
        )
        for entry in entries
        for notification in entry["Notifications"]
    }


def _pages(client: Any, operation: str, key: str, **parameters: Any) -> list[Any]:
    return [item for page in client.get_paginator(operation).paginate(**parameters) for item in page[key]]
