"""Account-wide settings in the shapes of core/snapshot.py: password policy, alias, alternate contacts."""

from collections.abc import Callable, Mapping
from typing import Any

from provisioning.aws.pages import Page
from provisioning.core.change import Read

Ask = Callable[[Read], Page | None]
"""One read; None where AWS says that there is no such thing."""
AskPages = Callable[[Read, Callable[[Page], Any]], list[Any]]
CONTACT_TYPES = ("billing", "operations", "security")
ACCOUNT = "account"


def password_policy(ask: Ask) -> dict[str, Any]:
    """No policy of the account's own is an empty list. ExpirePasswords only repeats that there is an age."""
    answer = ask(_read("iam", "GetAccountPasswordPolicy"))
    return {"policies": [policy_row(answer["PasswordPolicy"])] if answer else []}


def policy_row(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Every member as AWS gave it, those that nobody has a name for yet among them."""
    return {"name": ACCOUNT, **{key: policy[key] for key in sorted(policy) if key != "ExpirePasswords"}}


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


def contact_row(kind: str, contact: Mapping[str, Any]) -> dict[str, Any]:
    """One contact; people's data, masked wherever it is logged or kept in history."""
    return {
        "name": kind,
        "full_name": contact.get("Name", ""),
        "title": contact.get("Title", ""),
        "email": contact.get("EmailAddress", ""),
        "phone": contact.get("PhoneNumber", ""),
    }


def _read(service: str, operation: str, **params: Any) -> Read:
    return Read(service, operation, params, frozenset())
