"""Tokens, without their secrets: made, rotated and revoked here, each secret shown once."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from access.admin.asking import act, ask
from access.errors import ConflictError
from access.models import Token
from access.policy import visible_tokens
from access.roles import Actor, Grant
from access.services.create_token import DAYS, LONGEST_DAYS, create_token
from access.services.revoke_token import may_revoke, revoke_token
from access.services.rotate_token import OVERLAP_HOURS, rotate_token
from history.admin import RecordAdmin
from history.shown import badge, inert, moment


class NewTokenForm(forms.Form):
    """A token of some of what its person holds."""

    name = forms.CharField(max_length=100, help_text="where it is used, e.g. laptop")
    grants = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="Gives")
    days = forms.IntegerField(min_value=1, max_value=LONGEST_DAYS, initial=DAYS)
    allowed_cidrs = forms.CharField(
        required=False, max_length=1000, label="Networks", help_text="e.g. 192.0.2.0/24, 2001:db8::/32; empty: anywhere"
    )

    def __init__(self, data: Any, *, held: frozenset[Grant]) -> None:
        super().__init__(data)
        self.held = {str(grant): grant for grant in sorted(held, key=str)}
        self.fields["grants"].choices = [(text, text) for text in self.held]  # type: ignore[attr-defined]

    def clean_grants(self) -> list[Grant]:
        """The grants chosen."""
        return [self.held[text] for text in self.cleaned_data["grants"]]

    def clean_allowed_cidrs(self) -> list[str]:
        """One network each."""
        return [one.strip() for one in self.cleaned_data["allowed_cidrs"].split(",") if one.strip()]


@admin.register(Token)
class TokenAdmin(RecordAdmin):
    """Keys to the API. The secret was shown once and is in no table."""

    list_title = "Tokens"
    list_display = ("shown_name", "shown_person", "shown_grants", "shown_state", "shown_used", "shown_expires")
    list_display_links = ("shown_name",)
    list_filter = ("created_at",)
    list_select_related = ("user",)
    search_fields = ("name", "key_id", "user__username")
    search_help_text = "A token's name or key id, or a person."
    page_template = "admin/token.html"

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """One's own; all for who administers the fleet. Not even the hash leaves the database."""
        return visible_tokens(queryset.select_related("user").defer("digest"), self._actor(request))

    @admin.display(description="token", ordering="name")
    def shown_name(self, token: Token) -> SafeString:
        return format_html('<b>{}</b> <span class="code quiet">{}</span>', inert(token.name), token.key_id)

    @admin.display(description="person", ordering="user__username")
    def shown_person(self, token: Token) -> str:
        return inert(token.user.get_username())

    @admin.display(description="gives")
    def shown_grants(self, token: Token) -> str:
        return inert(", ".join(sorted(map(str, token.limit))))

    @admin.display(description="state")
    def shown_state(self, token: Token) -> SafeString:
        return badge(token_state(token))

    @admin.display(description="last used", ordering="last_used_at")
    def shown_used(self, token: Token) -> SafeString | str:
        return moment(token.last_used_at)

    @admin.display(description="expires", ordering="expires_at")
    def shown_expires(self, token: Token) -> SafeString | str:
        return moment(token.expires_at)

    def page(self, request: HttpRequest, record: Token) -> Mapping[str, Any]:
        live, own = token_state(record) == "live", record.user_id == request.user.pk
        return {
            "title": f"Token {inert(record.name)}",
            "can_revoke": record.revoked_at is None and may_revoke(record, self._actor(request)),
            "can_rotate": live and own and not record.rotated_to,
            "facts": [
                ("Person", inert(record.user.get_username())),
                ("Gives", self.shown_grants(record)),
                ("From", ", ".join(record.allowed_cidrs) or "anywhere"),
                ("State", badge(token_state(record))),
                ("Key id", format_html('<span class="code">fl_{}</span>', record.key_id)),
                ("Made", moment(record.created_at)),
                ("Last used", moment(record.last_used_at)),
                ("Expires", moment(record.expires_at)),
                ("Revoked", moment(record.revoked_at)),
                ("Successor", record.rotated_to or "–"),
            ],
        }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("make/", view(self.make), name="token_make"),
            path("<int:token_id>/revoke/", view(self.revoke), name="token_revoke"),
            path("<int:token_id>/rotate/", view(self.rotate), name="token_rotate"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the way to a new one."""
        link = {"make_url": reverse("admin:token_make"), "make_text": "Make a token for yourself"}
        return super().changelist_view(request, {**link, **(extra_context or {})})

    def make(self, request: HttpRequest) -> HttpResponse:
        """Make a token for oneself."""
        actor = self._actor(request)
        if not actor.grants:
            raise Http404("Without a role there is nothing a token could give.")

        def do(given: dict[str, Any]) -> HttpResponse:
            return self._secret(request, *create_token(username=actor.name, actor=actor, **given))

        return ask(self, request, NewTokenForm(request.POST or None, held=actor.grants), "A new token", do)

    def rotate(self, request: HttpRequest, token_id: int) -> HttpResponse:
        """Make one's token's successor; the old one lives on for a day."""
        return require_POST(lambda request: self._rotate(request, self._token(request, token_id)))(request)

    def _rotate(self, request: HttpRequest, token: Token) -> HttpResponse:
        try:
            return self._secret(request, *rotate_token(key_id=token.key_id, actor=self._actor(request)))
        except (PermissionDenied, ConflictError, ValidationError) as error:
            return act(request, _page_of(token), _raising(error))

    def revoke(self, request: HttpRequest, token_id: int) -> HttpResponse:
        """End a token at once: one's own, or anyone's as an owner of the fleet."""
        return require_POST(lambda request: self._revoke(request, self._token(request, token_id)))(request)

    def _revoke(self, request: HttpRequest, token: Token) -> HttpResponse:
        def do() -> str:
            revoke_token(key_id=token.key_id, actor=self._actor(request))
            return "The token is revoked: it is refused from now on."

        return act(request, _page_of(token), do)

    def _token(self, request: HttpRequest, token_id: int) -> Token:
        token: Token | None = self.get_queryset(request).filter(pk=token_id).first()
        if token is None:
            raise Http404(f"There is no token {token_id}.")
        return token

    def _secret(self, request: HttpRequest, token: Token, text: str) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "list_title": self.list_title}
        shown = {"title": f"Token {inert(token.name)}", "text": text, "back": _page_of(token), "hours": OVERLAP_HOURS}
        answer = TemplateResponse(request, "admin/token_secret.html", {**context, **shown})
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _actor(self, request: HttpRequest) -> Actor:
        site: Any = self.admin_site
        found: Actor = site.actor(request)
        return found


def token_state(token: Token) -> str:
    """Whether a token opens anything."""
    if token.revoked_at:
        return "revoked"
    return "expired" if token.expires_at <= timezone.now() else "live"


def _page_of(token: Token) -> str:
    return reverse("admin:access_token_change", args=[token.pk])


def _raising(error: Exception) -> Any:
    def do() -> str:
        raise error

    return do
