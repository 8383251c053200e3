"""Accounts: their verdicts at a glance, and what can be asked of each."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from access.roles import Permission
from accounts.models import Account
from accounts.selectors import AccountSelector
from accounts.services.update_account import update_account
from history.admin import RecordAdmin
from history.shown import badge, inert, span
from provisioning.admin.account_form import AccountForm
from provisioning.admin.account_page import account_page
from provisioning.admin.acting import ReasonForm, act, actor_of_request, read
from provisioning.admin.attest_page import attest_page
from provisioning.admin.budget_parts import BudgetFilter
from provisioning.admin.explain import reason
from provisioning.admin.hand_over_form import hand_over_page
from provisioning.admin.permissions_page import permissions_page
from provisioning.admin.register import register_page
from provisioning.core.verdict import Verdict
from provisioning.models import Drift
from provisioning.services.pause_account import pause_account, resume_account
from provisioning.services.request_check import request_check
from provisioning.services.request_look import request_look
from provisioning.services.set_aside import leave_account, return_account, suspend_account
from provisioning.services.verdicts import verdicts_of
from provisioning.services.verify_access import verify_access

LIFE: dict[str, tuple[Callable[..., Account], str]] = {
    "suspend": (suspend_account, "Suspended: nothing is read or written until it returns."),
    "leave": (leave_account, "It has left: nothing is read or written, and no assignment reaches it."),
    "return": (return_account, "It is back: its access is checked now, and its first look follows."),
}


class VerdictFilter(admin.SimpleListFilter):
    """Verdicts are computed, so this asks for those of all accounts first."""

    title = "verdict"
    parameter_name = "verdict"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(one.value, one.value.replace("_", " ")) for one in reversed(Verdict)]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Account]:
        if self.value() is None:
            return queryset
        verdicts = verdicts_of(queryset.workable().values_list("account_id", flat=True))
        return queryset.filter(pk__in=[one for one, found in verdicts.items() if found.overall.verdict == self.value()])


class AccountList(ChangeList):
    """Adds to each account of the page its verdict and its open drift, in five queries for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        ids = [account.pk for account in self.result_list]
        verdicts = verdicts_of(ids)
        rows = Drift.objects.open().filter(account_id__in=ids).order_by()
        counts = {(one, remedy): n for one, remedy, n in rows.values_list("account_id", "remedy").annotate(Count("id"))}
        for account in self.result_list:
            account.verdict = verdicts[account.pk].overall
            account.open_drift = {remedy: counts.get((account.pk, remedy), 0) for remedy in Drift.Remedy.values}


