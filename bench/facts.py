"""What each reader found of an account, in one shape, each from its own data: equal facts prove equal readings."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from provisioning.core.snapshot import Section, Snapshot

Facts = dict[str, Any]


def digest(facts: Facts) -> str:
    """SHA-256 of the facts."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def facts_of_snapshot(snapshot: Snapshot) -> Facts:
    """Our reader's."""
    details = snapshot.body(Section.IAM_DETAILS)
    sessions = {role["name"]: role for role in snapshot.body(Section.IAM_ROLES)["roles"]}
    return {
        "users": {user["name"]: [user["arn"], user["groups"], user["tags"]] for user in details["users"]},
        "groups": {group["name"]: _holds(group) for group in details["groups"]},
        "roles": {
            role["name"]: [
                json.loads(role["trust"]),
                _holds(role),
                sessions[role["name"]]["description"],
                sessions[role["name"]]["max_session_seconds"],
            ]
            for role in details["roles"]
        },
        "policies": {
            policy["arn"]: [
                policy["default_version"],
                {version["id"]: json.loads(version["document"]) for version in policy["versions"]},
            ]
            for policy in details["policies"]
        },
        "budgets": {
            budget["BudgetName"]: [budget["BudgetLimit"], budget["CostFilters"], budget["CostTypes"]]
            for budget in snapshot.body(Section.BUDGETS)["budgets"]
        },
        "subscribers": {
            f"{name} {entry['notification']['Threshold']}": _addresses(entry["subscribers"])
            for name, entries in snapshot.body(Section.BUDGET_SUBSCRIBERS)["subscribers"].items()
            for entry in entries
        },
    }


def facts_of_answers(
    details: Mapping[str, Any],
    roles: Iterable[Mapping[str, Any]],
    budgets: Iterable[Mapping[str, Any]],
    subscribers: Mapping[str, list[Mapping[str, Any]]],
) -> Facts:
    """The plain script's: from what boto3 answered."""
    listed = {role["RoleName"]: role for role in roles}
    return {
        "users": {
            user["UserName"]: [
                user["Arn"],
                sorted(user["GroupList"]),
                {tag["Key"]: tag["Value"] for tag in user["Tags"]},
            ]
            for user in details["UserDetailList"]
        },
        "groups": {group["GroupName"]: _shown_holds(group, "Group") for group in details["GroupDetailList"]},
        "roles": {
            role["RoleName"]: [
                role["AssumeRolePolicyDocument"],
                _shown_holds(role, "Role"),
                listed[role["RoleName"]]["Description"],
                listed[role["RoleName"]]["MaxSessionDuration"],
            ]
            for role in details["RoleDetailList"]
        },
        "policies": {
            policy["Arn"]: [
                policy["DefaultVersionId"],
                {version["VersionId"]: version["Document"] for version in policy["PolicyVersionList"]},
            ]
            for policy in details["Policies"]
        },
        "budgets": {
            budget["BudgetName"]: [budget["BudgetLimit"], budget["CostFilters"], budget["CostTypes"]]
            for budget in budgets
        },
        "subscribers": {name: _addresses(people) for name, people in subscribers.items()},
    }


def _holds(row: Mapping[str, Any]) -> list[Any]:
    return [row["attached"], {name: json.loads(document) for name, document in row["inline"].items()}]


def _shown_holds(row: Mapping[str, Any], noun: str) -> list[Any]:
    return [
        sorted(policy["PolicyArn"] for policy in row["AttachedManagedPolicies"]),
        {policy["PolicyName"]: policy["PolicyDocument"] for policy in row[f"{noun}PolicyList"]},
    ]


def _addresses(people: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted(person["Address"] for person in people)
