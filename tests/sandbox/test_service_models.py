"""Everything the sandbox adds exists in botocore's own description of the service."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.model import Shape

from sandbox.budgets.model import Budget, Notification, notification_key, stored_body
from sandbox.operations import OPERATIONS
from sandbox.organisation.build import build, example
from sandbox.organisation.content import run
from sandbox.service_models import operation_model, service_model

DEV = "111111111111"
NOTIFICATION = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 100}


@pytest.fixture(scope="module", autouse=True)
def _workshop_in_this_process() -> None:
    build(example("workshop"))
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    run(DEV, "PutRolePolicy", RoleName="LegacyDeploy", PolicyName="inline", PolicyDocument=document)


def test_every_operation_is_one_of_its_service() -> None:
    assert [key for key in OPERATIONS if operation_model(*key) is None] == []


READS: list[tuple[str, str, dict[str, Any]]] = [
    ("iam", "GetAccountAuthorizationDetails", {}),
    ("iam", "GetAccountSummary", {}),
    ("iam", "GetRole", {"RoleName": "LegacyDeploy"}),
    ("iam", "GetUser", {"UserName": "ann"}),
    ("iam", "GetGroup", {"GroupName": "Developers"}),
    ("iam", "GetPolicy", {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    ("iam", "GetPolicyVersion", {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess", "VersionId": "v1"}),
    ("iam", "ListPolicyVersions", {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    ("iam", "ListEntitiesForPolicy", {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    ("iam", "ListRoles", {}),
    ("iam", "ListUsers", {}),
    ("iam", "ListGroups", {}),
    ("iam", "ListPolicies", {"MaxItems": 5}),
    ("iam", "ListInstanceProfiles", {}),
    ("iam", "GetRolePolicy", {"RoleName": "LegacyDeploy", "PolicyName": "inline"}),
    ("iam", "ListAttachedRolePolicies", {"RoleName": "LegacyDeploy"}),
    ("iam", "GetLoginProfile", {"UserName": "ann"}),
    ("budgets", "DescribeBudgets", {"AccountId": DEV, "ShowFilterExpression": True}),
    ("budgets", "DescribeBudget", {"AccountId": DEV, "BudgetName": "s3-monthly"}),
    ("budgets", "DescribeBudgetNotificationsForAccount", {"AccountId": DEV}),
    ("budgets", "DescribeNotificationsForBudget", {"AccountId": DEV, "BudgetName": "s3-monthly"}),
    (
        "budgets",
        "DescribeSubscribersForNotification",
        {"AccountId": DEV, "BudgetName": "s3-monthly", "Notification": NOTIFICATION},
    ),
    ("budgets", "ListTagsForResource", {"ResourceARN": f"arn:aws:budgets::{DEV}:budget/s3-monthly"}),
]


@pytest.mark.parametrize(("service", "operation", "params"), READS, ids=[name for _, name, _ in READS])
def test_every_member_of_an_answer_is_in_the_output_shape(service: str, operation: str, params: dict[str, Any]) -> None:
    model = operation_model(service, operation)
    assert model is not None and model.output_shape is not None
    unknown = list(_unknown(model.output_shape, run(DEV, operation, service, **params), operation))
    assert unknown == []


def _unknown(shape: Shape, value: Any, at: str) -> list[str]:
    if shape.type_name == "structure":
        assert isinstance(value, Mapping), at
        members = shape.members  # type: ignore[attr-defined]
        found = [f"{at}.{name}" for name in value if name not in members]
        for name, item in value.items():
            if name in members and item is not None:
                found += _unknown(members[name], item, f"{at}.{name}")
        return found
    if shape.type_name == "list":
        return [name for item in value for name in _unknown(shape.member, item, f"{at}[]")]  # type: ignore[attr-defined]
    return []


def test_a_budget_in_the_newer_dialect_shows_only_known_members() -> None:
    body = {
        "BudgetName": "tagged",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "1", "Unit": "USD"},
        "FilterExpression": {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Simple Storage Service"]}},
        "Metrics": ["UnblendedCost"],
    }
    budget = Budget(DEV, stored_body(DEV, body), [Notification(notification_key(NOTIFICATION), [])])
    assert _unknown(service_model("budgets").shape_for("Budget"), budget.shown(True), "Budget") == []
    assert _unknown(service_model("budgets").shape_for("Notification"), budget.notifications[0].shown(budget), "") == []


def _error_codes() -> set[str]:
    """Codes in the budgets handlers' own source: JSON services name errors as their model does."""
    from sandbox.budgets import checks, operations, paging, stored

    text = "".join(inspect.getsource(module) for module in (checks, operations, paging, stored))
    return set(re.findall(r'"(\w+Exception)"', text)) | {"NotFoundException", "InvalidParameterException"}


@pytest.mark.parametrize("code", sorted(_error_codes()))
def test_every_budgets_error_is_in_the_model(code: str) -> None:
    assert code in service_model("budgets").shape_names