@admin.register(Account)
class AccountAdmin(RecordAdmin):
    """Accounts."""

    list_title = "Accounts"
    reach = ""
    list_display = (
        "shown_name",
        "shown_verdict",
        "shown_drift",
        "shown_environment",
        "shown_ou",
        "shown_team",
        "shown_state",
    )
    list_display_links = ("shown_name",)
    list_filter = (VerdictFilter, BudgetFilter, "environment", "state", "apply_role", "paused")
    actions = ("verify_access",)
    change_list_template = "provisioning/account_list.html"
    search_fields = ("account_id", "name", "owner_team", "ou_path")
    search_help_text = "12 digits, a name, a team or an OU path."
    page_template = "provisioning/account.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return AccountList

    @admin.display(description="account", ordering="name")
    def shown_name(self, account: Account) -> SafeString:
        return format_html('<b>{}</b> <span class="code quiet">{}</span>', inert(account.name), account.account_id)

    @admin.display(description="verdict")
    def shown_verdict(self, account: Any) -> SafeString:
        judged = account.verdict
        age = f"seen {span(judged.age)} ago" if judged.age is not None else ""
        why = " · ".join(filter(None, [reason(judged.reason), age]))
        return format_html('{} <span class="quiet">{}</span>', badge(judged.verdict), why)

    @admin.display(description="open drift")
    def shown_drift(self, account: Any) -> SafeString | str:
        found = account.open_drift
        parts = [
            f"{found[remedy]} {text}" for remedy, text in (("auto", "auto"), ("person", "person")) if found[remedy]
        ]
        link = '<a href="{}?account_id={}">{}</a>'
        url = reverse("admin:provisioning_drift_changelist")
        return format_html(link, url, account.pk, ", ".join(parts)) if parts else "–"

    @admin.display(description="environment", ordering="environment")
    def shown_environment(self, account: Account) -> SafeString | str:
        return badge("prod") if account.environment == Account.Environment.PROD else account.environment

    @admin.display(description="OU", ordering="ou_path")
    def shown_ou(self, account: Account) -> SafeString:
        return format_html('<span class="code long">{}</span>', inert(account.ou_path))

    @admin.display(description="owner team", ordering="owner_team")
    def shown_team(self, account: Account) -> str:
        return inert(account.owner_team) or "–"

    @admin.display(description="state", ordering="state")
    def shown_state(self, account: Account) -> SafeString | str:
        role = account.state == Account.State.MANAGED and account.apply_role != Account.ApplyRole.PROVEN
        shown = [badge(account.state), badge("observed", "observed only") if role else ""]
        return format_html("{} {} {}", *shown, badge("paused") if account.paused else "")

    def page(self, request: HttpRequest, record: Account) -> Mapping[str, Any]:
        may_attest = actor_of_request(request).may(Permission.ATTEST, record)
        return {**account_page(record), "may_attest": may_attest}

    def get_urls(self) -> list[URLPattern]:
        actions: dict[str, Callable[[HttpRequest, str], HttpResponse]] = {
            "look": self.look_now,
            "check": self.check_access,
            "pause": self.pause,
            "resume": self.resume,
            "edit": self.edit,
            **{step: self._life(step) for step in LIFE},
        }
        attest = path(
            "<path:object_id>/attest/<str:kind>/",
            self.admin_site.admin_view(self.attest),
            name="accounts_account_attest",
        )
        permissions = path(
            "<path:object_id>/permissions/",
            self.admin_site.admin_view(self.permissions),
            name="accounts_account_permissions",
        )
        hand_over = path(
            "<path:object_id>/hand-over/",
            self.admin_site.admin_view(self.hand_over),
            name="accounts_account_hand_over",
        )
        register = path("register/", self.admin_site.admin_view(register_page), name="accounts_register")
        own = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"accounts_account_{name}")
            for name, view in actions.items()
        ]
        return [register, attest, permissions, hand_over, *own, *super().get_urls()]

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether the list offers actions."""
        return bool(self.admin_site.may(request, Permission.OPERATE))

    @admin.action(description="Verify access", permissions=["operate"])
    def verify_access(self, request: HttpRequest, queryset: QuerySet[Account]) -> HttpResponse:
        """Queue access checks of the chosen accounts, and show their table."""
        chosen = AccountSelector(account_ids=tuple(queryset.order_by("pk").values_list("pk", flat=True)))
        back = [reverse("admin:accounts_account_changelist")]

        def do() -> str:
            made = verify_access(selector=chosen, actor=actor_of_request(request))
            back[0] = reverse("admin:provisioning_accessverification_change", args=[made.pk])
            return "Access checks are queued: load this page again for their results."

        answer = act(request, "", do)
        answer["Location"] = back[0]
        return answer

    def _life(self, step: str) -> Callable[[HttpRequest, str], HttpResponse]:
        move, done = LIFE[step]

        def view(request: HttpRequest, object_id: str) -> HttpResponse:
            def do() -> str:
                move(account_id=object_id, actor=actor_of_request(request), **read(ReasonForm(request.POST)))
                return done

            return self._act(request, object_id, do)

        return view

    def look_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Queue a look."""

        def do() -> str:
            _, made = request_look(account_id=object_id, actor=actor_of_request(request))
            return "A look is queued." if made else "A look is open already; this page shows it."

        return self._act(request, object_id, do)

    def check_access(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Queue an access check; a worker does it, for the web holds no AWS credentials."""

        def do() -> str:
            _, made = request_check(account_id=object_id, actor=actor_of_request(request))
            return "An access check is queued: load this page again for its result." if made else "One is open already."

        return self._act(request, object_id, do)

    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Pause writes to the account, with a reason."""

        def do() -> str:
            given = read(ReasonForm(request.POST))
            pause_account(account_id=object_id, actor=actor_of_request(request), **given)
            return "The account is paused: looks go on, no write is sent."

        return self._act(request, object_id, do)

    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let writes to the account go on."""

        def do() -> str:
            resume_account(account_id=object_id, actor=actor_of_request(request))
            return "The account goes on."

        return self._act(request, object_id, do)

    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What an operator may say about an account: its name, environment, OU path and owner."""
        account = self.get_object(request, object_id)
        if account is None or not self.admin_site.may(request, Permission.OPERATE, account):
            raise Http404
        form = AccountForm(request.POST if request.method == "POST" else None, account=account)
        if not form.is_valid():
            shown = {"record": account, "form": form, "title": f"Edit {inert(account)}", "go": "Save"}
            context = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "list_title": self.list_title,
                **shown,
            }
            return TemplateResponse(request, "provisioning/account_form.html", context)

        def do() -> str:
            update_account(account_id=object_id, changes=form.cleaned_data, actor=actor_of_request(request))
            return "Saved."

        return self._act(request, object_id, do)

    def attest(self, request: HttpRequest, object_id: str, kind: str) -> HttpResponse:
        """Say how something stands that no API can read."""
        account = self.get_object(request, object_id)
        if account is None:
            raise Http404
        return attest_page(
            self.admin_site, self.opts, request, account, kind, lambda do: self._act(request, object_id, do)
        )

    def hand_over(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for a first password or an access key of a user there."""
        account = self.get_object(request, object_id)
        if account is None or not self.admin_site.may(request, Permission.HAND_OVER, account):
            raise Http404
        return hand_over_page(self.admin_site, self.opts, request, account)

    def permissions(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask what somebody may do in the account."""
        account = self.get_object(request, object_id)
        if account is None:
            raise Http404
        return permissions_page(self.admin_site, self.opts, request, account)

    def _act(self, request: HttpRequest, object_id: str, do: Callable[[], str]) -> HttpResponse:
        run = require_POST(lambda request: act(request, self._page_of(request, object_id), do))
        return run(request)

    def _page_of(self, request: HttpRequest, object_id: str) -> str:
        """Where to go back to. Raises Http404 for an account that does not exist."""
        if self.get_object(request, object_id) is None:
            raise Http404(f"There is no account {object_id}.")
        return reverse("admin:accounts_account_change", args=[object_id])
