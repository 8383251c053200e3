"""Hand-overs: who asked and who reads, deciding, and the page on which the reader reads once."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from access.roles import Permission
from history.admin import AccountFilter, text_column
from history.shown import badge, inert, moment, words
from provisioning.admin.acting import act, actor_of_request
from provisioning.admin.records import AccountRecordAdmin
from provisioning.core.errors import FirstlineError
from provisioning.models import HandOver
from provisioning.serializers.hand_overs import handed_over
from provisioning.services.decide_hand_over import (
    approve_hand_over,
    reject_hand_over,
    retire_old_key,
    withdraw_hand_over,
)
from provisioning.services.read_hand_over import HandedOver, read_hand_over

State = HandOver.State
DONE: dict[str, tuple[Callable[..., HandOver], str]] = {
    "approve": (approve_hand_over, "Approved: it is made now."),
    "reject": (reject_hand_over, "Rejected: nothing is made."),
    "withdraw": (withdraw_hand_over, "Withdrawn: what was made is taken back."),
    "retire": (retire_old_key, "Asked for: the old key is made inactive once AWS shows the new one in use."),
}


@admin.register(HandOver)
class HandOverAdmin(AccountRecordAdmin):
    """Newest first; no page but the one answer of a read holds a secret."""

    list_title = "Hand-overs"
    list_display = (
        "shown_what",
        "shown_state",
        "shown_account",
        text_column("reader", "for"),
        text_column("requested_by", "asked for by"),
        "shown_made",
    )
    list_filter = ("what", "state", "account__environment", AccountFilter)
    page_template = "provisioning/hand_over.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[HandOver]:
        """Without what only a read may load."""
        return super().get_queryset(request).defer("secret")

    @admin.display(description="what", ordering="what")
    def shown_what(self, row: HandOver) -> SafeString:
        return format_html("<b>{}</b> of {}", words(row.what), inert(row.user_name))

    @admin.display(description="state")
    def shown_state(self, row: HandOver) -> SafeString:
        return badge(row.state)

    @admin.display(description="asked for", ordering="created_at")
    def shown_made(self, row: HandOver) -> SafeString | str:
        return moment(row.created_at)

    def page(self, request: HttpRequest, record: HandOver) -> Mapping[str, Any]:
        return {
            "title": f"{words(record.what).capitalize()} of {inert(record.user_name)} for {inert(record.reader)}",
            "state": record.state,
            "buttons": _buttons(record, actor_of_request(request)),
            "facts": [("Account", self.account_link(record)), *_facts(record)],
            "blocks": [],
        }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(f"<uuid:object_id>/{name}/", view(require_POST(self._doing(name))), name=f"hand_over_{name}")
            for name in DONE
        ]
        reading = path("<uuid:object_id>/read/", view(require_POST(self.read)), name="hand_over_read")
        return [*own, reading, *super().get_urls()]

    def _doing(self, name: str) -> Callable[..., HttpResponse]:
        def press(request: HttpRequest, object_id: UUID) -> HttpResponse:
            self._seen(request, object_id)
            service, told = DONE[name]

            def do() -> str:
                service(hand_over_id=object_id, actor=actor_of_request(request))
                return told

            return act(request, _page_of(object_id), do)

        return press

    @method_decorator(sensitive_variables())
    def read(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Show it, or give it as the console's CSV; the browser may keep neither."""
        self._seen(request, object_id)
        as_csv = request.POST.get("as") == "csv"
        try:
            found = read_hand_over(hand_over_id=object_id, actor=actor_of_request(request), as_csv=as_csv)
        except FirstlineError as error:
            return act(request, _page_of(object_id), _raising(error))
        answer = _csv(found) if as_csv else self._shown(request, found)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _shown(self, request: HttpRequest, found: HandedOver) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "list_title": self.list_title}
        shown = {"title": f"For {inert(found.row.reader)}", "given": handed_over(found), "back": _page_of(found.row.pk)}
        answer = TemplateResponse(request, "provisioning/handed_over.html", {**context, **shown})
        answer.render()
        return HttpResponse(answer.content)

    def _seen(self, request: HttpRequest, object_id: UUID) -> None:
        if self.get_object(request, str(object_id)) is None:
            raise Http404(f"There is no hand-over {object_id}.")


def _buttons(row: HandOver, actor: Any) -> list[tuple[str, str]]:
    """What this person may press now: (name, text)."""
    may = {permission: actor.may(permission, row.account) for permission in Permission}
    is_reader = actor.name == row.reader
    decides = may[Permission.APPROVE] and actor.name not in {row.requested_by, row.reader}
    open_old = row.old_key in {HandOver.OldKey.ACTIVE, HandOver.OldKey.KEPT}
    found = {
        "read": row.state == State.MADE and is_reader,
        "approve": row.state == State.PROPOSED and decides,
        "reject": row.state == State.PROPOSED and may[Permission.APPROVE],
        "withdraw": row.state in {*HandOver.WAITING, State.MADE} and (is_reader or may[Permission.HAND_OVER]),
        "retire": row.state == State.READ and open_old and may[Permission.HAND_OVER],
    }
    texts = {"read": "Read it, once", "retire": "Retire the old key"}
    return [(name, texts.get(name, name.capitalize())) for name, shown in found.items() if shown]


def _facts(row: HandOver) -> list[tuple[str, Any]]:
    ids = {"ARN": row.user_arn, "Access key": row.key_id, "Replaces": row.replaces, "Old key": row.old_key}
    return [
        ("User", inert(row.user_name)),
        ("For", inert(row.reader)),
        ("Asked for by", inert(row.requested_by)),
        ("At", moment(row.created_at)),
        ("Decided by", inert(row.decided_by) or "–"),
        ("Made", moment(row.made_at)),
        ("Can be read until", moment(row.expires_at)),
        ("Ended", moment(row.ended_at)),
        ("By", inert(row.ended_by) or "–"),
        ("Taken back", moment(row.taken_back_at)),
        *((label, inert(text)) for label, text in ids.items() if text),
        *([("Because", inert(row.message))] if row.message else []),
    ]


def _csv(found: HandedOver) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{found.csv_name}"'}
    return HttpResponse(found.csv(), content_type="text/csv; charset=utf-8", headers=headers)


def _page_of(pk: UUID) -> str:
    return reverse("admin:provisioning_handover_change", args=[pk])


def _raising(error: FirstlineError) -> Callable[[], str]:
    def do() -> str:
        raise error

    return do
