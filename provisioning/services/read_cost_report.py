"""What a report holds: of the accounts of its scope that its creator may see now."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from access.policy import covered, scoped, visible
from access.roles import Actor, Permission
from access.services.grants import person
from accounts.models import Account
from provisioning.core.cost_report import AccountLine, BudgetLine, CostReport, cost_report, threshold_text
from provisioning.core.errors import NotAllowedError
from provisioning.models import BudgetStatus, Report
from provisioning.services.budget_figures import UNKNOWN, with_budget, with_reading, without_budget
from provisioning.services.verdicts import verdicts_of

WHY = {
    "none_seen": "none there at the last look",
    "none_declared": "none declared, so nobody looked for others",
}
LONG_AGO = "the figures are old: its last look is too long ago"
NOT_READ = "its budgets could not be read at the last look"
NEVER = "not looked at yet, or its budgets could not be read"


def read_cost_report(report: Report) -> CostReport:
    """The report as of now. Raises NotAllowedError when its creator may not send it any more."""
    creator = creator_of(report)
    managed = visible(Account.objects.filter(state=Account.State.MANAGED), creator)
    accounts = managed.filter(covered([report.scope]))
    names = dict(accounts.values_list("pk", "name"))
    found = BudgetStatus.objects.filter(account__in=accounts).select_related("account")
    statuses = list(with_reading(found).order_by("account_id", "name"))
    without = without_budget(accounts).order_by("pk").values_list("pk", "name", "budget")
    return cost_report(
        name=report.name,
        scope=str(report.scope),
        at=timezone.now(),
        accounts=len(names),
        lines=[line_of(row) for row in statuses],
        without=[AccountLine(pk, name, WHY[budget]) for pk, name, budget in without],
        unknown=_unknown(accounts, names, statuses),
    )


def creator_of(report: Report) -> Actor:
    """Who made it, as they are now. Raises NotAllowedError when they may not operate all of its scope any more."""
    user = get_user_model().objects.filter(username=report.created_by, is_active=True).first()
    found = person(user) if user else Actor(report.created_by)
    if not found.may_over(Permission.OPERATE, report.scope):
        raise NotAllowedError(
            f"{report.created_by}, who made this report, may not operate all of {report.scope} any more: "
            "end it, and have somebody who may make it anew."
        )
    return found


def line_of(row: BudgetStatus) -> BudgetLine:
    """A budget as a report shows it."""
    return BudgetLine(
        account_id=row.account_id,
        account_name=row.account.name,
        name=row.name,
        type=row.type,
        period=row.period,
        unit=row.unit,
        limit=row.limit,
        actual=row.actual,
        forecast=row.forecast,
        used_percent=row.used_percent,
        forecast_percent=row.forecast_percent,
        crossed=tuple(threshold_text(one, row.unit) for one in row.crossed or ()),
    )


def _unknown(accounts: QuerySet[Account], names: dict[str, str], statuses: Iterable[Any]) -> list[AccountLine]:
    """Each account once, by the first reason that holds."""
    never = with_budget(accounts).filter(budget=UNKNOWN).values_list("pk", flat=True)
    old = [pk for pk, found in verdicts_of(names).items() if found.overall.reason == "too_old"]
    why = {
        **dict.fromkeys(old, LONG_AGO),
        **{row.account_id: NOT_READ for row in statuses if not row.is_read},
        **dict.fromkeys(never, NEVER),
    }
    return [AccountLine(pk, names[pk], why[pk]) for pk in sorted(why)]


def seen_by(reports: QuerySet[Report], actor: Actor, permission: Permission = Permission.VIEW) -> QuerySet[Report]:
    """Those on scopes that the actor may see whole; `permission`: may do so much on."""
    return scoped(reports, actor, permission, kind="scope_kind", value="scope_value")
