"""Plans: read to the last call, then approved or rejected by the digest of what was read."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Case, F, Func, IntegerField, OrderBy, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from history.admin import AccountFilter, RecordAdmin, text_column
from history.shown import badge, inert, moment, words
from provisioning.admin.acting import DecisionForm, act, actor_of_request, read
from provisioning.admin.adoptions import adoptions_page
from provisioning.admin.plan_page import plan_page
from provisioning.models import PlanRecord
from provisioning.services.decide_plan import approve_plan, reject_plan

Decide = Callable[..., PlanRecord]


@admin.register(PlanRecord)
class PlanAdmin(RecordAdmin):
    """Plans; those that wait for a person first."""

    list_title = "Plans"
    reach = "account"
    list_display = (
        "shown_plan",
        "shown_state",
        "shown_risk",
        "shown_reasons",
        text_column("requested_by", "asked for by"),
        "shown_created",
    )
    list_display_links = ("shown_plan",)
    list_filter = ("state", "lane", "risk", "account__environment", AccountFilter)
    list_select_related = ("account",)
    search_fields = ("account__name", "account__owner_team", "=account__account_id", "digest")
    search_help_text = "An account's name or 12 digits, a team, or a digest."
    page_template = "provisioning/plan.html"
    change_list_template = "provisioning/plan_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanRecord]:
        """With the number of changes and without the changes."""
        count = Func(F("data__changes"), function="jsonb_array_length", output_field=IntegerField())
        found: QuerySet[PlanRecord] = super().get_queryset(request).annotate(change_count=count).defer("data")
        return found

    def get_ordering(self, request: HttpRequest) -> list[str | OrderBy]:
        waits = Q(state=PlanRecord.State.PROPOSED, lane=PlanRecord.Lane.APPROVAL, expires_at__gt=timezone.now())
        first = Case(When(waits, then=Value(0)), default=Value(1), output_field=IntegerField())
        return [first.asc(), "-created_at", "-id"]

    @admin.display(description="plan")
    def shown_plan(self, plan: Any) -> SafeString:
        account, count = plan.account, plan.change_count
        environment = badge("prod") if account.environment == "prod" else account.environment
        text = '<b>{}</b> <span class="code quiet">{}</span> {} · {} change{}'
        return format_html(text, inert(account.name), account.pk, environment, count, "" if count == 1 else "s")

    @admin.display(description="state", ordering="state")
    def shown_state(self, plan: PlanRecord) -> SafeString:
        if plan.state != PlanRecord.State.PROPOSED:
            return badge(plan.state)
        if plan.expires_at <= timezone.now():
            return badge("expired")
        waits = plan.lane == PlanRecord.Lane.APPROVAL
        return badge("proposed", "waits for a person" if waits else "shown only")

    @admin.display(description="risk", ordering="risk")
    def shown_risk(self, plan: PlanRecord) -> SafeString:
        return badge(plan.risk)

    @admin.display(description="why it waits")
    def shown_reasons(self, plan: PlanRecord) -> str:
        return ", ".join(words(code) for code in plan.reasons) or "–"

    @admin.display(description="proposed", ordering="created_at")
    def shown_created(self, plan: PlanRecord) -> SafeString | str:
        return moment(plan.created_at)

    def page(self, request: HttpRequest, record: PlanRecord) -> Mapping[str, Any]:
        return plan_page(record, actor_of_request(request))

    def get_urls(self) -> list[URLPattern]:
        adoptions = path("adoptions/", self.admin_site.admin_view(adoptions_page), name="adoptions")
        decide = {"approve": self.approve, "reject": self.reject}
        own = [
            path(f"<uuid:plan_id>/{name}/", self.admin_site.admin_view(view), name=f"plan_{name}")
            for name, view in decide.items()
        ]
        return [adoptions, *own, *super().get_urls()]

    def approve(self, request: HttpRequest, plan_id: Any) -> HttpResponse:
        """Approve what was seen."""
        return self._decide(request, plan_id, approve_plan, "Approved: the apply is queued.")

    def reject(self, request: HttpRequest, plan_id: Any) -> HttpResponse:
        """Reject what was seen."""
        return self._decide(request, plan_id, reject_plan, "Rejected: the same plan is not proposed again.")

    def _decide(self, request: HttpRequest, plan_id: Any, decide: Decide, done: str) -> HttpResponse:
        if not self.get_queryset(request).filter(pk=plan_id).exists():
            raise Http404(f"There is no plan {plan_id}.")

        def do() -> str:
            decide(plan_id=plan_id, actor=actor_of_request(request), **read(DecisionForm(request.POST)))
            return done

        back = reverse("admin:provisioning_planrecord_change", args=[plan_id])
        return require_POST(lambda request: act(request, back, do))(request)
