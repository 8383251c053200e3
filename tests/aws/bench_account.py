"""The account that performance is measured with: what a mid-size account holds."""

from typing import Any

DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
BUDGETS = frozenset(f"budget-{number}" for number in range(4))


def bench_account(account_id: str) -> dict[str, Any]:
    """10 roles, 5 groups, 8 policies, 5 users, 4 budgets of 3 notifications of 2 subscribers."""
    return {
        "id": account_id,
        "name": "bench",
        "policies": {f"policy-{number}": {"versions": [DOCUMENT]} for number in range(8)},
        "users": {f"user-{number}": {} for number in range(5)},
        "groups": {f"group-{number}": {"members": [f"user-{number}"]} for number in range(5)},
        "roles": {f"role-{number}": {"trust": TRUST, "attached_policies": ["policy-0"]} for number in range(10)},
        "budgets": {name: _budget() for name in BUDGETS},
    }


def _budget() -> dict[str, Any]:
    limit = {"Amount": "100", "Unit": "USD"}
    return {
        "budget": {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit},
        "notifications": [_notification(above) for above in (50, 80, 100)],
    }


def _notification(above: int) -> dict[str, Any]:
    return {
        "Notification": {
            "NotificationType": "ACTUAL",
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": above,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [
            {"SubscriptionType": "EMAIL", "Address": f"{name}@example.com"} for name in ("finance", "platform")
        ],
    }
