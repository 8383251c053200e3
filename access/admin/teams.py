"""Teams: made and ended by who administers the fleet."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from access.admin.asking import act, ask
from access.models import RoleBinding, Team
from access.policy import visible_bindings, visible_teams
from access.roles import Permission
from access.scopes import ScopeKind
from access.services.create_team import create_team
from access.services.delete_team import delete_team
from history.admin import RecordAdmin
from history.shown import inert, moment


class NewTeamForm(forms.Form):
    """A team to make."""

    name = forms.CharField(max_length=100, help_text="lower-case letters, digits and hyphens; as its accounts carry it")
    description = forms.CharField(max_length=200, required=False)


@admin.register(Team)
class TeamAdmin(RecordAdmin):
    """Names that accounts carry as their owner team."""

    list_title = "Teams"
    list_display = ("name", "shown_description", "shown_created")
    search_fields = ("name", "description")
    page_template = "admin/team.html"

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those in which one holds a role; all on the fleet."""
        return visible_teams(queryset, self._actor(request))

    @admin.display(description="description")
    def shown_description(self, team: Team) -> str:
        return inert(team.description) or "–"

    @admin.display(description="made", ordering="created_at")
    def shown_created(self, team: Team) -> SafeString | str:
        return moment(team.created_at)

    def page(self, request: HttpRequest, record: Team) -> Mapping[str, Any]:
        bindings = RoleBinding.objects.filter(scope_kind=ScopeKind.TEAM, scope_value=record.name).select_related("user")
        people = [
            (inert(one.user.get_username()), one.role) for one in visible_bindings(bindings, self._actor(request))
        ]
        accounts = reverse("admin:accounts_account_changelist") + f"?q={record.name}"
        return {
            "title": f"Team {record.name}",
            "can_end": self._actor(request).may_everywhere(Permission.ADMINISTER),
            "facts": [
                ("Description", self.shown_description(record)),
                ("Made", moment(record.created_at)),
                ("Roles on it", format_html_join("", "<div>{}: {}</div>", people) or "none that you may see"),
                ("Accounts", format_html('<a href="{}">those that carry its name</a>', accounts)),
            ],
        }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("make/", view(self.make), name="team_make"),
            path("<str:name>/end/", view(self.end), name="team_end"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the way to a new one, for who may make it."""
        may = self._actor(request).may_everywhere(Permission.ADMINISTER)
        link = {"make_url": reverse("admin:team_make"), "make_text": "Make a team"} if may else {}
        return super().changelist_view(request, {**link, **(extra_context or {})})

    def make(self, request: HttpRequest) -> HttpResponse:
        """Make a team."""
        actor = self._actor(request)
        if not actor.may_everywhere(Permission.ADMINISTER):
            raise Http404("Only an owner of the fleet makes teams.")

        def do(given: dict[str, Any]) -> HttpResponse:
            team = create_team(actor=actor, **given)
            return HttpResponseRedirect(reverse("admin:access_team_change", args=[team.pk]))

        return ask(self, request, NewTeamForm(request.POST or None), "A new team", do)

    def end(self, request: HttpRequest, name: str) -> HttpResponse:
        """End a team that nobody holds a role on."""
        if not self.get_queryset(request).filter(pk=name).exists():
            raise Http404(f"There is no team {name}.")

        def do() -> str:
            delete_team(name=name, actor=self._actor(request))
            return f"The team {name} is no more."

        back = reverse("admin:access_team_changelist")
        return require_POST(lambda request: act(request, back, do))(request)

    def _actor(self, request: HttpRequest) -> Any:
        site: Any = self.admin_site
        return site.actor(request)
