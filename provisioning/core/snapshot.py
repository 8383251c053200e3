"""A snapshot is data: one bulk read of an account, by section. Unreadable is never absent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from provisioning.core.plain import digest_of_json


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
    LOGIN_PROFILES        one GetLoginProfile per user asked for that exists:
                 {"login_profiles": [{"name","has_password","reset_required","created_at": ISO 8601 | null}]}
    PASSWORD_USE          one GetUser per user asked for whose password need not be changed at sign-in:
                 {"password_use": [{"name"}]}; facts {user: ISO 8601, '' for never}
    ACCESS_KEYS           ListAccessKeys per user asked for that exists:
                 {"access_keys": [{"name","keys":[{"id","status","created_at": ISO 8601}]}]}, keys oldest first;
                 facts {"inactive_since": {key id: ISO 8601}}, from our own database
    ACCESS_KEY_USE        GetAccessKeyLastUsed per key of the users asked for:
                 {"access_key_use": [{"name"}]}; facts {key id: ISO 8601, '' for never}
    USER_MFA     GetLoginProfile per user asked for ('*': every user), ListMFADevices where there is a password:
                 {"user_mfa": [{"name","has_password","devices":[serial number]}]}
    ROOT_MFA     ListVirtualMFADevices, GetAccountSummary:
                 {"root_mfa": {"enabled": bool, "has_password": bool, "virtual": [serial number]}}
    ATTESTATIONS  no call: what people attested of the account and is still in force, from our own database
                 {"attested": [{"kind","name","value","by","at": ISO 8601,"review_on": ISO date or null}]}
    BILLING_EVENTS  LookupEvents of SetIAMAccessPreference, 90 days back:
                 {"events": [{"id","name","at": ISO 8601,"by"}]}   oldest first
    PASSWORD_POLICY       GetAccountPasswordPolicy: {"policies": [{"name": "account", ...as AWS has it}]}, [] for none
    ACCOUNT_ALIAS         ListAccountAliases: {"aliases": [{"name": "account","alias"}]}
    ALTERNATE_CONTACTS    GetAlternateContact of each type: {"contacts": [{"name": "billing","full_name","title",
                          "email","phone"}]}
    SAML_PROVIDERS        ListSAMLProviders, and for *declared* ones GetSAMLProvider:
                          {"providers": [{"name","arn","metadata": digest | null,"tags": {key: value}}]}
    OIDC_PROVIDERS        ListOpenIDConnectProviders, and for *declared* ones GetOpenIDConnectProvider:
                          {"providers": [{"name","arn","client_ids": [...] | null,"thumbprints": [...],"tags"}]}
    ANALYZERS             ListAnalyzers in each *declared* region: {"analyzers": [{"name": region/type,"region","arn",
                          "unused_days": int | null,"tags"}]}
    ACCESS_FINDINGS       ListFindingsV2 of those analyzers, active ones: {"findings": [{"name": region/type/id,
                          "analyzer": region/type,"region","type","resource","resource_type"}]};
                          facts {"findings": [the same with "found_at","updated_at": ISO 8601]}
    """

    IAM_DETAILS = "iam.details"
    IAM_ROLES = "iam.roles"
    IAM_SUMMARY = "iam.summary"
    BUDGETS = "budgets"
    BUDGET_NOTIFICATIONS = "budgets.notifications"
    BUDGET_SUBSCRIBERS = "budgets.subscribers"
    LOGIN_PROFILES = "iam.login_profiles"
    PASSWORD_USE = "iam.password_use"  # noqa: S105 - a section's name
    ACCESS_KEYS = "iam.access_keys"
    ACCESS_KEY_USE = "iam.access_key_use"
    USER_MFA = "iam.user_mfa"
    ROOT_MFA = "iam.root_mfa"
    ATTESTATIONS = "attestations"
    BILLING_EVENTS = "billing.events"
    PASSWORD_POLICY = "iam.password_policy"  # noqa: S105 (the name of a section)
    ACCOUNT_ALIAS = "iam.account_alias"
    ALTERNATE_CONTACTS = "account.alternate_contacts"
    SAML_PROVIDERS = "iam.saml_providers"
    OIDC_PROVIDERS = "iam.oidc_providers"
    ANALYZERS = "access_analyzer.analyzers"
    ACCESS_FINDINGS = "access_analyzer.findings"


