"""Every page and button of the admin: what it is about, and what it needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver

from access.roles import Permission
from accounts.models import Discovery
from tests.access.rest_table import _attest as attest_body
from tests.access.world import Side, World

P = Permission


class About(Enum):
    """What a page shows or a button changes."""

    LIST = auto()  # each row only for who may see it
    EVERYBODYS_LIST = auto()  # rows that whoever holds a role may read
    OWN_LIST = auto()  # the reader's own rows, and those they administer
    RECORD = auto()  # a row of one account, or a team's own
    EVERYBODYS = auto()  # a row that whoever holds a role may read
    BINDING = auto()  # a role on a team
    TOKEN = auto()  # another person's token
    BUTTON = auto()  # done to a row: a message says whether it was
    WRONG_BUTTON = auto()  # the same, for a row that is not in a state for it: refused for everybody
    OTHERS_BUTTON = auto()  # for one named person, who is nobody of the tables
    HIDDEN_BUTTON = auto()  # the same, not there for who may not press it
    HIDDEN_FORM = auto()  # a form about a row, not there for who may not send it
    FLEET_BUTTON = auto()  # done to the whole fleet
    TEAM_BUTTON = auto()  # done to a team by who owns the fleet
    BINDING_BUTTON = auto()  # done to a role on a team
    TOKEN_BUTTON = auto()  # done to another person's token by who owns the fleet
    SECRET_BUTTON = auto()  # done to one's own token only
    FORM = auto()  # for who holds the permission anywhere
    FLEET_FORM = auto()  # for who holds it on the fleet
    OWN = auto()  # whoever is staff
    SUPERUSERS = auto()  # nobody of the tables


@dataclass(frozen=True)
class Page:
    """One address by name; `row` finds what its arguments name in a team's rows."""

    about: About
    need: Permission = P.VIEW
    row: Callable[[Side], Any] | None = None
    more: tuple[str, ...] = ()
    body: Callable[[World], dict[str, Any]] = lambda world: {}


def _decide(world: World) -> dict[str, Any]:
    return {"digest": world.payments.plan.digest}


def _edit(world: World) -> dict[str, Any]:
    of = world.payments.account
    return {"name": "renamed", "environment": "dev", "ou_path": of.ou_path, "owner_team": "payments"}


def _attest(world: World) -> dict[str, Any]:
    given = attest_body(world)
    return {**given, "value.activated": "true"}


def _since(world: World) -> dict[str, Any]:
    return {"since": world.payments.request.state_since.isoformat(), "comment": "looked"}


def _report(world: World) -> dict[str, Any]:
    return {"name": "renamed", "every": "weekly", "day": "1", "hour": "5", "recipients": "a@example.org"}


def _because(world: World) -> dict[str, Any]:
    return {"reason": "because"}


