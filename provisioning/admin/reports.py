"""Reports by e-mail: made, changed, previewed, sent and ended by whoever may operate all of what they are about."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from access.roles import Permission
from history.admin import RecordAdmin
from history.shown import badge, inert, moment
from provisioning.admin.acting import act, actor_of_request, tell_refusal
from provisioning.admin.report_form import NewReportForm, ReportForm, schedule_text
from provisioning.core.errors import FirstlineError, NotAllowedError
from provisioning.models import Report
from provisioning.services.keep_reports import change_report, end_report, make_report, send_report_now
from provisioning.services.read_cost_report import read_cost_report, seen_by
from provisioning.services.report_mail import subject_of

ASKED: dict[str, tuple[Callable[..., Report], str]] = {
    "send": (send_report_now, "It is sent within seconds: load this page again for what came of it."),
    "end": (end_report, "Ended: it is sent no more, and its recipients are forgotten."),
}


@admin.register(Report)
class ReportAdmin(RecordAdmin):
    """Reports on parts of the fleet that the reader may see whole."""

    list_title = "Reports"
    list_display = ("shown_name", "shown_state", "shown_schedule", "shown_scope", "shown_sent", "shown_next")
    list_display_links = ("shown_name",)
    list_filter = ("every", "scope_kind")
    search_fields = ("name", "created_by", "scope_value")
    search_help_text = "A name, a person, or what a scope names."
    page_template = "provisioning/report.html"

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By scope: a report on a part of the fleet is about all accounts in it."""
        return seen_by(queryset, actor_of_request(request))

    @admin.display(description="report", ordering="name")
    def shown_name(self, report: Report) -> SafeString:
        return format_html("<b>{}</b>", inert(report.name))

    @admin.display(description="state")
    def shown_state(self, report: Report) -> SafeString:
        return badge(report.state)

    @admin.display(description="sent")
    def shown_schedule(self, report: Report) -> str:
        return f"{schedule_text(report)} to {len(report.recipients)}"

    @admin.display(description="about", ordering="scope_kind")
    def shown_scope(self, report: Report) -> str:
        return inert(report.scope)

    @admin.display(description="last sent", ordering="last_sent_at")
    def shown_sent(self, report: Report) -> SafeString | str:
        return moment(report.last_sent_at)

    @admin.display(description="next", ordering="next_at")
    def shown_next(self, report: Report) -> SafeString | str:
        return moment(report.next_at)

    def page(self, request: HttpRequest, record: Report) -> Mapping[str, Any]:
        may = actor_of_request(request).may_over(Permission.OPERATE, record.scope)
        people = format_html_join("", "<div>{}</div>", [(inert(one),) for one in record.recipients])
        failed = [("Failed", moment(record.last_failed_at))] if record.last_failed_at else []
        ended = [("Ended", format_html("{} by {}", moment(record.ended_at), inert(record.ended_by)))]
        return {
            "title": inert(record.name),
            "state": record.state,
            "may_operate": may and record.ended_at is None,
            "facts": [
                ("Sent", schedule_text(record)),
                ("About", inert(record.scope)),
                ("Next", moment(record.next_at)),
                ("Last sent", moment(record.last_sent_at)),
                *failed,
                ("Made", format_html("{} by {}", moment(record.created_at), inert(record.created_by))),
                *(ended if record.ended_at else []),
                ("Recipients", people if may and people else len(record.recipients)),
            ],
        }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("make/", view(self.make), name="report_make"),
            path("<uuid:report_id>/edit/", view(self.edit), name="report_edit"),
            path("<uuid:report_id>/preview/", view(self.preview), name="report_preview"),
            *(path(f"<uuid:report_id>/{verb}/", view(self._asked(verb)), name=f"report_{verb}") for verb in ASKED),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the way to a new one, for who may make it."""
        may = actor_of_request(request).may(Permission.OPERATE)
        link = {"make_url": reverse("admin:report_make"), "make_text": "Make a report"} if may else {}
        return super().changelist_view(request, {**link, **(extra_context or {})})

    def make(self, request: HttpRequest) -> HttpResponse:
        """Make a report."""
        if not actor_of_request(request).may(Permission.OPERATE):
            raise Http404("Only who operates accounts makes reports.")
        form = NewReportForm(request.POST if request.method == "POST" else None)
        return self._asking(request, form, "A new report", lambda given, actor: make_report(actor=actor, **given))

    def edit(self, request: HttpRequest, report_id: UUID) -> HttpResponse:
        """Change when it is sent and to whom."""
        report = self._report(request, report_id)
        if report.ended_at or not actor_of_request(request).may_over(Permission.OPERATE, report.scope):
            raise Http404
        form = ReportForm(request.POST if request.method == "POST" else None, initial=ReportForm.values_of(report))

        def change(given: dict[str, Any], actor: Any) -> Report:
            return change_report(report_id=report_id, changes=given, actor=actor)

        return self._asking(request, form, f"Edit {inert(report.name)}", change)

    def _asking(self, request: HttpRequest, form: ReportForm, title: str, do: Callable[..., Report]) -> HttpResponse:
        if form.is_valid():
            try:
                report = do(form.given(), actor_of_request(request))
                messages.success(request, f"Saved: {schedule_text(report)}.")
                return HttpResponseRedirect(reverse("admin:provisioning_report_change", args=[report.pk]))
            except FirstlineError as error:
                tell_refusal(request, form, error)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "list_title": self.list_title}
        return TemplateResponse(request, "admin/ask.html", {**context, "form": form, "title": title})

    def preview(self, request: HttpRequest, report_id: UUID) -> HttpResponse:
        """What would be sent now, as it would be sent; or why nothing would."""
        report, shown = self._report(request, report_id), dict[str, Any]()
        try:
            found = read_cost_report(report)
            shown = {"report": found, "subject": inert(subject_of(found))}
        except NotAllowedError as error:
            shown = {"refusal": inert(error.message)}
        context = {**self.admin_site.each_context(request), "opts": self.opts, "list_title": self.list_title}
        more = {"record": report, "title": f"Preview of {inert(report.name)}", **shown}
        return TemplateResponse(request, "provisioning/report_preview.html", {**context, **more})

    def _asked(self, verb: str) -> Callable[[HttpRequest, UUID], HttpResponse]:
        service, done = ASKED[verb]

        def view(request: HttpRequest, report_id: UUID) -> HttpResponse:
            back = reverse("admin:provisioning_report_change", args=[self._report(request, report_id).pk])

            def do() -> str:
                service(report_id=report_id, actor=actor_of_request(request))
                return done

            return require_POST(lambda request: act(request, back, do))(request)

        return view

    def _report(self, request: HttpRequest, report_id: UUID) -> Report:
        report: Report | None = self.get_queryset(request).filter(pk=report_id).first()
        if report is None or not self.has_view_permission(request):
            raise Http404(f"There is no report {report_id}.")
        return report
