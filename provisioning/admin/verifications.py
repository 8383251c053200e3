"""Access verifications: who can't be entered, and what it may be."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.csv_text import csv_text
from history.admin import RecordAdmin, text_column
from history.shown import badge, inert, moment
from provisioning.admin.acting import actor_of_request
from provisioning.admin.explain import reason
from provisioning.models import AccessVerification
from provisioning.serializers.verifications import table_lines
from provisioning.services.access_table import access_row, rows_of, summary_of, verifications_for

PAGE = 100


@admin.register(AccessVerification)
class VerificationAdmin(RecordAdmin):
    """Access verifications, newest first."""

    list_title = "Access verifications"
    list_display = ("shown_asked", "shown_selector", "shown_progress", text_column("requested_by", "asked for by"))
    list_display_links = ("shown_asked",)
    page_template = "provisioning/verification.html"

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those the reader may see whole."""
        return queryset.filter(pk__in=verifications_for(actor_of_request(request)).order_by().values("pk"))

    @admin.display(description="asked", ordering="created_at")
    def shown_asked(self, verification: AccessVerification) -> SafeString | str:
        return moment(verification.created_at)

    @admin.display(description="accounts")
    def shown_selector(self, verification: AccessVerification) -> str:
        return selector_text(verification.selector)

    @admin.display(description="entered by both roles")
    def shown_progress(self, verification: AccessVerification) -> SafeString:
        found = summary_of(verification)
        waits = format_html(" {}", badge("queued", f"{found.waiting} wait")) if found.waiting else ""
        return format_html("{} of {}{}", found.entered, found.accounts, waits)

    def page(self, request: HttpRequest, record: AccessVerification) -> Mapping[str, Any]:
        rows = Paginator(rows_of(record, actor_of_request(request)), PAGE).get_page(request.GET.get("page"))
        summary = summary_of(record)
        return {
            "title": f"Access of {selector_text(record.selector)}",
            "summary": summary,
            "reasons": [(code, reason(code), count) for code, count in summary.reasons.items()],
            "rows": [access_row(row) for row in rows],
            "pages": rows,
        }

    def get_urls(self) -> list[URLPattern]:
        own = path("<uuid:verification_id>/csv/", self.admin_site.admin_view(self.table), name="verification_csv")
        return [own, *super().get_urls()]

    def table(self, request: HttpRequest, verification_id: Any) -> HttpResponse:
        """The table as CSV."""
        verification = self.get_queryset(request).filter(pk=verification_id).first()
        if verification is None or not self.has_view_permission(request):
            raise Http404(f"There is no verification {verification_id}.")
        rows = rows_of(verification, actor_of_request(request))
        text = csv_text(table_lines(access_row(row) for row in rows))
        disposition = {"Content-Disposition": f'attachment; filename="access-{verification_id}.csv"'}
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=disposition)


def selector_text(selector: Mapping[str, Any]) -> str:
    """A selector in a few words."""
    if "account_ids" in selector:
        chosen = selector["account_ids"]
        return inert(chosen[0]) if len(chosen) == 1 else f"{len(chosen)} chosen accounts"
    if selector.get("all"):
        return "all accounts"
    return inert(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in selector.items()))
