"""What the page of one drift shows."""

from collections.abc import Mapping
from typing import Any

from history.shown import inert
from provisioning.admin.account_page import plans_in_force
from provisioning.admin.diff_view import ABSENT, FieldView, field_view, item_views
from provisioning.admin.explain import LANES, person_reason
from provisioning.core.permissions.drift import KIND as CHECK
from provisioning.kinds import all_kinds
from provisioning.models import Drift, PlanRecord
from provisioning.services.runbook_for import runbook_for


def drift_page(drift: Drift) -> dict[str, Any]:
    """Both sides, the origins, who repairs it and how, and the other differences of the same resource."""
    same = Drift.objects.open().filter(account_id=drift.account_id, kind=drift.kind, identity=drift.identity)
    return {
        "title": inert(f"{drift.kind}/{drift.name}"),
        "check": check_view(drift),
        "views": drift_views(drift),
        "absent": absent_side(drift),
        "origins": [origin_text(origin) for origin in drift.origins],
        "person": person_reason(drift.reason) if drift.remedy == Drift.Remedy.PERSON else "",
        "runbook": runbook_for(drift),
        "is_attested": _kind_attribute(drift, "is_attested"),
        "plans": [(plan, LANES[plan.lane]) for plan in _repairing(drift)],
        "siblings": [(one, drift_views(one), absent_side(one)) for one in same.exclude(pk=drift.pk).order_by("path")],
    }


CONSIDERS = {"identity": "identity policies and boundary", "full": "SCPs too, and resource policies where known"}


def check_view(drift: Drift) -> dict[str, Any] | None:
    """A failing check as a sentence a line, in place of two sides; None for every other drift."""
    asked, found = drift.desired, drift.observed
    if drift.kind != CHECK or drift.path or not (isinstance(asked, dict) and isinstance(found, dict)):
        return None
    ((holder, principal),) = asked["as"].items()
    context = ", ".join(f"{key} = {' or '.join(values)}" for key, values in asked["context"].items())
    return {
        "who": f"{holder.capitalize()} {principal}",
        "expected": asked["expected"],
        "considers": CONSIDERS[asked["considers"]],
        "context": context,
        "answers": found["answers"],
    }


def _kind_attribute(drift: Drift, name: str) -> Any:
    kind = all_kinds().get(drift.kind)
    return getattr(kind, name) if kind else ""


def drift_views(drift: Drift) -> tuple[FieldView, ...]:
    """Both sides field by field; a missing resource has no left side, an extra one no right."""
    left = ABSENT if drift.type == Drift.Type.MISSING else drift.observed
    right = ABSENT if drift.type == Drift.Type.EXTRA else drift.desired
    return (field_view(drift.path, left, right),) if drift.path else item_views(left, right)


def absent_side(drift: Drift) -> str:
    """Which side has no such resource at all: `left`, `right` or ''."""
    if drift.path:
        return ""
    return {Drift.Type.MISSING: "left", Drift.Type.EXTRA: "right"}.get(Drift.Type(drift.type), "")


def origin_text(origin: str | Mapping[str, Any]) -> str:
    """A baseline version, e.g. `first-line-of-defense v3`."""
    return origin if isinstance(origin, str) else f"{origin['baseline']} v{origin['version']}"


def _repairing(drift: Drift) -> list[PlanRecord]:
    """Plans in force that change the drifted resource."""
    if drift.state != Drift.State.OPEN or drift.remedy != Drift.Remedy.AUTO:
        return []
    key = (drift.kind, drift.name)
    return [plan for plan in plans_in_force(drift.account) if key in changed_keys(plan)]


def changed_keys(plan: PlanRecord) -> set[tuple[str, str]]:
    """Kind and name of what a plan changes."""
    return {(change["key"]["kind"], change["key"]["name"]) for change in plan.data["changes"]}
