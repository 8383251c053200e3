"""Discoveries, and the organisation's tree of units."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from access.roles import Permission
from accounts.models import Account, Discovery
from accounts.unit_tree import unit_tree
from history.admin import RecordAdmin, text_column
from history.shown import badge, inert, moment, words
from provisioning.admin.acting import act, actor_of_request
from provisioning.admin.explain import reason
from provisioning.services.request_discovery import request_discovery


@admin.register(Discovery)
class DiscoveryAdmin(RecordAdmin):
    """Readings of the whole organisation, newest first."""

    list_title = "Discoveries"
    list_display = ("shown_asked", "shown_state", "shown_found", text_column("requested_by", "asked for by"))
    list_display_links = ("shown_asked",)
    list_filter = ("state",)
    change_list_template = "provisioning/discovery_list.html"
    page_template = "provisioning/discovery.html"

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """They tell of all accounts, so they are for who may see all."""
        return queryset if actor_of_request(request).may_everywhere(Permission.VIEW) else queryset.none()

    @admin.display(description="asked", ordering="created_at")
    def shown_asked(self, discovery: Discovery) -> SafeString | str:
        return moment(discovery.created_at)

    @admin.display(description="state", ordering="state")
    def shown_state(self, discovery: Discovery) -> SafeString:
        return format_html('{} <span class="quiet">{}</span>', badge(discovery.state), inert(discovery.message))

    @admin.display(description="accounts")
    def shown_found(self, discovery: Discovery) -> str:
        return str(discovery.counts.get("accounts", "–"))

    def page(self, request: HttpRequest, record: Discovery) -> Mapping[str, Any]:
        return {
            "title": f"Discovery asked for by {inert(record.requested_by)}",
            "facts": [
                ("State", self.shown_state(record)),
                ("Asked", moment(record.created_at)),
                ("Ended", moment(record.finished_at)),
                ("Organisation", inert(record.organisation.get("id", "–"))),
                ("Calls to AWS", record.aws_calls),
                *((words(name).capitalize(), count) for name, count in record.counts.items()),
            ],
            "causes": record.causes,
            "told": [(reason(why), _account_links(ids)) for why, ids in record.told.items()],
        }

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("discover/", self.admin_site.admin_view(self.discover), name="discovery_make"),
            path("units/", self.admin_site.admin_view(units_page), name="organisational_units"),
        ]
        return [*own, *super().get_urls()]

    def discover(self, request: HttpRequest) -> HttpResponse:
        """Queue a discovery; a worker makes it, for the web holds no AWS credentials."""

        def do() -> str:
            _, made = request_discovery(actor=actor_of_request(request), cause="admin")
            return "A discovery is queued: load this page again." if made else "A discovery is open already."

        run = require_POST(lambda request: act(request, reverse("admin:accounts_discovery_changelist"), do))
        return run(request)


def units_page(request: HttpRequest) -> HttpResponse:
    """The tree, of the accounts that the reader may see."""
    site: Any = admin.site
    if not site.may(request, Permission.VIEW):
        raise Http404
    tree = unit_tree(actor_of_request(request))
    context = {
        **site.each_context(request),
        "opts": Account._meta,
        "list_title": "Accounts",
        "title": "The organisation",
        "tree": tree,
        "is_configured": bool(settings.FIRSTLINE.discovery_account_id),
    }
    return TemplateResponse(request, "provisioning/units.html", context)


def _account_links(ids: list[str]) -> SafeString:
    url = "admin:accounts_account_change"
    return format_html_join(", ", '<a class="code" href="{}">{}</a>', ((reverse(url, args=[one]), one) for one in ids))