@dataclass(frozen=True)
class Complete:
    """A section that was read to its last page. `facts`: its values that change by themselves, outside the hash."""

    body: Mapping[str, Any]
    observed_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @cached_property
    def hash(self) -> str:
        """Digest of the body; equal digests are stored once."""
        return digest_of_json(self.body)


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


def with_facts(snapshot: Snapshot, section: Section, facts: Mapping[str, Any]) -> Snapshot:
    """The snapshot with more facts beside what was read of a section; as it is where the section was not read."""
    reading = snapshot.sections.get(section)
    if not isinstance(reading, Complete):
        return snapshot
    noted = replace(reading, facts={**reading.facts, **facts})
    return replace(snapshot, sections={**snapshot.sections, section: noted})


def overlay(snapshot: Snapshot, fragment: Snapshot) -> Snapshot:
    """`snapshot` with what `fragment`, the re-read of one resource, shows anew: its rows take the place of older ones.

    A body of the fragment may also list what is no longer there: `"absent": {"groups": ["Developers"]}`. User rows of
    name and groups alone, as a group's re-read has them, only say who is in that group.
    """
    sections = dict(snapshot.sections)
    for section, fresh in fragment.sections.items():
        known = sections.get(section)
        if isinstance(known, Complete) and isinstance(fresh, Complete):
            facts = {**known.facts, **fresh.facts}
            sections[section] = Complete(_overlaid(known.body, fresh.body), fresh.observed_at, facts)
        else:
            sections[section] = fresh
    return replace(snapshot, sections=sections)


def _overlaid(known: Mapping[str, Any], fresh: Mapping[str, Any]) -> dict[str, Any]:
    gone = fresh.get("absent", {})
    return {key: _part(key, part, fresh, gone.get(key, ())) for key, part in known.items()}


def _part(key: str, known: Any, fresh: Mapping[str, Any], gone: Iterable[str]) -> Any:
    shown = fresh.get(key) or ()
    if isinstance(known, Mapping):
        return {name: value for name, value in {**known, **dict(shown)}.items() if name not in gone}
    if not isinstance(known, list):
        return known
    if key == "users":
        known, shown = _members_anew(known, fresh), [user for user in shown if "attached" in user]
    rows = {_identity(row): row for row in (*known, *shown)}
    kept = (row for row in rows.values() if not any(_is_named(row, name) for name in gone))
    return sorted(kept, key=_name)


def _members_anew(users: Iterable[Mapping[str, Any]], fresh: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The users with their membership of the groups that were read anew; everything else of theirs stays."""
    shown = {_identity(user): user for user in fresh.get("users", ())}
    gone = fresh.get("absent", {}).get("groups", ())
    groups = {*map(_identity, fresh.get("groups", ())), *(name.lower() for name in gone)}
    known = {**shown, **{_identity(user): user for user in users}}
    return [
        {**user, "groups": _groups_anew(user["groups"], shown.get(key, {}).get("groups", ()), groups)}
        for key, user in known.items()
    ]


def _groups_anew(known: Iterable[str], shown: Iterable[str], groups: set[str]) -> list[str]:
    others = {name for name in known if name.lower() not in groups}
    return sorted(others | {name for name in shown if name.lower() in groups})


def _name(row: Mapping[str, Any]) -> str:
    return str(row["name"] if "name" in row else row["BudgetName"])


def _identity(row: Mapping[str, Any]) -> str:
    # IAM ignores the case of names, Budgets does not.
    return _name(row).lower() if "name" in row else _name(row)


def _is_named(row: Mapping[str, Any], name: str) -> bool:
    return _identity(row) == (name.lower() if "name" in row else name)
