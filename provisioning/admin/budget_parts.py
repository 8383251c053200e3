"""Parts of pages that show how budgets stand."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Account
from history.shown import badge
from provisioning.core.cost_report import OVER, threshold_text
from provisioning.models import BudgetStatus
from provisioning.services.budget_figures import without_budget
from provisioning.templatetags.reports import NOT_TOLD, one_line, percent


class BudgetFilter(admin.SimpleListFilter):
    """Of the list of accounts: those without a budget."""

    title = "budget"
    parameter_name = "budget"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("none", "none")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Account]) -> QuerySet[Account]:
        return without_budget(queryset) if self.value() == "none" else queryset


def use_bar(used: Decimal | None) -> SafeString | str:
    """A percentage beside a bar that ends at the limit; a sign where the limit is passed."""
    if used is None:
        return NOT_TOLD
    sign, fill = ("! ", "full") if used >= 100 else ("", "over" if used > OVER else "under")
    return format_html(
        '<span class="use nowrap">{}{}</span> <svg class="use-bar" viewBox="0 0 100 8" width="100" height="8" '
        'aria-hidden="true"><rect class="use-room" width="100" height="8" rx="2"/>'
        '<rect class="use-{}" width="{}" height="8" rx="2"/></svg>',
        sign,
        percent(used),
        fill,
        max(0, min(100, int(used))),
    )


def crossed_badge(row: BudgetStatus) -> SafeString | str:
    """What rings, in words."""
    if row.crossed is None:
        return badge("unknown", "not read")
    told = "; ".join(threshold_text(one, row.unit) for one in row.crossed)
    return badge("attention", one_line(told)) if told else NOT_TOLD