ROWS: dict[str, Callable[[Side], Any]] = {
    "accounts_account": lambda of: of.account,
    "provisioning_drift": lambda of: of.drift,
    "provisioning_planrecord": lambda of: of.plan,
    "provisioning_run": lambda of: of.run,
    "provisioning_desiredstate": lambda of: of.desired,
    "provisioning_snapshotrecord": lambda of: of.snapshot,
    "provisioning_ownership": lambda of: of.owned,
    "provisioning_decision": lambda of: of.decision,
    "provisioning_attestation": lambda of: of.attestation,
    "provisioning_budgetstatus": lambda of: of.budget,
    "provisioning_report": lambda of: of.report,
    "provisioning_handover": lambda of: of.hand_over,
    "provisioning_accessverification": lambda of: of.verification,
    "accounts_accountrequest": lambda of: of.request,
    "history_event": lambda of: of.event,
    "iam_templates_assignment": lambda of: of.assignment,
    "access_team": lambda of: of.team,
}
A = About
PAGES: dict[str, Page] = {
    "index": Page(A.OWN),
    **{f"{name}_changelist": Page(A.LIST) for name in ROWS},
    **{f"{name}_change": Page(A.RECORD, row=row) for name, row in ROWS.items()},
    "iam_templates_baseline_changelist": Page(A.EVERYBODYS_LIST),
    "iam_templates_baseline_change": Page(A.EVERYBODYS, row=lambda of: of.baseline),
    "iam_templates_baselineversion_changelist": Page(A.EVERYBODYS_LIST),
    "iam_templates_baselineversion_change": Page(A.EVERYBODYS, row=lambda of: of.published),
    "access_rolebinding_changelist": Page(A.OWN_LIST),
    "access_rolebinding_change": Page(A.BINDING, row=lambda of: of.binding),
    "access_token_changelist": Page(A.OWN_LIST),
    "access_token_change": Page(A.TOKEN, row=lambda of: of.token),
    "accounts_account_look": Page(A.BUTTON, P.OPERATE, lambda of: of.account),
    "accounts_account_check": Page(A.BUTTON, P.OPERATE, lambda of: of.account),
    "accounts_account_pause": Page(A.BUTTON, P.PAUSE, lambda of: of.account, body=_because),
    "accounts_account_resume": Page(A.BUTTON, P.PAUSE, lambda of: of.account),
    "accounts_account_edit": Page(A.HIDDEN_BUTTON, P.OPERATE, lambda of: of.account, body=_edit),
    "accounts_account_attest": Page(
        A.HIDDEN_BUTTON, P.ATTEST, lambda of: of.account, more=("billing_access",), body=_attest
    ),
    "accounts_account_hand_over": Page(A.HIDDEN_FORM, P.HAND_OVER, lambda of: of.account),
    "accounts_account_permissions": Page(A.RECORD, row=lambda of: of.account),
    "provisioning_attestation_withdraw": Page(A.BUTTON, P.ATTEST, lambda of: of.attestation, body=_because),
    "accounts_account_suspend": Page(A.BUTTON, P.OPERATE, lambda of: of.account, body=_because),
    "accounts_account_leave": Page(A.BUTTON, P.OPERATE, lambda of: of.account, body=_because),
    "accounts_account_return": Page(A.BUTTON, P.OPERATE, lambda of: of.account, body=_because),
    "report_make": Page(A.FORM, P.OPERATE),
    "report_edit": Page(A.HIDDEN_BUTTON, P.OPERATE, lambda of: of.report, body=_report),
    "report_preview": Page(A.RECORD, row=lambda of: of.report),
    "report_send": Page(A.BUTTON, P.OPERATE, lambda of: of.report),
    "report_end": Page(A.BUTTON, P.OPERATE, lambda of: of.report, body=_because),
    "accounts_register": Page(A.FORM, P.OPERATE),
    "adoptions": Page(A.FORM),
    "selector_preview": Page(A.FORM),
    "organisational_units": Page(A.FORM),
    "discovery_make": Page(A.FLEET_BUTTON, P.OPERATE),
    "accounts_discovery_changelist": Page(A.EVERYBODYS_LIST),
    "accounts_discovery_change": Page(A.FLEET_FORM, row=lambda of: Discovery.objects.get()),
    "verification_csv": Page(A.RECORD, row=lambda of: of.verification),
    "plan_approve": Page(A.BUTTON, P.APPROVE, lambda of: of.plan, body=_decide),
    "plan_reject": Page(A.BUTTON, P.APPROVE, lambda of: of.plan, body=_decide),
    "account_request_approve": Page(A.BUTTON, P.APPROVE, lambda of: of.request, body=_since),
    "account_request_reject": Page(A.BUTTON, P.APPROVE, lambda of: of.request, body=_since),
    "account_request_cancel": Page(A.BUTTON, P.OPERATE, lambda of: of.request, body=_since),
    "account_request_retry": Page(A.BUTTON, P.OPERATE, lambda of: of.request, body=_since),
    "account_request_resolve": Page(A.BUTTON, P.APPROVE, lambda of: of.request, body=_since),
    "hand_over_approve": Page(A.BUTTON, P.APPROVE, lambda of: of.hand_over),
    "hand_over_reject": Page(A.BUTTON, P.APPROVE, lambda of: of.hand_over),
    "hand_over_withdraw": Page(A.BUTTON, P.HAND_OVER, lambda of: of.hand_over),
    "hand_over_retire": Page(A.WRONG_BUTTON, P.HAND_OVER, lambda of: of.hand_over),
    "hand_over_read": Page(A.OTHERS_BUTTON, row=lambda of: of.hand_over),
    "run_cancel": Page(A.BUTTON, P.OPERATE, lambda of: of.run),
    "fleet_pause": Page(A.FLEET_BUTTON, P.PAUSE, body=_because),
    "fleet_resume": Page(A.FLEET_BUTTON, P.PAUSE),
    "team_make": Page(A.FLEET_FORM, P.ADMINISTER),
    "team_end": Page(A.TEAM_BUTTON, P.ADMINISTER, lambda of: of.team),
    "role_give": Page(A.FORM, P.ADMINISTER),
    "role_withdraw": Page(A.BINDING_BUTTON, P.ADMINISTER, lambda of: of.binding),
    "token_make": Page(A.FORM),
    "token_revoke": Page(A.TOKEN_BUTTON, P.ADMINISTER, lambda of: of.token),
    "token_rotate": Page(A.SECRET_BUTTON, P.ADMINISTER, lambda of: of.token),
    "auth_user_changelist": Page(A.SUPERUSERS),
    "auth_user_add": Page(A.SUPERUSERS),
    "auth_user_change": Page(A.SUPERUSERS, row=lambda of: of.binding.user),
    "auth_user_delete": Page(A.SUPERUSERS, row=lambda of: of.binding.user),
    "auth_user_history": Page(A.SUPERUSERS, row=lambda of: of.binding.user),
    "auth_user_password_change": Page(A.SUPERUSERS, row=lambda of: of.binding.user),
}
DJANGOS = {
    *("login", "logout", "password_change", "password_change_done", "jsi18n", "app_list"),
    "autocomplete",  # answers for fields that ask for it: there are none
    "view_on_site",  # leads to pages outside of the admin: there are none
}
BUTTONS = {one for one in A if one.name.endswith("BUTTON")}


def page_names() -> set[str]:
    """The names of all addresses of the admin."""
    return {name for name in _names(admin.site.get_urls()) if name}


def _names(patterns: Any) -> Iterator[str | None]:
    for part in patterns:
        if isinstance(part, URLResolver):
            yield from _names(part.url_patterns)
        elif isinstance(part, URLPattern):
            yield part.name
