"""How budgets stand: the fullest first, and which accounts have none."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from history.admin import AccountFilter
from history.shown import inert, moment, words
from provisioning.admin.budget_parts import crossed_badge, use_bar
from provisioning.admin.records import AccountRecordAdmin
from provisioning.core.cost_report import threshold_text
from provisioning.models import BudgetStatus
from provisioning.services.budget_figures import current, over_percent, with_reading
from provisioning.templatetags.reports import amount, one_line, percent


class UsedFilter(admin.SimpleListFilter):
    """How much of the limit is used, in accounts that are neither suspended nor gone."""

    title = "used"
    parameter_name = "used"
    CHOICES = {"80": "over 80 %", "100": "over the limit"}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.CHOICES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[BudgetStatus]) -> QuerySet[BudgetStatus]:
        chosen = self.value()
        return over_percent(current(queryset), Decimal(chosen)) if chosen in self.CHOICES else queryset


class CrossedFilter(admin.SimpleListFilter):
    """Whether a threshold rings: in accounts that are neither suspended nor gone."""

    title = "thresholds"
    parameter_name = "crossed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "crossed"), ("no", "not crossed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BudgetStatus]) -> QuerySet[BudgetStatus]:
        match self.value():
            case "yes":
                return current(queryset).filter(thresholds_crossed__gt=0)
            case "no":
                return queryset.filter(thresholds_crossed=0).exclude(crossed=None)
        return queryset


@admin.register(BudgetStatus)
class BudgetStatusAdmin(AccountRecordAdmin):
    """Budgets as the last looks saw them."""

    list_title = "Budgets"
    list_display = ("shown_budget", "shown_used", "shown_spent", "shown_forecast", "shown_crossed", "shown_account")
    list_filter = (UsedFilter, CrossedFilter, "type", "account__environment", AccountFilter)
    search_fields = ("name", "account__name", "=account__account_id")
    search_help_text = "A budget, or an account's name or 12 digits."
    ordering = (F("used_percent").desc(nulls_last=True), "account_id", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With when each was seen."""
        return with_reading(super().get_queryset(request).select_related("kept_in"))

    @admin.display(description="budget", ordering="name")
    def shown_budget(self, row: BudgetStatus) -> SafeString:
        return format_html(
            '<b>{}</b> <span class="quiet">{} {}</span>', one_line(row.name), row.period, words(row.type)
        )

    @admin.display(description="used", ordering="used_percent")
    def shown_used(self, row: BudgetStatus) -> SafeString | str:
        return use_bar(row.used_percent)

    @admin.display(description="spent of limit", ordering="actual")
    def shown_spent(self, row: BudgetStatus) -> SafeString:
        of = '<span class="nowrap">{}</span> <span class="quiet nowrap">of {}</span>'
        return format_html(of, amount(row.actual, row.unit), amount(row.limit, row.unit))

    @admin.display(description="forecast", ordering="forecast_percent")
    def shown_forecast(self, row: BudgetStatus) -> SafeString:
        told = percent(row.forecast_percent) if row.forecast_percent is not None else ""
        return format_html('{} <span class="quiet nowrap">{}</span>', amount(row.forecast, row.unit), told)

    @admin.display(description="thresholds crossed", ordering="thresholds_crossed")
    def shown_crossed(self, row: BudgetStatus) -> SafeString | str:
        return crossed_badge(row)

    def page(self, request: HttpRequest, record: Any) -> Mapping[str, Any]:
        kept = [] if record.kept_in_id == record.account_id else [("Kept in", inert(record.kept_in))]
        rings = [inert(threshold_text(one, record.unit)) for one in record.crossed or ()]
        return {
            "title": f"Budget {one_line(record.name)}",
            "facts": [
                ("Account", self.account_link(record)),
                *kept,
                ("Type", words(record.type)),
                ("Period", record.period),
                ("Limit", amount(record.limit, record.unit)),
                ("Spent", amount(record.actual, record.unit)),
                ("Used", use_bar(record.used_percent)),
                ("Forecast", self.shown_forecast(record)),
                ("Thresholds crossed", "not read" if record.crossed is None else ", ".join(rings) or "none"),
                ("Last look", moment(record.observed_at)),
                ("Read then", "yes" if record.is_read else "no: this is older"),
                ("Last changed", moment(record.changed_at)),
            ],
        }
