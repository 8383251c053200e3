"""The account that looks are measured with, as AWS would show it: what is declared is there, among other things.

10 roles, 5 groups, 8 policies, 5 users, 4 budgets of 3 notifications of 2 subscribers; names and documents of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from bench.desired import ADMIN, desired_account
from bench.documents import Document, permissions, trust, word

Plain = dict[str, Any]
CREATED = "2024-03-01T09:30:00Z"
_AWS_POLICIES = {"Billing": "job-function/Billing"}
_SHOWN_ONLY_BY_LIST = ("Description", "MaxSessionDuration")
_COST_TYPES = {
    "include_credit": "IncludeCredit",
    "include_refund": "IncludeRefund",
}


@dataclass(frozen=True)
class BenchAccount:
    """One account in the shapes of AWS's answers; documents are parsed JSON."""

    account_id: str
    users: list[Plain]
    groups: list[Plain]
    roles: list[Plain]
    policies: list[Plain]
    budgets: list[Plain]
    notifications: Mapping[str, list[Plain]]
    subscribers: Mapping[tuple[str, float], list[Plain]]


def account_ids(count: int) -> list[str]:
    """The same accounts in every process."""
    return [str(100_000_000_000 + 7_919 * number) for number in range(count)]


def bench_account(account_id: str) -> BenchAccount:
    """Always the same one for an id."""
    return _Builder(account_id).account()


