"""The bulk read of one account: only the sections that are needed, each to its last page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from provisioning.aws import (
    access_sections,
    account_sections,
    budget_sections,
    iam_sections,
    provider_sections,
    trail_sections,
)
from provisioning.aws.credential_sections import CredentialReader
from provisioning.aws.pages import Page
from provisioning.aws.session import AwsSession
from provisioning.core.change import Read
from provisioning.core.errors import AwsError, ErrorClass
from provisioning.core.snapshot import Complete, Section, Snapshot, Unreadable

Facts = dict[str, Any]
"""Volatile values by section: role use, attachment counts, spend, health, alarm states. Outside every hash."""

_DETAILS = ["User", "Role", "Group", "LocalManagedPolicy"]


def read_sections(
    session: AwsSession,
    sections: Iterable[Section],
    asked: Mapping[Section, frozenset[str]] | None = None,
    *,
    on_page: Callable[[], None] | None = None,
) -> tuple[Snapshot, Facts]:
    """Read `sections`; one that fails is Unreadable with its reason, and the others are still read.

    `asked`: for sections that are read name by name, which names (Kind.asks). `on_page` runs after every request: renew
    the lease there. Raises AwsError (`session`) or AccessFailedError when the account can no longer be entered at all.
    """
    look = _Look(session, asked or {}, on_page)
    wanted = frozenset(sections)
    readings = {section: look.reading(section) for section in Section if section in wanted}
    return Snapshot(session.entry.account_id, session.entry.partition, readings), look.facts


@dataclass
class _Look:
    session: AwsSession
    asked: Mapping[Section, frozenset[str]]
    on_page: Callable[[], None] | None
    facts: Facts = field(default_factory=dict)
    _done: dict[Section, Complete | Unreadable] = field(default_factory=dict)

    def reading(self, section: Section) -> Complete | Unreadable:
        """The section, read once."""
        if section not in self._done:
            self._done[section] = self._read(section)
        return self._done[section]

    def _read(self, section: Section) -> Complete | Unreadable:
        observed_at = datetime.now(UTC)
        readers: Mapping[Section, Callable[[], Mapping[str, Any]]] = {
            Section.IAM_DETAILS: self._details,
            Section.IAM_ROLES: self._roles,
            Section.IAM_SUMMARY: self._summary,
            Section.BUDGETS: self._budgets,
            Section.BUDGET_NOTIFICATIONS: self._notifications,
            Section.BUDGET_SUBSCRIBERS: self._subscribers,
            Section.BILLING_EVENTS: self._billing_events,
            Section.PASSWORD_POLICY: lambda: account_sections.password_policy(self._one),
            Section.ACCOUNT_ALIAS: lambda: account_sections.account_alias(self._pages),
            Section.ALTERNATE_CONTACTS: lambda: account_sections.alternate_contacts(self._one),
            Section.SAML_PROVIDERS: lambda: provider_sections.saml_providers(self._one, self._asked(section)),
            Section.OIDC_PROVIDERS: lambda: provider_sections.oidc_providers(self._one, self._asked(section)),
            Section.ANALYZERS: lambda: access_sections.analyzers(self._pages, self._asked(section)),
            Section.ACCESS_FINDINGS: self._findings,
            Section.LOGIN_PROFILES: lambda: self._people.login_profiles(self._names(section)),
            Section.PASSWORD_USE: lambda: self._noted(section, self._people.password_use(self._names(section))),
            Section.ACCESS_KEYS: lambda: self._people.access_keys(
                self._names(Section.ACCESS_KEYS) | self._names(Section.ACCESS_KEY_USE)
            ),
            Section.ACCESS_KEY_USE: self._key_use,
            Section.USER_MFA: lambda: self._people.user_mfa(self._names(section)),
            Section.ROOT_MFA: lambda: self._people.root_mfa(self._needed(Section.IAM_SUMMARY)),
        }
        try:
            return Complete(readers[section](), observed_at, self.facts.get(section.value, {}))
        except _NeededSectionError as needed:
            return Unreadable(needed.reason)
        except AwsError as error:
            if error.error_class is ErrorClass.SESSION:
                raise
            return Unreadable(error.code)

    def _details(self) -> Mapping[str, Any]:
        pages = self._pages(
            _iam("GetAccountAuthorizationDetails", Filter=_DETAILS, MaxItems=1000),
            lambda page: (iam_sections.details_page(page), iam_sections.details_facts_page(page)),
        )
        self.facts[Section.IAM_DETAILS.value] = {
            kind: _joined(facts[kind] for _, facts in pages) for kind in ("roles", "policies")
        }
        return iam_sections.details_body(body for body, _ in pages)

    def _roles(self) -> Mapping[str, Any]:
        return iam_sections.roles_body(self._pages(_iam("ListRoles", MaxItems=1000), iam_sections.roles_page))

    def _summary(self) -> Mapping[str, Any]:
        return dict(self._pages(_iam("GetAccountSummary"), iam_sections.summary_body)[0])

    def _budgets(self) -> Mapping[str, Any]:
        pages = self._pages(
            self._budget_read("DescribeBudgets", MaxResults=1000, ShowFilterExpression=True),
            lambda page: (budget_sections.budgets_page(page), budget_sections.budgets_facts_page(page)),
        )
        self.facts[Section.BUDGETS.value] = _joined(facts for _, facts in pages)
        return budget_sections.budgets_body(body for body, _ in pages)

    def _notifications(self) -> Mapping[str, Any]:
        pages = self._pages(
            self._budget_read("DescribeBudgetNotificationsForAccount", MaxResults=1000),
            lambda page: (budget_sections.notifications_page(page), budget_sections.notification_facts_page(page)),
        )
        self.facts[Section.BUDGET_NOTIFICATIONS.value] = _joined(facts for _, facts in pages)
        return budget_sections.notifications_body(body for body, _ in pages)

    @cached_property
    def _people(self) -> CredentialReader:
        return CredentialReader(self._pages)

    def _names(self, section: Section) -> frozenset[str]:
        self._people.users = tuple(row["name"] for row in self._needed(Section.IAM_DETAILS)["users"])
        return self._asked(section)

    def _key_use(self) -> Mapping[str, Any]:
        rows = self._needed(Section.ACCESS_KEYS)["access_keys"]
        return self._noted(
            Section.ACCESS_KEY_USE, self._people.access_key_use(self._names(Section.ACCESS_KEY_USE), rows)
        )

    def _noted(self, section: Section, read: tuple[dict[str, Any], dict[str, Any]]) -> Mapping[str, Any]:
        body, self.facts[section.value] = read
        return body

    def _needed(self, section: Section) -> Mapping[str, Any]:
        reading = self.reading(section)
        if isinstance(reading, Unreadable):
            raise _NeededSectionError(reading.reason)
        return reading.body

    def _subscribers(self) -> Mapping[str, Any]:
        by_budget: Mapping[str, list[dict[str, Any]]] = self._needed(Section.BUDGET_NOTIFICATIONS)["notifications"]
        return {
            "subscribers": {
                name: [entry for entry in (self._heard(name, item) for item in items) if entry]
                for name, items in by_budget.items()
                if name in self._asked(Section.BUDGET_SUBSCRIBERS)
            }
        }

    def _heard(self, budget: str, notification: dict[str, Any]) -> dict[str, Any] | None:
        """Who hears of one notification; None when it vanished since the notifications were read."""
        read = self._budget_read(
            "DescribeSubscribersForNotification", BudgetName=budget, Notification=notification, MaxResults=100
        )
        pages = self._pages(read, budget_sections.subscribers)
        if not pages:
            return None
        return {"notification": notification, "subscribers": [person for page in pages for person in page]}

    def _billing_events(self) -> Mapping[str, Any]:
        wanted = [{"AttributeKey": "EventName", "AttributeValue": trail_sections.BILLING_SWITCH}]
        read = Read("cloudtrail", "LookupEvents", {"LookupAttributes": wanted}, frozenset())
        return trail_sections.events_body(self._pages(read, trail_sections.events_page))

    def _findings(self) -> Mapping[str, Any]:
        analyzers = self._needed(Section.ANALYZERS)["analyzers"]
        body, facts = access_sections.findings(self._pages, analyzers)
        self.facts[Section.ACCESS_FINDINGS.value] = facts
        return body

    def _asked(self, section: Section) -> frozenset[str]:
        return self.asked.get(section, frozenset())

    def _one(self, read: Read) -> Page | None:
        """An answer of one page, None where AWS says that there is no such thing."""
        try:
            pages = self.session.read_pages(read, lambda page: page, self.on_page)
        except AwsError as error:
            if error.aws_code in read.absent:
                return None
            raise
        return dict(pages[0])

    def _budget_read(self, operation: str, **params: Any) -> Read:
        return Read("budgets", operation, {"AccountId": self.session.entry.account_id, **params}, frozenset())

    def _pages(self, read: Read, shape: Callable[[Page], Any]) -> list[Any]:
        try:
            return self.session.read_pages(read, shape, self.on_page)
        except AwsError as error:
            # Budgets says NotFound where an account has none.
            if error.aws_code == "NotFoundException":
                return []
            raise


class _NeededSectionError(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _iam(operation: str, **params: Any) -> Read:
    return Read("iam", operation, params, frozenset())


def _joined(maps: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {key: value for one in maps for key, value in one.items()}
