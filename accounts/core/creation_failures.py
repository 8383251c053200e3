"""What each refusal of CreateAccount, MoveAccount and TagResource means, and how it goes on. Pure.

Every failure reason and error code is one of the Organizations API reference (CreateAccountStatus.FailureReason, and
the errors of each operation); what is not known here is a person's to look at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class WayOn(StrEnum):
    """What can be done about a request that did not go through."""

    WAIT = "wait"
    """Nothing: it is tried again by itself."""
    RETRY = "retry"
    """Retry it as it is, once what the sentence says is done."""
    CORRECT = "correct"
    """Retry it with what the sentence says corrected."""
    PERSON = "person"
    """Somebody has to find out what is true first."""


@dataclass(frozen=True)
class Failure:
    """Why it did not go through; `wait` is the seconds until it is tried again by itself."""

    code: str
    sentence: str
    way_on: WayOn
    wait: int = 0


def failure_of_reason(reason: str) -> Failure:
    """What a FailureReason of DescribeCreateAccountStatus means."""
    told = _REASONS.get(reason)
    if told is None:
        return Failure("failed_for_unknown_reason", _UNKNOWN.format(reason or "no reason"), WayOn.PERSON)
    return Failure(reason.lower(), *told)


def failure_of_code(code: str) -> Failure | None:
    """What an error code of CreateAccount, MoveAccount or TagResource means; None for one that tells nothing."""
    told = _CODES.get(code)
    return Failure(told[0], *told[1:]) if told else None


_UNKNOWN = "AWS gave {}: look in the Organizations console of the management account, then retry or cancel."
_SUPPORT = "AWS has to decide it: ask AWS Support from the management account, then retry."
_PAYMENT = "Set a valid payment method in the management account's Billing console, then retry."
_R, _C, _P, _W = WayOn.RETRY, WayOn.CORRECT, WayOn.PERSON, WayOn.WAIT

_REASONS: Mapping[str, tuple[str, WayOn]] = {
    "ACCOUNT_LIMIT_EXCEEDED": (
        "The organisation has as many accounts as it may have: ask AWS Support for a higher quota, then retry.",
        _R,
    ),
    "EMAIL_ALREADY_EXISTS": ("Some AWS account uses this e-mail address already: give another one.", _C),
    "INVALID_ADDRESS": (
        "The management account's postal address is not valid: correct it in its account settings, then retry.",
        _R,
    ),
    "INVALID_EMAIL": ("AWS takes no such e-mail address: give another one.", _C),
    "CONCURRENT_ACCOUNT_MODIFICATION": ("Another change of the organisation was under way: retry.", _R),
    "INTERNAL_FAILURE": ("AWS failed inside: retry; ask AWS Support when it happens again.", _R),
    "GOVCLOUD_ACCOUNT_ALREADY_EXISTS": (
        "An account of this e-mail address exists in AWS GovCloud (US) already: give another one.",
        _C,
    ),
    "MISSING_BUSINESS_VALIDATION": (
        "AWS has not validated the management account's business yet: do so in its account settings, then retry.",
        _R,
    ),
    "FAILED_BUSINESS_VALIDATION": (f"AWS did not accept the management account's business. {_SUPPORT}", _R),
    "PENDING_BUSINESS_VALIDATION": (
        "AWS is still validating the management account's business: wait for its mail, then retry.",
        _R,
    ),
    "INVALID_IDENTITY_FOR_BUSINESS_VALIDATION": (
        f"AWS did not accept who stands for the management account's business. {_SUPPORT}",
        _R,
    ),
    "UNKNOWN_BUSINESS_VALIDATION": (f"AWS could not validate the management account's business. {_SUPPORT}", _R),
    "MISSING_PAYMENT_INSTRUMENT": (f"The management account has no payment method. {_PAYMENT}", _R),
    "INVALID_PAYMENT_INSTRUMENT": (f"The management account's payment method is not valid. {_PAYMENT}", _R),
    "UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED": (
        "AWS could not tag the account while it made it: take the tags out, retry, and tag it afterwards.",
        _C,
    ),
}

_CODES: Mapping[str, tuple[str, str, WayOn] | tuple[str, str, WayOn, int]] = {
    "TooManyRequestsException": ("throttled", "AWS is asked too often, or makes too many accounts at once.", _W, 60),
    "ConcurrentModificationException": (
        "concurrent_change",
        "Another change of the organisation is under way.",
        _W,
        30,
    ),
    "FinalizingOrganizationException": (
        "organization_not_ready",
        "AWS is still setting the organisation up, which takes up to an hour.",
        _W,
        300,
    ),
    "ConstraintViolationException": (
        "constraint_violation",
        "A rule or quota of the organisation stands in the way: see AWS's words, change it, then retry.",
        _R,
    ),
    "AccessDeniedException": (
        "access_denied",
        "The vending role may not do this: deploy this version's firstline-vending.yaml in the management account, "
        "look for a service control or tag policy, then retry.",
        _R,
    ),
    "AccessDeniedForDependencyException": (
        "access_denied_for_dependency",
        "AWS could not make its service-linked role in the management account: allow iam:CreateServiceLinkedRole, then "
        "retry.",
        _R,
    ),
    "AWSOrganizationsNotInUseException": (
        "no_organization",
        "FIRSTLINE_MANAGEMENT_ACCOUNT_ID names an account without an organisation: correct it, then retry.",
        _R,
    ),
    "InvalidInputException": ("invalid_input", "AWS takes a value of the request not: see its words, correct it.", _C),
    "UnsupportedAPIEndpointException": (
        "unsupported_endpoint",
        "Organizations is not offered where it was asked: check the partition and AWS_ENDPOINT_URL, then retry.",
        _R,
    ),
    "DestinationParentNotFoundException": ("no_such_ou", "The OU is gone from the organisation: name another.", _C),
    "SourceParentNotFoundException": ("moved_meanwhile", "The account was moved by somebody else.", _W, 5),
    "AccountNotFoundException": ("account_not_visible", "Organizations does not show the new account yet.", _W, 15),
    "ChildNotFoundException": ("account_not_visible", "Organizations does not show the new account yet.", _W, 15),
    "TargetNotFoundException": ("account_not_visible", "Organizations does not show the new account yet.", _W, 15),
}
