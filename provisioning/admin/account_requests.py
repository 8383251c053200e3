"""Requests for accounts in the admin: how far each is, what is in its way, and the decisions about it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from access.roles import Actor, Permission
from accounts.account_request import AccountRequest
from history.admin import RecordAdmin, text_column
from history.shown import badge, inert, json_text, moment
from provisioning.admin.acting import act, actor_of_request, one_line, read
from provisioning.core.errors import ConflictError
from provisioning.services.vending.decide_request import (
    approve_request,
    cancel_request,
    reject_request,
    why_not_approver,
    why_not_cancelled,
)
from provisioning.services.vending.retry_request import resolve_request, retry_request

State = AccountRequest.State
ASKER = text_column("requested_by", "asked for by")
Do = Callable[..., AccountRequest]
WAYS = {
    "wait": "It is tried again by itself.",
    "retry": "Do what is said, then retry it.",
    "correct": "Retry it with a correction, over REST or by manage.py account_request retry.",
    "person": "Somebody has to find out what is true.",
}


class RequestDecisionForm(forms.Form):
    """A comment, and when the state began that was seen."""

    since = forms.CharField(max_length=40)
    comment = forms.CharField(max_length=500, required=False)

    def clean_comment(self) -> str:
        """One line that can be printed."""
        return one_line(self.cleaned_data["comment"])


class ResolveForm(RequestDecisionForm):
    """The account that came of it, or nothing."""

    account_id = forms.RegexField(r"\A[0-9]{12}\Z", required=False, error_messages={"invalid": "Give 12 digits."})
    comment = forms.CharField(max_length=500, error_messages={"required": "Say where you looked."})


@admin.register(AccountRequest)
class AccountRequestAdmin(RecordAdmin):
    """Requests for accounts, newest first."""

    list_title = "Account requests"
    reach = ""
    list_display = ("shown_what", "shown_state", "shown_failure", "environment", ASKER, "shown_created")
    list_display_links = ("shown_what",)
    list_filter = ("state", "way_on", "environment")
    search_fields = ("name", "email", "owner_team", "=account_id")
    search_help_text = "A name, an address, a team, or the 12 digits of an account."
    page_template = "provisioning/account_request.html"

    @admin.display(description="account", ordering="name")
    def shown_what(self, row: AccountRequest) -> SafeString:
        return format_html('<b>{}</b> <span class="code quiet">{}</span>', inert(row.name), row.account_id)

    @admin.display(description="state", ordering="state")
    def shown_state(self, row: AccountRequest) -> SafeString:
        return badge(row.state)

    @admin.display(description="in its way")
    def shown_failure(self, row: AccountRequest) -> str:
        return inert(row.failure).replace("_", " ") or "–"

    @admin.display(description="asked", ordering="created_at")
    def shown_created(self, row: AccountRequest) -> SafeString | str:
        return moment(row.created_at)

    def page(self, request: HttpRequest, record: AccountRequest) -> Mapping[str, Any]:
        return {
            "title": f"Account {inert(record.name)}",
            "facts": _facts(record),
            "blocks": [("Tags", json_text(record.tags))],
            "way": WAYS.get(record.way_on, ""),
            "since": record.state_since.isoformat(),
            "buttons": buttons(record, actor_of_request(request)),
            "why_not": why_not_approver(record, request.user.get_username()),
        }

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(f"<uuid:pk>/{name}/", self.admin_site.admin_view(view), name=f"account_request_{name}")
            for name, view in self._views().items()
        ]
        return [*own, *super().get_urls()]

    def _views(self) -> dict[str, Callable[..., HttpResponse]]:
        done = {
            "approve": (approve_request, "Approved: the vending worker makes the account."),
            "reject": (reject_request, "Rejected."),
            "cancel": (cancel_request, "Cancelled."),
            "retry": (_retry, "It goes on from where it failed."),
        }
        views: dict[str, Callable[..., HttpResponse]] = {
            name: self._view(RequestDecisionForm, do, told) for name, (do, told) in done.items()
        }
        return {**views, "resolve": self._view(ResolveForm, resolve_request, "Resolved.")}

    def _view(self, form: type[forms.Form], do: Do, told: str) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, pk: UUID) -> HttpResponse:
            row = self.get_queryset(request).filter(pk=pk).first()
            if row is None:
                raise Http404(f"There is no account request {pk}.")

            def decide() -> str:
                given = read(form(request.POST))
                if given.pop("since") != row.state_since.isoformat():
                    raise ConflictError("The request has changed since you read it: read it again.")
                do(request_id=pk, actor=actor_of_request(request), **given)
                return told

            back = reverse("admin:accounts_accountrequest_change", args=[pk])
            return require_POST(lambda request: act(request, back, decide))(request)

        return view


def buttons(row: AccountRequest, actor: Actor) -> frozenset[str]:
    """What the reader may do about it now."""
    found: set[str] = set()
    if actor.may(Permission.APPROVE, row):
        if row.state == State.REQUESTED:
            found |= {"reject"} if why_not_approver(row, actor.name) else {"approve", "reject"}
        if row.state == State.IN_DOUBT:
            found.add("resolve")
    if actor.may(Permission.OPERATE, row):
        if row.state == State.FAILED:
            found.add("retry")
        if not why_not_cancelled(row):
            found.add("cancel")
    return frozenset(found)


def _retry(*, request_id: UUID, actor: Actor, comment: str) -> AccountRequest:
    """As it is: corrections have too many fields for a button."""
    return retry_request(request_id=request_id, actor=actor)


def _facts(row: AccountRequest) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        ("E-mail of its root user", inert(row.email)),
        ("Environment", row.environment),
        ("OU", inert(row.ou_path)),
        ("Owner team", inert(row.owner_team) or "–"),
        ("Billing access at creation", row.billing_access),
        ("For", inert(row.reason) or "–"),
        ("Asked for by", inert(row.requested_by)),
        ("Asked", moment(row.created_at)),
        ("In this state since", moment(row.state_since)),
    ]
    if row.corrected_by:
        facts.append(("Corrected by", inert(row.corrected_by)))
    if row.decided_by:
        facts += [("Decided by", inert(row.decided_by)), ("Comment", inert(row.comment) or "–")]
    return [*facts, ("Account", _account_link(row))] if row.account_id else facts


def _account_link(row: AccountRequest) -> SafeString:
    url = reverse("admin:accounts_account_change", args=[row.account_id])
    return format_html('<a class="code" href="{}">{}</a>', url, row.account_id)
