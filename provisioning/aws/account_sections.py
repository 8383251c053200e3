"""Account-wide settings in the shapes of core/snapshot.py: password policy, alias, alternate contacts."""

from collections.abc import Callable
from typing import Any

from provisioning.aws.pages import Page
from provisioning.core.change import Read
from provisioning.core.section_rows import ACCOUNT, CONTACT_TYPES, contact_row, policy_row

Ask = Callable[[Read], Page | None]
"""One read; None where AWS says that there is no such thing."""
AskPages = Callable[[Read, Callable[[Page], Any]], list[Any]]


def password_policy(ask: Ask) -> dict[str, Any]:
    """No policy of the account's own is an empty list."""
    answer = ask(_read("iam", "GetAccountPasswordPolicy"))
    return {"policies": [policy_row(answer["PasswordPolicy"])] if answer else []}


def account_alias(pages: AskPages) -> dict[str, Any]:
    """The one alias an account may have."""
    found = pages(_read("iam", "ListAccountAliases"), lambda page: page.get("AccountAliases", []))
    return {"aliases": [{"name": ACCOUNT, "alias": alias} for page in found for alias in page]}


def alternate_contacts(ask: Ask) -> dict[str, Any]:
    """Asked in the account itself, so no AccountId is named (Account Management API, GetAlternateContact)."""
    answers = {
        kind: ask(_read("account", "GetAlternateContact", AlternateContactType=kind.upper())) for kind in CONTACT_TYPES
    }
    return {"contacts": [contact_row(kind, one["AlternateContact"]) for kind, one in answers.items() if one]}


def _read(service: str, operation: str, **params: Any) -> Read:
    return Read(service, operation, params, frozenset())
