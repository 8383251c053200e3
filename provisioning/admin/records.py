"""Desired states, snapshots, ownership and decisions: what was written down, to look things up."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import F, Func, IntegerField, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from history.admin import AccountFilter, RecordAdmin, text_column
from history.shown import badge, inert, json_text, moment
from provisioning.admin.drift_page import origin_text
from provisioning.core.desired import DesiredCheck
from provisioning.models import Decision, DesiredHead, DesiredState, Ownership, SnapshotRecord
from provisioning.services.arns import with_arns


class AccountRecordAdmin(RecordAdmin):
    """A record of one account."""

    reach = "account"

    list_select_related = ("account",)
    search_fields = ("account__name", "=account__account_id")
    search_help_text = "An account's name or 12 digits."

    @admin.display(description="account", ordering="account__name")
    def shown_account(self, record: Any) -> SafeString:
        text = '<b>{}</b> <span class="code quiet">{}</span>'
        return format_html(text, inert(record.account.name), record.account_id)

    def account_link(self, record: Any) -> SafeString:
        """A link to the record's account."""
        url = reverse("admin:accounts_account_change", args=[record.account_id])
        return format_html('<a href="{}">{}</a>', url, inert(record.account))


@admin.register(DesiredState)
class DesiredStateAdmin(AccountRecordAdmin):
    """Generations of desired states."""

    list_title = "Desired states"
    list_display = (
        "shown_account",
        "generation",
        "item_count",
        "shown_digest",
        text_column("created_by", "rendered by"),
        "shown_created",
    )
    list_filter = ("account__environment", AccountFilter)
    ordering = ("-created_at", "-id")
    page_template = "provisioning/desired_state.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[DesiredState]:
        """With the number of items and without the items."""
        count = Func(F("data__items"), function="jsonb_array_length", output_field=IntegerField())
        return super().get_queryset(request).annotate(items_in_it=count).defer("data")

    @admin.display(description="items")
    def item_count(self, state: Any) -> int:
        return int(state.items_in_it)

    @admin.display(description="digest")
    def shown_digest(self, state: DesiredState) -> SafeString:
        return format_html('<span class="code">{}</span>', state.digest[:12])

    @admin.display(description="rendered", ordering="created_at")
    def shown_created(self, state: DesiredState) -> SafeString | str:
        return moment(state.created_at)

    def page(self, request: HttpRequest, record: DesiredState) -> Mapping[str, Any]:
        head = DesiredHead.objects.filter(pk=record.account_id).first()
        return {
            "title": f"Desired state of {inert(record.account.name)}, generation {record.generation}",
            "is_current": head is not None and head.current_id == record.pk,
            "failure": head.failure if head else None,
            "items": [
                (item, [origin_text(origin) for origin in item["origins"]], json_text(item["declared"]))
                for item in with_arns(record.account_id, record.data["items"])
            ],
            "closed": record.data["closed"],
            "checks": [DesiredCheck.from_plain(one) for one in record.data.get("checks", [])],
        }


@admin.register(SnapshotRecord)
class SnapshotAdmin(AccountRecordAdmin):
    """What looks saw, by section."""

    list_title = "Snapshots"
    list_display = ("shown_account", "shown_first", "shown_last", "shown_unreadable")
    list_filter = (AccountFilter,)

    @admin.display(description="first seen", ordering="first_seen_at")
    def shown_first(self, record: SnapshotRecord) -> SafeString | str:
        return moment(record.first_seen_at)

    @admin.display(description="last seen", ordering="last_seen_at")
    def shown_last(self, record: SnapshotRecord) -> SafeString | str:
        return moment(record.last_seen_at)

    @admin.display(description="unreadable")
    def shown_unreadable(self, record: SnapshotRecord) -> str:
        unread = [f"{name} ({entry['unreadable']})" for name, entry in record.manifest.items() if "unreadable" in entry]
        return ", ".join(unread) or "–"

    def page(self, request: HttpRequest, record: SnapshotRecord) -> Mapping[str, Any]:
        facts = [
            ("Account", self.account_link(record)),
            ("First seen", moment(record.first_seen_at)),
            ("Last seen", moment(record.last_seen_at)),
            ("Look", run_link(record.run_id)),
        ]
        sections = [(name, _section(entry)) for name, entry in sorted(record.manifest.items())]
        return {"title": f"Snapshot of {inert(record.account.name)}", "facts": [*facts, *sections]}


