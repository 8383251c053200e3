"""What the page of one plan shows, and why its reader may or may not decide it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from access.roles import Actor, Permission
from access.services.grants import people
from history.shown import inert
from provisioning.admin.diff_view import ABSENT, FieldView, item_views
from provisioning.admin.explain import LANES, risk_reasons
from provisioning.models import PlanRecord
from provisioning.services.claimable import why_not_written_to
from provisioning.services.decide_plan import why_not_approver


@dataclass(frozen=True)
class CallView:
    """One call as it will be sent; documents inside it on several lines."""

    number: int
    service: str
    operation: str
    params: list[tuple[str, str]]
    actions: list[tuple[str, str]]


@dataclass(frozen=True)
class ChangeView:
    """One change with both sides, why it is risky, and its calls."""

    action: str
    kind: str
    name: str
    risk: str
    reasons: list[tuple[str, str]]
    absent: str
    views: list[FieldView]
    unchanged: list[FieldView]
    calls: list[CallView]


def plan_page(plan: PlanRecord, actor: Actor) -> dict[str, Any]:
    """The plan to the last call, who is behind it, and what became of it."""
    is_open = plan.state == PlanRecord.State.PROPOSED
    is_expired = is_open and plan.expires_at <= timezone.now()
    return {
        "title": f"Plan for {inert(plan.account.name)}",
        "is_open": is_open and not is_expired,
        "is_expired": is_expired,
        "lane_text": LANES[plan.lane],
        "reasons": risk_reasons(plan.reasons),
        "changes": change_views(plan.data),
        "versions": plan.data["baseline_versions"],
        "why_not": why_not(plan, actor),
        "approvers": approvers(plan),
        "decisions": plan.decisions.all(),
        "applies": plan.applies.prefetch_related("writes"),
    }


def why_not(plan: PlanRecord, actor: Actor) -> str:
    """Why the reader may not approve it; '' when they may."""
    if plan.lane == PlanRecord.Lane.OBSERVE:
        return LANES[PlanRecord.Lane.OBSERVE]
    if why := why_not_written_to(plan.account):
        return why
    if not actor.may(Permission.APPROVE, plan.account):
        held = ", ".join(sorted(map(str, actor.grants))) or "no role"
        return f"It needs the role approver for this account; you are {held}."
    return why_not_approver(plan, actor.name)


def approvers(plan: PlanRecord) -> list[str]:
    """Who may approve it in this admin: everyone in the role but who asked for it or wrote a version behind it."""
    user = get_user_model()
    staff = user.objects.filter(is_active=True, is_staff=True).order_by(user.USERNAME_FIELD)
    able = [one.name for one in people(staff) if one.may(Permission.APPROVE, plan.account)]
    return [name for name in able if not why_not_approver(plan, name)]


def change_views(data: Mapping[str, Any]) -> list[ChangeView]:
    """Each change of a stored plan, its calls numbered through."""
    views, number = [], 1
    for change in data["changes"]:
        calls = [_call(call, number + at) for at, call in enumerate(change["calls"])]
        number += len(calls)
        views.append(_change(change, calls))
    return views


def _change(change: Mapping[str, Any], calls: list[CallView]) -> ChangeView:
    before = ABSENT if change["before"] is None else change["before"]
    views = item_views(before, change["after"])
    return ChangeView(
        action=change["action"],
        kind=change["key"]["kind"],
        name=change["key"]["name"],
        risk=change["risk"],
        reasons=risk_reasons(change["reasons"]),
        absent="left" if before is ABSENT else "",
        views=[view for view in views if view.mark != "same"],
        unchanged=[view for view in views if view.mark == "same"],
        calls=calls,
    )


def _call(call: Mapping[str, Any], number: int) -> CallView:
    return CallView(
        number=number,
        service=call["service"],
        operation=call["operation"],
        params=[(name, param_text(value)) for name, value in call["params"].items()],
        actions=sorted((action, arn) for action, arn in call["actions"]),
    )


def param_text(value: Any) -> str:
    """A parameter for reading: JSON inside a text (policy documents are sent so) on several lines."""
    if isinstance(value, str):
        try:
            value = json.loads(value) if value[:1] in "{[" else value
        except ValueError:
            return value
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
