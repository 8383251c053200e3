"""The page that tells a person what to do, by the reason why only a person can. Headings of the pages are anchors."""

from collections.abc import Mapping

_DRIFT = "docs/runbooks/drift-for-a-person.md"
_MFA = "docs/runbooks/mfa.md"
_PASSWORDS = "docs/runbooks/passwords.md"

RUNBOOKS: Mapping[str, str] = {
    "protected": f"{_DRIFT}#protected",
    "immutable_field": f"{_DRIFT}#immutable-field",
    "no_call_repairs_it": f"{_DRIFT}#no-call-repairs-it",
    "removal_not_supported_yet": f"{_DRIFT}#removal-not-supported-yet",
    "user_does_not_exist": f"{_DRIFT}#user-does-not-exist",
    "group_does_not_exist": f"{_DRIFT}#group-does-not-exist",
    "trust_not_declared": f"{_DRIFT}#trust-not-declared",
    "not_read": f"{_DRIFT}#not-read",
    "other_dialect": f"{_DRIFT}#other-dialect",
    "auto_adjusted": f"{_DRIFT}#auto-adjusted",
    "planned_limits": f"{_DRIFT}#planned-limits",
    "first_password": f"{_PASSWORDS}#no-password-yet",
    "first_password_in_force": f"{_PASSWORDS}#first-password-still-in-force",
    "mfa_not_enrolled": f"{_MFA}#not-enrolled",
    "mfa_wrong_type": f"{_MFA}#wrong-type",
    "root_user": "docs/runbooks/root.md",
    "access_finding": "docs/runbooks/access-findings.md",
    "root_without_mfa": f"{_MFA}#root",
    "root_mfa_wrong_type": f"{_MFA}#root",
}


def runbook_of(reason: str, of_kind: str = "") -> str:
    """The page for a reason code, the kind's own where the reason has none; '' where neither has one."""
    return RUNBOOKS.get(reason, of_kind)