class _Builder:
    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self.random = Random(account_id)
        self.declared: dict[str, dict[str, Plain]] = {}
        for item in desired_account(account_id).items:
            self.declared.setdefault(item.kind, {})[item.name] = dict(item.declared)

    def account(self) -> BenchAccount:
        policies = self._policies()
        self.own = [policy["Arn"] for policy in policies]
        budgets = self.declared["budget"]
        return BenchAccount(
            self.account_id,
            self._users(),
            self._groups(),
            self._roles(),
            policies,
            [self._budget(name, fields) for name, fields in budgets.items()],
            {name: [_notification(item) for item in fields["notifications"]] for name, fields in budgets.items()},
            {
                (name, float(item["above"])): [_subscriber(person) for person in item["subscribers"]]
                for name, fields in budgets.items()
                for item in fields["notifications"]
            },
        )

    def _policies(self) -> list[Plain]:
        declared = {name: [fields["document"]] for name, fields in self.declared["iam.policy"].items()}
        others = {word(self.random): self._documents(self.random.randint(1, 3)) for _ in range(7)}
        return [self._policy(name, documents) for name, documents in (declared | others).items()]

    def _documents(self, count: int) -> list[Document]:
        return [permissions(self.random, self.account_id) for _ in range(count)]

    def _policy(self, name: str, documents: list[Document]) -> Plain:
        newest_first = list(enumerate(documents, start=1))[::-1]
        return {
            **self._entity("policy", name, "Policy", "ANPA"),
            "DefaultVersionId": f"v{len(documents)}",
            "AttachmentCount": self.random.randrange(9),
            "PermissionsBoundaryUsageCount": 0,
            "IsAttachable": True,
            "UpdateDate": CREATED,
            "PolicyVersionList": [
                {
                    "Document": document,
                    "VersionId": f"v{number}",
                    "IsDefaultVersion": number == len(documents),
                    "CreateDate": CREATED,
                }
                for number, document in newest_first
            ],
        }

    def _users(self) -> list[Plain]:
        names = [ADMIN, *(word(self.random) for _ in range(4))]
        return [self._user(name, ["Admins"] if name == ADMIN else ["Developers"]) for name in names]

    def _user(self, name: str, groups: list[str]) -> Plain:
        return {
            **self._entity("user", name, "User", "AIDA"),
            "GroupList": groups,
            "AttachedManagedPolicies": [],
            "Tags": [{"Key": "team", "Value": word(self.random)}],
        }

    def _groups(self) -> list[Plain]:
        declared = {name: fields["attached_policies"] for name, fields in self.declared["iam.group"].items()}
        found = [self._group(name, self._arns(names), 0) for name, names in declared.items()]
        return [*found, self._group(word(self.random), self._some_policies(), 1)]

    def _group(self, name: str, attached: list[str], inline: int) -> Plain:
        return self._entity("group", name, "Group", "AGPA") | self._holds("Group", attached, inline)

    def _roles(self) -> list[Plain]:
        ((name, fields),) = self.declared["iam.role"].items()
        document = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
        ours = self._role(name, fields["description"], document, self._arns(fields["attached_policies"]), 0)
        return [self._with_profile(ours), *(self._other_role() for _ in range(9))]

    def _other_role(self) -> Plain:
        name, document = word(self.random), trust(self.random, self.account_id)
        inline = self.random.randrange(3)
        return self._role(name, f"Made for {word(self.random)}", document, self._some_policies(), inline)

    def _role(self, name: str, description: str, document: Document, attached: list[str], inline: int) -> Plain:
        return {
            **self._entity("role", name, "Role", "AROA"),
            "AssumeRolePolicyDocument": document,
            "Description": description,
            "MaxSessionDuration": 3600,
            "InstanceProfileList": [],
            **self._holds("Role", attached, inline),
            "Tags": [{"Key": "team", "Value": word(self.random)}],
            "RoleLastUsed": {"LastUsedDate": CREATED, "Region": "eu-central-1"},
        }

    def _with_profile(self, role: Plain) -> Plain:
        name = role["RoleName"]
        profile = self._entity("instance-profile", name, "InstanceProfile", "AIPA") | {"Roles": [as_nested(role)]}
        return role | {"InstanceProfileList": [profile]}

    def _holds(self, noun: str, attached: list[str], inline: int) -> Plain:
        listed = zip((word(self.random) for _ in range(inline)), self._documents(inline), strict=True)
        return {
            f"{noun}PolicyList": [{"PolicyName": name, "PolicyDocument": document} for name, document in listed],
            "AttachedManagedPolicies": [
                {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in sorted(attached)
            ],
        }

    def _some_policies(self) -> list[str]:
        return self.random.sample(self.own, self.random.randint(1, 3))

    def _arns(self, names: Iterable[str]) -> list[str]:
        return [self._arn_of(name) for name in names]

    def _arn_of(self, name: str) -> str:
        if name in self.declared["iam.policy"]:
            return f"arn:aws:iam::{self.account_id}:policy/{name}"
        return f"arn:aws:iam::aws:policy/{_AWS_POLICIES.get(name, name)}"

    def _entity(self, resource: str, name: str, noun: str, prefix: str) -> Plain:
        return {
            "Path": "/",
            f"{noun}Name": name,
            f"{noun}Id": f"{prefix}{self.random.randrange(36**10):017d}",
            "Arn": f"arn:aws:iam::{self.account_id}:{resource}/{name}",
            "CreateDate": CREATED,
        }

    def _budget(self, name: str, fields: Plain) -> Plain:
        limit, spent = fields["limit"], str(self.random.randrange(100))
        others = {aws: fields.get("cost_types", {}).get(ours, True) for ours, aws in _COST_TYPES.items()}
        services = fields.get("filter", {}).get("service")
        return {
            "BudgetName": name,
            "BudgetLimit": {"Amount": limit["amount"], "Unit": limit["unit"]},
            "CostFilters": {"Service": services} if services else {},
            "CostTypes": {"IncludeTax": True, "IncludeSupport": True, "UseBlended": False, **others},
            "TimeUnit": "MONTHLY",
            "TimePeriod": {"Start": 1704067200, "End": 3706473600},
            "CalculatedSpend": {"ActualSpend": {"Amount": spent, "Unit": "USD"}},
            "BudgetType": "COST",
            "LastUpdatedTime": 1704067200.5,
        }


def as_nested(role: Plain) -> Plain:
    """A role as an instance profile shows it."""
    shown = ("Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument")
    return {name: role[name] for name in shown}


def as_detail(role: Plain) -> Plain:
    """A role as GetAccountAuthorizationDetails shows it."""
    return {name: value for name, value in role.items() if name not in _SHOWN_ONLY_BY_LIST}


def as_listed(role: Plain) -> Plain:
    """A role as ListRoles shows it."""
    return as_nested(role) | {name: role[name] for name in _SHOWN_ONLY_BY_LIST}


def _notification(item: Plain) -> Plain:
    return {
        "NotificationType": "ACTUAL",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": float(item["above"]),
        "ThresholdType": "PERCENTAGE",
        "NotificationState": "OK",
    }


def _subscriber(person: Plain) -> Plain:
    return {"SubscriptionType": "EMAIL", "Address": person["email"]}