@admin.register(Ownership)
class OwnershipAdmin(AccountRecordAdmin):
    """The ledger: what is ours."""

    list_title = "Ownership"
    list_display = ("shown_name", "kind", "how", "shown_account", "shown_since", "shown_applied")
    list_filter = ("kind", "how", AccountFilter)
    search_fields = ("name", "account__name", "=account__account_id")
    search_help_text = "A resource, or an account's name or 12 digits."

    @admin.display(description="resource", ordering="name")
    def shown_name(self, owned: Ownership) -> SafeString:
        return format_html('<span class="code long">{}</span>', inert(owned.name))

    @admin.display(description="since", ordering="since")
    def shown_since(self, owned: Ownership) -> SafeString | str:
        return moment(owned.since)

    @admin.display(description="last applied", ordering="applied_at")
    def shown_applied(self, owned: Ownership) -> SafeString | str:
        return moment(owned.applied_at)

    def page(self, request: HttpRequest, record: Ownership) -> Mapping[str, Any]:
        return {
            "title": inert(f"{record.kind}/{record.name}"),
            "facts": [
                ("Account", self.account_link(record)),
                ("Owned because", f"Firstline {record.how} it"),
                ("Since", moment(record.since)),
                ("Last applied", moment(record.applied_at)),
            ],
            "blocks": [("Declaration last applied", json_text(record.declared))],
        }


@admin.register(Decision)
class DecisionAdmin(RecordAdmin):
    """Who approved or rejected what."""

    list_title = "Decisions"
    reach = "plan__account"
    list_display = ("shown_verb", "shown_by", "shown_account", "shown_comment", "shown_at")
    list_filter = ("verb", "at")
    list_select_related = ("plan__account",)
    search_fields = ("by", "comment", "=plan__account__account_id", "digest")
    search_help_text = "A person, a comment, the 12 digits of an account, or a digest."
    ordering = ("-at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        return super().get_queryset(request).defer("plan__data")

    @admin.display(description="decision", ordering="verb")
    def shown_verb(self, decision: Decision) -> SafeString:
        return badge(decision.verb)

    @admin.display(description="by", ordering="by")
    def shown_by(self, decision: Decision) -> str:
        return inert(decision.by)

    @admin.display(description="account")
    def shown_account(self, decision: Decision) -> str:
        return inert(decision.plan.account)

    @admin.display(description="comment")
    def shown_comment(self, decision: Decision) -> str:
        return inert(decision.comment) or "–"

    @admin.display(description="at", ordering="at")
    def shown_at(self, decision: Decision) -> SafeString | str:
        return moment(decision.at)

    def page(self, request: HttpRequest, record: Decision) -> Mapping[str, Any]:
        url = reverse("admin:provisioning_planrecord_change", args=[record.plan_id])
        return {
            "title": f"{record.verb.capitalize()} by {inert(record.by)}",
            "facts": [
                ("Plan", format_html('<a href="{}">{}</a>', url, inert(record.plan))),
                ("By", inert(record.by)),
                ("At", moment(record.at)),
                ("Comment", inert(record.comment) or "–"),
                ("Digest", format_html('<span class="code long">{}</span>', record.digest)),
            ],
        }


def run_link(run_id: Any) -> SafeString:
    """A link to a run by its id."""
    url = reverse("admin:provisioning_run_change", args=[run_id])
    return format_html('<a class="code" href="{}">{}</a>', url, run_id)


def _section(entry: Mapping[str, str]) -> SafeString:
    if "unreadable" in entry:
        return format_html("{} {}", badge("unknown", "unreadable"), entry["unreadable"])
    return format_html('<span class="code long">{}</span>', entry["hash"])
