"""AWS's answers as bytes, made once before anything is measured."""

import json
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from bench.account import BenchAccount, as_detail, as_listed

Key = tuple[str, ...]
"""Account and operation; for subscribers the budget and the threshold too."""
_DOCUMENTS = frozenset({"Document", "PolicyDocument", "AssumeRolePolicyDocument"})


def answers_of(account: BenchAccount) -> dict[Key, bytes]:
    """Every answer of a quiet look at one account."""
    details = {
        "UserDetailList": account.users,
        "GroupDetailList": account.groups,
        "RoleDetailList": [as_detail(role) for role in account.roles],
        "Policies": account.policies,
        "IsTruncated": False,
    }
    roles = {"Roles": [as_listed(role) for role in account.roles], "IsTruncated": False}
    notifications = [{"BudgetName": name, "Notifications": items} for name, items in account.notifications.items()]
    one = account.account_id
    return {
        (one, "AssumeRole"): _query("AssumeRole", _session(one)),
        (one, "GetAccountAuthorizationDetails"): _query("GetAccountAuthorizationDetails", details),
        (one, "ListRoles"): _query("ListRoles", roles),
        (one, "DescribeBudgets"): _json({"Budgets": account.budgets}),
        (one, "DescribeBudgetNotificationsForAccount"): _json({"BudgetNotificationsForAccount": notifications}),
        **{
            (one, "DescribeSubscribersForNotification", budget, str(threshold)): _json({"Subscribers": people})
            for (budget, threshold), people in account.subscribers.items()
        },
    }


def access_key(account_id: str) -> str:
    """The key id of a session, which says whose it is."""
    return f"ASIA{account_id}BENCH"


def _session(account_id: str) -> dict[str, Any]:
    return {
        "Credentials": {
            "AccessKeyId": access_key(account_id),
            "SecretAccessKey": "s" * 40,
            "SessionToken": "t" * 360,
            "Expiration": "2100-01-01T00:00:00Z",
        },
        "AssumedRoleUser": {
            "AssumedRoleId": "AROA:bench",
            "Arn": f"arn:aws:sts::{account_id}:assumed-role/FirstlineLook/bench",
        },
    }


def _query(operation: str, result: dict[str, Any]) -> bytes:
    body = (
        f'<{operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{operation}Result>'
        f"{_xml(result)}</{operation}Result><ResponseMetadata><RequestId>bench</RequestId></ResponseMetadata>"
        f"</{operation}Response>"
    )
    return _http("text/xml", body.encode())


def _xml(fields: dict[str, Any]) -> str:
    return "".join(f"<{name}>{_value(name, value)}</{name}>" for name, value in fields.items())


def _value(name: str, value: Any) -> str:
    if name in _DOCUMENTS:
        return quote(json.dumps(value), safe="")
    if isinstance(value, dict):
        return _xml(value)
    if isinstance(value, list):
        return "".join(f"<member>{_value('', item)}</member>" for item in value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


def _json(result: dict[str, Any]) -> bytes:
    return _http("application/x-amz-json-1.1", json.dumps(result).encode())


def _http(content_type: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
