"""Who holds which role where: given and taken away by who administers that part of the fleet."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from access.admin.asking import act, ask
from access.models import RoleBinding
from access.policy import visible_bindings
from access.roles import Grant, Permission, Role
from access.scopes import Scope, parse_scope
from access.services.grant_role import grant_role
from access.services.withdraw_role import may_withdraw, withdraw_role
from history.admin import RecordAdmin
from history.shown import inert, moment


class NewBindingForm(forms.Form):
    """A role to give."""

    user = forms.CharField(max_length=150, label="Person", help_text="their user name")
    role = forms.ChoiceField(choices=Role.choices)
    scope = forms.CharField(
        max_length=600,
        initial="fleet",
        strip=False,
        help_text="fleet, ou:/path, environment:name, team:name or account:12 digits",
    )
    expires_at = forms.DateTimeField(required=False, label="Ends", help_text="UTC, e.g. 2027-01-31 18:00; empty: never")

    def clean_scope(self) -> Scope:
        """The scope. Raises ValidationError that says what to write."""
        try:
            return parse_scope(self.cleaned_data["scope"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


@admin.register(RoleBinding)
class RoleBindingAdmin(RecordAdmin):
    """One's own roles, and those on scopes that one administers."""

    list_title = "Roles"
    list_display = ("shown_person", "role", "shown_scope", "shown_giver", "shown_granted", "shown_ends")
    list_filter = ("role", "scope_kind")
    list_select_related = ("user",)
    search_fields = ("user__username", "scope_value")
    search_help_text = "A person, or what a scope names."
    page_template = "admin/role_binding.html"

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """One's own, and those that one administers."""
        return visible_bindings(queryset.select_related("user"), self._actor(request))

    @admin.display(description="person", ordering="user__username")
    def shown_person(self, binding: RoleBinding) -> str:
        return inert(binding.user.get_username())

    @admin.display(description="on", ordering="scope_value")
    def shown_scope(self, binding: RoleBinding) -> str:
        return inert(binding.grant.scope)

    @admin.display(description="given by", ordering="granted_by")
    def shown_giver(self, binding: RoleBinding) -> str:
        return inert(binding.granted_by)

    @admin.display(description="given", ordering="granted_at")
    def shown_granted(self, binding: RoleBinding) -> SafeString | str:
        return moment(binding.granted_at)

    @admin.display(description="ends", ordering="expires_at")
    def shown_ends(self, binding: RoleBinding) -> SafeString | str:
        return moment(binding.expires_at)

    def page(self, request: HttpRequest, record: RoleBinding) -> Mapping[str, Any]:
        return {
            "title": inert(record),
            "can_withdraw": may_withdraw(record, self._actor(request)),
            "facts": [
                ("Person", self.shown_person(record)),
                ("Role", record.role),
                ("On", self.shown_scope(record)),
                ("Given by", self.shown_giver(record)),
                ("Given", moment(record.granted_at)),
                ("Ends", moment(record.expires_at)),
            ],
        }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("give/", view(self.give), name="role_give"),
            path("<int:binding_id>/withdraw/", view(self.withdraw), name="role_withdraw"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the way to a new one, for who may give any."""
        may = self._actor(request).may(Permission.ADMINISTER)
        link = {"make_url": reverse("admin:role_give"), "make_text": "Give a role"} if may else {}
        return super().changelist_view(request, {**link, **(extra_context or {})})

    def give(self, request: HttpRequest) -> HttpResponse:
        """Give somebody a role."""
        actor = self._actor(request)
        if not actor.may(Permission.ADMINISTER):
            raise Http404("Only owners give roles.")

        def do(given: dict[str, Any]) -> HttpResponse:
            grant = Grant(Role(given["role"]), given["scope"])
            binding = grant_role(username=given["user"], grant=grant, actor=actor, expires_at=given["expires_at"])
            return HttpResponseRedirect(reverse("admin:access_rolebinding_change", args=[binding.pk]))

        return ask(self, request, NewBindingForm(request.POST or None), "A role for somebody", do)

    def withdraw(self, request: HttpRequest, binding_id: int) -> HttpResponse:
        """Take a role away, or give up one's own."""
        if not self.get_queryset(request).filter(pk=binding_id).exists():
            raise Http404(f"There is no role binding {binding_id}.")

        def do() -> str:
            binding = withdraw_role(binding_id=binding_id, actor=self._actor(request))
            return f"{binding.user.get_username()} is no longer {binding.grant}."

        back = reverse("admin:access_rolebinding_changelist")
        return require_POST(lambda request: act(request, back, do))(request)

    def _actor(self, request: HttpRequest) -> Any:
        site: Any = self.admin_site
        return site.actor(request)
