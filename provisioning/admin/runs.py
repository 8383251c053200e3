"""Runs: what was looked at or applied, call by call."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from history.admin import AccountFilter, RecordAdmin, text_column
from history.models import Event
from history.shown import badge, inert, moment
from provisioning.admin.acting import act, actor_of_request
from provisioning.admin.explain import reason
from provisioning.admin.plan_page import param_text
from provisioning.models import Run
from provisioning.services.cancel_run import cancel_run

SHOWN_EVENTS = 100


@admin.register(Run)
class RunAdmin(RecordAdmin):
    """Looks, applies and access checks, newest first."""

    list_title = "Runs"
    reach = "account"
    list_display = (
        "shown_run",
        "shown_state",
        "shown_reason",
        text_column("requested_by", "asked for by"),
        "cause",
        "aws_calls",
        "shown_created",
    )
    list_display_links = ("shown_run",)
    list_filter = ("kind", "state", "cause", "account__environment", AccountFilter)
    list_select_related = ("account",)
    search_fields = ("account__name", "account__owner_team", "=account__account_id", "reason_code")
    search_help_text = "An account's name or 12 digits, a team, or a reason code."
    page_template = "provisioning/run.html"

    @admin.display(description="run")
    def shown_run(self, run: Run) -> SafeString:
        text = '{} of <b>{}</b> <span class="code quiet">{}</span>'
        return format_html(text, run.get_kind_display(), inert(run.account.name), run.account_id)

    @admin.display(description="state", ordering="state")
    def shown_state(self, run: Run) -> SafeString:
        return badge(run.state)

    @admin.display(description="why")
    def shown_reason(self, run: Run) -> str:
        return reason(run.reason_code) or "–"

    @admin.display(description="asked for", ordering="created_at")
    def shown_created(self, run: Run) -> SafeString | str:
        return moment(run.created_at)

    def page(self, request: HttpRequest, record: Run) -> Mapping[str, Any]:
        return {
            "title": f"{record.get_kind_display()} of {inert(record.account.name)}",
            "reason": reason(record.reason_code),
            "is_open": record.state in Run.OPEN,
            "writes": [(write, _params(write.params)) for write in record.writes.all()],
            "events": Event.objects.filter(account_id=record.account_id, run_id=record.pk)[:SHOWN_EVENTS],
        }

    def get_urls(self) -> list[URLPattern]:
        cancel = path("<uuid:run_id>/cancel/", self.admin_site.admin_view(self.cancel), name="run_cancel")
        return [cancel, *super().get_urls()]

    def cancel(self, request: HttpRequest, run_id: Any) -> HttpResponse:
        """Ask a run to stop before its next write."""
        if not self.get_queryset(request).filter(pk=run_id).exists():
            raise Http404(f"There is no run {run_id}.")

        def do() -> str:
            cancel_run(run_id=run_id, actor=actor_of_request(request))
            return "The run stops before its next write."

        back = reverse("admin:provisioning_run_change", args=[run_id])
        return require_POST(lambda request: act(request, back, do))(request)


def _params(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, param_text(value)) for name, value in params.items()]
