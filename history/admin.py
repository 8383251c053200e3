"""Records in the admin: shown to whoever may view, changed by nobody. And the history itself."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.utils import unquote
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString

from history.models import Event
from history.shown import inert, moment
from history.visible import visible_events

EVERYONE = "everyone"
"""A `reach`: rows that whoever holds any role may read."""
NUL = "\0"
"""PostgreSQL holds no text with it, so nothing is found by one."""


def text_column(field: str, description: str) -> Callable[[Any], str]:
    """A list column of a text that somebody wrote."""

    @admin.display(description=description, ordering=field)
    def column(record: Any) -> str:
        return inert(getattr(record, field)) or "–"

    column.__name__ = f"shown_{field}"
    return column


class RecordAdmin(admin.ModelAdmin):
    """Rows that are only shown, each on a page of its own that `page` describes.

    Who may see them is the site's to say (`FirstlineAdminSite.may`): roles are known above this app.
    """

    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_title = ""
    reach: str | None = None
    """The path from a row to its account, "" for accounts themselves, EVERYONE's, or None: nobody sees a row."""
    page_template = "admin/record.html"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(self.admin_site.may(request, "view"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        """Lists and pages only: there is nothing to add, delete, or look up in Django's own log."""
        unused = ("_add", "_delete", "_history")
        return [url for url in super().get_urls() if not str(getattr(url, "name", "") or "").endswith(unused)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that the reader may see: lists, pages, filters and actions all start from them."""
        return self.narrow(request, super().get_queryset(request))

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Of these rows, those of accounts that the reader may see."""
        if self.reach == EVERYONE:
            return queryset
        site: Any = self.admin_site
        return queryset.none() if self.reach is None else site.narrowed(request, queryset, self.reach)

    def account_of(self, record: Any) -> Any:
        """The account that a row is about; None for one that is about none."""
        for name in (self.reach or "").split("__"):
            record = getattr(record, name) if name and name != EVERYONE else record
        return record if self.reach is not None and self.reach != EVERYONE else None

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The record, or None for an id that can't be one."""
        return None if NUL in unquote(object_id) else super().get_object(request, object_id, from_field)

    def page(self, request: HttpRequest, record: Any) -> Mapping[str, Any]:
        """What the page shows: `facts` (label, value) and `blocks` (label, text)."""
        raise NotImplementedError

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if any(NUL in value for values in request.GET.lists() for value in values[1]):
            return HttpResponseRedirect(request.path)
        return super().changelist_view(request, {"title": self.list_title, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The record's page, in place of Django's form."""
        if not self.has_view_permission(request):
            raise Http404
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404(f"There is no {self.opts.verbose_name} {object_id}.")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "list_title": self.list_title,
            "record": record,
            "title": inert(record),
            "may": self.admin_site.allowed(request, self.account_of(record)),
            **self.page(request, record),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.page_template, context)


class ChosenFilter(SimpleListFilter):
    """A filter that links set and this one clears: a list of all values would be too long to offer."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(chosen, inert(chosen))] if (chosen := self.value()) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.parameter_name: chosen}) if (chosen := self.value()) else queryset


class AccountFilter(ChosenFilter):
    """One account, by its 12 digits."""

    title = "account"
    parameter_name = "account_id"


class ActorFilter(ChosenFilter):
    """One person, or `firstline` for the workers."""

    title = "actor"
    parameter_name = "actor"


class RequestFilter(ChosenFilter):
    """Everything that came of one request."""

    title = "request"
    parameter_name = "request_id"


class VerbFilter(SimpleListFilter):
    """What the event is about: the first half of its verb."""

    title = "what"
    parameter_name = "what"
    NOUNS = (
        "account",
        "fleet",
        "look",
        "check",
        "drift",
        "plan",
        "apply",
        "write",
        "resource",
        "run",
        "attestation",
        "account_request",
        "hand_over",
        "report",
    )
    DECLARED = (
        "baseline",
        "version",
        "assignment",
        "desired_state",
        "token",
        "user",
        "role",
        "sign_in",
        "request",
        "history",
        "discovery",
    )

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(noun, noun.replace("_", " ")) for noun in (*self.NOUNS, *self.DECLARED)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        noun = self.value()
        return queryset.filter(verb__startswith=f"{noun}.") if noun in (*self.NOUNS, *self.DECLARED) else queryset


@admin.register(Event)
class EventAdmin(RecordAdmin):
    """Everything anyone or anything did, newest first."""

    list_title = "History"

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """One's own events, those of accounts one may see, and all for who audits the fleet."""
        return visible_events(queryset, request)

    list_display = ("shown_at", "verb", "shown_actor", "shown_account", "shown_subject")
    list_display_links = ("verb",)
    list_filter = (VerbFilter, "at", ActorFilter, AccountFilter, RequestFilter)
    search_fields = ("verb", "subject", "actor", "=account_id")
    search_help_text = "A verb, a person, a resource, or the 12 digits of an account."
    page_template = "admin/event.html"

    @admin.display(description="at", ordering="at")
    def shown_at(self, event: Event) -> SafeString | str:
        return moment(event.at)

    @admin.display(description="who")
    def shown_actor(self, event: Event) -> SafeString:
        return format_html('<a href="?{}">{}</a>', urlencode({"actor": event.actor}), inert(event.actor))

    @admin.display(description="account")
    def shown_account(self, event: Event) -> SafeString | str:
        chosen = '<a class="code" href="?account_id={}">{}</a>'
        return format_html(chosen, event.account_id, event.account_id) if event.account_id else "–"

    @admin.display(description="subject")
    def shown_subject(self, event: Event) -> SafeString:
        return format_html('<span class="code long">{}</span>', inert(event.subject))

    def page(self, request: HttpRequest, record: Event) -> Mapping[str, Any]:
        return {"title": f"{record.verb} by {inert(record.actor)}", "event": record}
