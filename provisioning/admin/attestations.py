"""Attestations: what people said, what is due to be looked at again, and withdrawing one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from access.policy import visible
from access.roles import Permission
from history.admin import AccountFilter, text_column
from history.shown import badge, inert, json_text, moment
from provisioning.admin.acting import ReasonForm, act, actor_of_request, read
from provisioning.admin.records import AccountRecordAdmin
from provisioning.models import Attestation
from provisioning.models.attestation import AttestationQuerySet, today
from provisioning.services.withdraw_attestation import withdraw_attestation


class DueFilter(admin.SimpleListFilter):
    """What must be looked at again, and when."""

    title = "review"
    parameter_name = "review"
    SOON = {"30": "due within 30 days", "90": "due within 90 days"}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("in_force", "in force"), *self.SOON.items(), ("lapsed", "lapsed"), ("ended", "ended")]

    def queryset(self, request: HttpRequest, queryset: AttestationQuerySet) -> QuerySet[Attestation]:
        chosen = self.value()
        if chosen in self.SOON:
            return queryset.standing().filter(review_on__lte=today() + timedelta(days=int(chosen)))
        match chosen:
            case "in_force":
                return queryset.in_force()
            case "lapsed":
                return queryset.lapsed()
            case "ended":
                return queryset.exclude(ended_at=None)
        return queryset


@admin.register(Attestation)
class AttestationAdmin(AccountRecordAdmin):
    """People's word, newest first."""

    list_title = "Attestations"
    list_display = ("shown_what", "shown_value", "shown_state", "shown_account", text_column("by", "by"), "review_on")
    list_filter = (DueFilter, "kind", "account__environment", AccountFilter)
    page_template = "provisioning/attestation.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attestation]:
        """Of the accounts that the reader may see."""
        return visible(super().get_queryset(request), actor_of_request(request), through="account")

    @admin.display(description="what", ordering="kind")
    def shown_what(self, row: Attestation) -> SafeString:
        return format_html("<b>{}</b>", row.kind)

    @admin.display(description="value")
    def shown_value(self, row: Attestation) -> SafeString:
        return format_html('<span class="code long">{}</span>', json_text(row.value))

    @admin.display(description="state")
    def shown_state(self, row: Attestation) -> SafeString:
        return badge(row.state)

    def page(self, request: HttpRequest, record: Attestation) -> Mapping[str, Any]:
        return {
            "title": f"{record.kind} attested by {inert(record.by)}",
            "state": record.state,
            "may_withdraw": record.ended_at is None
            and actor_of_request(request).may(Permission.ATTEST, record.account),
            "facts": [
                ("Account", self.account_link(record)),
                ("Statement", inert(record.statement)),
                ("Evidence", inert(record.evidence)),
                ("By", inert(record.by)),
                ("At", moment(record.at)),
                ("To be looked at again by", record.review_on or "nobody: it holds until somebody attests otherwise"),
                *_ending(record),
            ],
            "blocks": [("Value", json_text(record.value))],
        }

    def get_urls(self) -> list[URLPattern]:
        withdraw = self.admin_site.admin_view(require_POST(self.withdraw))
        own = [path("<uuid:object_id>/withdraw/", withdraw, name="provisioning_attestation_withdraw")]
        return [*own, *super().get_urls()]

    def withdraw(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Say that it holds no more, with a reason."""
        if self.get_object(request, str(object_id)) is None:
            raise Http404(f"There is no attestation {object_id}.")

        def do() -> str:
            given = read(ReasonForm(request.POST))
            withdraw_attestation(attestation_id=object_id, actor=actor_of_request(request), **given)
            return "Withdrawn: what it said counts as unknown from now on."

        return act(request, reverse("admin:provisioning_attestation_change", args=[object_id]), do)


def _ending(record: Attestation) -> list[tuple[str, Any]]:
    if record.ended_at is None:
        return []
    return [
        (f"{record.ended_how.capitalize()} by", inert(record.ended_by)),
        ("Ended", moment(record.ended_at)),
        ("Because", inert(record.ended_reason) or "a newer one took its place"),
    ]
