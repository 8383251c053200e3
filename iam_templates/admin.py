"""Baselines, their versions and where they are assigned: declared over REST, read here."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from history.admin import EVERYONE, RecordAdmin, text_column
from history.shown import badge, inert, json_text, moment
from iam_templates.models import Assignment, Baseline, BaselineVersion
from iam_templates.policy_findings import declaration_findings
from iam_templates.rights import visible_assignments
from iam_templates.selector_preview_page import selector_preview_page
from iam_templates.services.foretell_checks import ForetoldCheck, foretold_checks


@admin.register(Baseline)
class BaselineAdmin(RecordAdmin):
    """Named declarations."""

    list_title = "Baselines"
    reach = EVERYONE
    list_display = (
        "name",
        "shown_description",
        "newest",
        "live_assignments",
        text_column("created_by", "made by"),
        "shown_created",
    )
    search_fields = ("name", "description")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Baseline]:
        """With the newest published version, and how often it is assigned to what the reader may see."""
        published = Q(versions__published_at__isnull=False)
        live = Q(versions__assignments__in=_visible(self, request, Assignment.objects.live().order_by()))
        found: QuerySet[Baseline] = (
            super()
            .get_queryset(request)
            .annotate(
                newest_version=Max("versions__number", filter=published),
                assigned=Count("versions__assignments", filter=live, distinct=True),
            )
        )
        return found

    @admin.display(description="description")
    def shown_description(self, baseline: Baseline) -> str:
        return inert(baseline.description) or "–"

    @admin.display(description="newest published", ordering="newest_version")
    def newest(self, baseline: Any) -> str:
        return f"v{baseline.newest_version}" if baseline.newest_version else "–"

    @admin.display(description="assignments", ordering="assigned")
    def live_assignments(self, baseline: Any) -> int:
        return int(baseline.assigned)

    @admin.display(description="made", ordering="created_at")
    def shown_created(self, baseline: Baseline) -> SafeString | str:
        return moment(baseline.created_at)

    def page(self, request: HttpRequest, record: Baseline) -> Mapping[str, Any]:
        versions = record.versions.defer("source", "content")
        return {
            "title": f"Baseline {inert(record.name)}",
            "facts": [
                ("Description", inert(record.description) or "–"),
                ("Owner", inert(record.owner_team) or "the fleet"),
                ("Made", format_html("{} by {}", moment(record.created_at), inert(record.created_by))),
                ("Versions", _links((version_link(one), _version_state(one)) for one in versions)),
            ],
        }


@admin.register(BaselineVersion)
class VersionAdmin(RecordAdmin):
    """Versions: drafts, and what was published and never changes."""

    list_title = "Versions"
    reach = EVERYONE
    list_display = (
        "shown_version",
        "shown_state",
        text_column("author", "author"),
        text_column("published_by", "published by"),
        text_column("approved_for_production_by", "approved for production by"),
        "shown_created",
    )
    list_filter = ("published_at",)
    search_fields = ("=baseline__name", "baseline__name", "author")
    ordering = ("-created_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BaselineVersion]:
        return super().get_queryset(request).defer("source", "content")

    @admin.display(description="version", ordering="baseline")
    def shown_version(self, version: BaselineVersion) -> str:
        return inert(version)

    @admin.display(description="state")
    def shown_state(self, version: BaselineVersion) -> SafeString:
        return _version_state(version)

    @admin.display(description="written", ordering="created_at")
    def shown_created(self, version: BaselineVersion) -> SafeString | str:
        return moment(version.created_at)

    def page(self, request: HttpRequest, record: BaselineVersion) -> Mapping[str, Any]:
        assigned = _visible(self, request, record.assignments.filter(ended_at=None))
        return {
            "title": f"Baseline {inert(record)}",
            "facts": [
                ("State", _version_state(record)),
                ("Author", inert(record.author)),
                ("Published", _when_by(record.published_at, record.published_by)),
                (
                    "Approved for production",
                    _when_by(record.approved_for_production_at, record.approved_for_production_by),
                ),
                ("Digest", format_html('<span class="code long">{}</span>', record.digest or "–")),
                ("Assigned", _links((assignment_link(one), "") for one in assigned)),
                ("Checks", _checks(foretold_checks(record.content))),
                ("Findings", _findings(record)),
            ],
            "blocks": [("Declaration, as written", inert(record.source))],
        }


@admin.register(Assignment)
class AssignmentAdmin(RecordAdmin):
    """Which version is for which accounts."""

    list_title = "Assignments"
    change_list_template = "iam_templates/assignment_list.html"

    def get_urls(self) -> list[URLPattern]:
        page = path("preview/", self.admin_site.admin_view(selector_preview_page), name="selector_preview")
        return [page, *super().get_urls()]

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those that reach an account the reader may see."""
        return _visible(self, request, queryset)

    list_display = (
        "shown_version",
        "shown_reach",
        "shown_mode",
        text_column("created_by", "made by"),
        "shown_created",
        "shown_ended",
    )
    list_filter = ("selector", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("version",)
    search_fields = ("version__baseline__name", "value")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        found: QuerySet[Assignment] = super().get_queryset(request).defer("version__source", "version__content")
        return found

    @admin.display(description="version", ordering="version")
    def shown_version(self, assignment: Assignment) -> str:
        return inert(assignment.version)

    @admin.display(description="for", ordering="value")
    def shown_reach(self, assignment: Assignment) -> SafeString:
        return format_html('{} <span class="code">{}</span>', assignment.selector, inert(assignment.value))

    @admin.display(description="mode")
    def shown_mode(self, assignment: Assignment) -> str:
        return str(assignment.mode.get("default", "observe"))

    @admin.display(description="made", ordering="created_at")
    def shown_created(self, assignment: Assignment) -> SafeString | str:
        return moment(assignment.created_at)

    @admin.display(description="ended", ordering="ended_at")
    def shown_ended(self, assignment: Assignment) -> SafeString | str:
        return moment(assignment.ended_at)

    def page(self, request: HttpRequest, record: Assignment) -> Mapping[str, Any]:
        return {
            "title": inert(record),
            "facts": [
                ("Version", version_link(record.version)),
                ("For", self.shown_reach(record)),
                ("Made", _when_by(record.created_at, record.created_by)),
                ("Ended", _when_by(record.ended_at, record.ended_by)),
            ],
            "blocks": [("Mode", json_text(record.mode)), ("Parameters", json_text(record.parameters))],
        }


def _visible(shown: RecordAdmin, request: HttpRequest, queryset: QuerySet[Assignment]) -> QuerySet[Assignment]:
    site: Any = shown.admin_site
    return visible_assignments(queryset, site.actor(request))


def version_link(version: BaselineVersion) -> SafeString:
    """A link to a version."""
    url = reverse("admin:iam_templates_baselineversion_change", args=[version.pk])
    return format_html('<a href="{}">{}</a>', url, inert(version))


def assignment_link(assignment: Assignment) -> SafeString:
    """A link to an assignment, by what it reaches."""
    url = reverse("admin:iam_templates_assignment_change", args=[assignment.pk])
    return format_html('<a href="{}">{} {}</a>', url, assignment.selector, inert(assignment.value))


def _checks(found: Sequence[ForetoldCheck]) -> SafeString | str:
    """How many hold on the declaration alone, and why the others don't."""
    others = [one for one in found if one.result != "holds"]
    told = ((badge(one.result), inert(f"{one.check} {one.environment}".strip()), inert(one.sentence)) for one in others)
    lines = format_html_join("", "<div>{} {}: {}</div>", told)
    return format_html("<div>{} hold</div>{}", len(found) - len(others), lines) if found else "–"


def _version_state(version: BaselineVersion) -> SafeString:
    return badge("published") if version.published_at else badge("draft")


def _findings(version: BaselineVersion) -> SafeString | str:
    """Of its policies: how each weighs, what it says, and where it is."""
    found = declaration_findings(version.content)
    rows = ((badge(one.severity.value), inert(one.sentence), inert(one.pointer)) for one in found)
    return format_html_join("", '<div>{} {} <span class="code quiet">{}</span></div>', rows) or "None"


def _when_by(at: Any, by: str) -> SafeString | str:
    return format_html("{} by {}", moment(at), inert(by)) if at else "–"


def _links(pairs: Any) -> SafeString | str:
    return format_html_join("", "<div>{} {}</div>", pairs) or "–"
