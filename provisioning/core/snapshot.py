"""A snapshot is data: one bulk read of an account, by section. Unreadable is never absent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from provisioning.core.plain import digest


class Section(StrEnum):
    """What can be read of an account, each by its own calls.

    Shapes of the bodies (plain JSON; volatile values such as spend, last used, attachment counts are not in them;
    lists sorted by name; policy documents as canonical compact JSON text, '' where AWS gave none):

    IAM_DETAILS  GetAccountAuthorizationDetails [User, Role, Group, LocalManagedPolicy]:
        {"users":    [{"name","path","arn","id","groups":[name],"attached":[arn],"inline":{name: document},
                       "boundary": arn | null, "tags": {key: value}}],
         "groups":   [{"name","path","arn","id","attached":[arn],"inline":{name: document}}],
         "roles":    [{"name","path","arn","id","trust": document,"attached":[arn],"inline":{name: document},
                       "boundary": arn | null,"tags":{...},"instance_profiles":[{"name","path","roles":[name]}]}],
         "policies": [{"name","path","arn","id","default_version":"v3",
                       "versions":[{"id":"v3","document":document,"created_at": ISO 8601}]}]}   versions oldest first
    IAM_ROLES    ListRoles: {"roles": [{"name","description","max_session_seconds"}]}
    IAM_SUMMARY  GetAccountSummary: {"quotas": {...Quota: int}, "counts": {...: int}}
    BUDGETS      DescribeBudgets(ShowFilterExpression): {"budgets": [the Budget structure without CalculatedSpend,
                 LastUpdatedTime, HealthStatus, AutoAdjustData.LastAutoAdjustTime; datetimes as ISO 8601]}
    BUDGET_NOTIFICATIONS  DescribeBudgetNotificationsForAccount:
                 {"notifications": {budget name: [{"NotificationType","ComparisonOperator","Threshold",
                  "ThresholdType"}]}}
    BUDGET_SUBSCRIBERS    one DescribeSubscribersForNotification per notification of the *declared* budgets:
                 {"subscribers": {budget name: [{"notification": {...as above}, "subscribers":
                  [{"SubscriptionType","Address"}]}]}}
    """

    IAM_DETAILS = "iam.details"
    IAM_ROLES = "iam.roles"
    IAM_SUMMARY = "iam.summary"
    BUDGETS = "budgets"
    BUDGET_NOTIFICATIONS = "budgets.notifications"
    BUDGET_SUBSCRIBERS = "budgets.subscribers"


@dataclass(frozen=True)
class Complete:
    """A section that was read to its last page."""

    body: Mapping[str, Any]
    observed_at: datetime

    @property
    def hash(self) -> str:
        """Digest of the body; equal digests are stored once."""
        return digest(self.body)


@dataclass(frozen=True)
class Unreadable:
    """A section that could not be read: reason code of core/errors.py."""

    reason: str


@dataclass(frozen=True)
class Snapshot:
    """What one look saw of one account."""

    account_id: str
    partition: str
    sections: Mapping[Section, Complete | Unreadable]

    def body(self, section: Section) -> Mapping[str, Any]:
        """Body of a complete section; KeyError when it was not read: ask `unread` first."""
        reading = self.sections[section]
        if isinstance(reading, Unreadable):
            raise KeyError(f"{section} is unreadable: {reading.reason}")
        return reading.body

    def unread(self, sections: Iterable[Section]) -> dict[Section, str]:
        """The sections among these that hold nothing to compare, with the reason."""
        missing: dict[Section, str] = {}
        for section in sections:
            reading = self.sections.get(section)
            if reading is None:
                missing[section] = "not_read"
            elif isinstance(reading, Unreadable):
                missing[section] = reading.reason
        return missing
