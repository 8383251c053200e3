"""Drift: what differs, whose it is, and what would repair it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.roles import Permission
from history.admin import AccountFilter, RecordAdmin
from history.shown import badge, inert, moment, words
from provisioning.admin.acting import actor_of_request
from provisioning.admin.drift_page import drift_page
from provisioning.models import Drift


class StateFilter(admin.SimpleListFilter):
    """Open drift unless asked otherwise: that is what people come for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(Drift.State.OPEN, "open"), (Drift.State.RESOLVED, "resolved"), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        chosen = self.value() or Drift.State.OPEN
        for value, title in self.lookup_choices:
            link = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": value == chosen, "query_string": link, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Drift]) -> QuerySet[Drift]:
        chosen = self.value() or Drift.State.OPEN
        return queryset if chosen == "all" else queryset.filter(state=chosen)


class ReasonFilter(admin.SimpleListFilter):
    """Why a person must act."""

    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = (
            model_admin.get_queryset(request)
            .exclude(reason="")
            .order_by("reason")
            .values_list("reason", flat=True)
            .distinct()
        )
        return [(code, words(code)) for code in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Drift]) -> QuerySet[Drift]:
        offered = {code for code, _ in self.lookup_choices}
        return queryset.filter(reason=self.value()) if self.value() in offered else queryset


@admin.register(Drift)
class DriftAdmin(RecordAdmin):
    """Differences, newest first."""

    list_title = "Drift"
    reach = "account"
    list_display = ("shown_what", "shown_type", "shown_remedy", "shown_account", "shown_team", "shown_opened")
    list_display_links = ("shown_what",)
    list_filter = (StateFilter, "account__environment", "remedy", "kind", "type", ReasonFilter, AccountFilter)
    list_select_related = ("account",)
    search_fields = ("name", "path", "account__name", "account__owner_team", "=account__account_id")
    search_help_text = "A resource, a field, an account's name or 12 digits, or a team."
    page_template = "provisioning/drift.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Drift]:
        """The list needs no values; a page loads them when it asks."""
        found: QuerySet[Drift] = super().get_queryset(request).defer("desired", "observed", "origins")
        return found

    @admin.display(description="what", ordering="name")
    def shown_what(self, drift: Drift) -> SafeString:
        what = '<span class="quiet">{}</span> <b class="code">{}</b> <span class="code long">{}</span>'
        return format_html(what, drift.kind, inert(drift.name), inert(drift.path or "the whole resource"))

    @admin.display(description="type", ordering="type")
    def shown_type(self, drift: Drift) -> SafeString:
        resolved = badge("resolved") if drift.state == Drift.State.RESOLVED else ""
        return format_html("{} {}", badge(drift.type), resolved)

    @admin.display(description="who can repair it", ordering="remedy")
    def shown_remedy(self, drift: Drift) -> SafeString | str:
        if drift.remedy == Drift.Remedy.AUTO:
            return "Firstline"
        if drift.remedy == Drift.Remedy.NONE:
            return "nobody: accepted"
        why = words(drift.reason)
        return format_html('{} <span class="quiet">{}</span>', badge(drift.remedy, "a person"), why)

    @admin.display(description="account", ordering="account__name")
    def shown_account(self, drift: Drift) -> SafeString:
        account = drift.account
        link = '<a href="{}">{}</a> {} <span class="code quiet">{}</span>'
        url = reverse("admin:accounts_account_change", args=[account.pk])
        environment = badge("prod") if account.environment == "prod" else account.environment
        return format_html(link, url, inert(account.name), environment, account.pk)

    @admin.display(description="owner team", ordering="account__owner_team")
    def shown_team(self, drift: Drift) -> str:
        return inert(drift.account.owner_team) or "–"

    @admin.display(description="opened", ordering="opened_at")
    def shown_opened(self, drift: Drift) -> SafeString | str:
        return moment(drift.reopened_at or drift.opened_at)

    def page(self, request: HttpRequest, record: Drift) -> Mapping[str, Any]:
        may_attest = actor_of_request(request).may(Permission.ATTEST, record.account)
        return {**drift_page(record), "may_attest": may_attest}
