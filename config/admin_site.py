"""The admin site: reviewers look at drift and decide here."""

from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from access.authentication import actor_of
from access.policy import visible
from access.roles import Actor, Permission
from access.scopes import Place
from access.sign_in_form import LimitedSignInForm

SECTIONS = {
    "Review": ("Account", "Drift", "PlanRecord", "Run"),
    "Costs": ("BudgetStatus", "Report"),
    "Organisation": ("Discovery", "AccountRequest", "AccessVerification"),
    "Declared": ("Baseline", "BaselineVersion", "Assignment", "DesiredState"),
    "Records": ("Event", "Decision", "Attestation", "SnapshotRecord", "Ownership"),
    "People": ("HandOver", "Team", "RoleBinding", "Token", "User"),
}
"""The pages by what people come for, not by the app that holds them."""


class FirstlineAdminSite(AdminSite):
    """Django's admin with Firstline's words, roles and first page."""

    site_header = "Firstline"
    site_title = "Firstline"
    index_title = "The fleet at a glance"
    site_url = None
    login_form = LimitedSignInForm
    enable_nav_sidebar = False

    def actor(self, request: HttpRequest) -> Actor:
        """Who is signed in, in all their roles; asked of the database once per request."""
        if not hasattr(request, "firstline_actor"):
            request.firstline_actor = actor_of(request.user)
        return request.firstline_actor

    def may(self, request: HttpRequest, permission: str, account: Place | None = None) -> bool:
        """Whether one of their roles allows it, on this account when one is named."""
        user = request.user
        return bool(user.is_active and user.is_staff and self.actor(request).may(Permission(permission), account))

    def allowed(self, request: HttpRequest, account: Place | None = None) -> dict[str, bool]:
        """Every permission, and whether the reader holds it: on this account, or anywhere."""
        return {str(one): self.may(request, one, account) for one in Permission}

    def narrowed(self, request: HttpRequest, queryset: QuerySet[Any], through: str) -> QuerySet[Any]:
        """The rows of accounts that the reader may see."""
        return visible(queryset, self.actor(request), through=through)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page needs: what the reader may do, what waits, and whether the fleet is paused."""
        from provisioning.admin.fleet import fleet_state

        context = super().each_context(request)
        allowed = self.allowed(request)
        state = fleet_state(self.actor(request)) if allowed[Permission.VIEW] else {}
        held = sorted(self.actor(request).roles) if self.has_permission(request) else []
        return {**context, "may": allowed, "roles": held, "may_pause_all": self._may_pause_all(request), **state}

    def _may_pause_all(self, request: HttpRequest) -> bool:
        return self.has_permission(request) and self.actor(request).may_everywhere(Permission.PAUSE)

    def get_urls(self) -> list[URLPattern]:
        """Django's pages and the two that pause and resume the fleet."""
        from provisioning.admin.fleet import pause, resume

        own = [
            path("fleet/pause/", self.admin_view(pause), name="fleet_pause"),
            path("fleet/resume/", self.admin_view(resume), name="fleet_resume"),
        ]
        return [*own, *super().get_urls()]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's page; a try that was one too many is answered with 429 and when to come back."""
        response = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if wait := getattr(form, "retry_after", 0):
            response.status_code = 429
            response.headers["Retry-After"] = str(wait)
        return response

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The fleet at a glance."""
        from provisioning.admin.fleet import fleet_page

        shown = fleet_page(request, self.actor(request)) if self.may(request, Permission.VIEW) else {}
        context = {**self.each_context(request), "title": self.index_title, **shown, **(extra_context or {})}
        request.current_app = self.name
        return TemplateResponse(request, "admin/index.html", context)

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponse:
        """Apps are how the code is cut; readers have the first page."""
        return redirect("admin:index")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The pages the reader may see, in `SECTIONS`."""
        apps = self._build_app_dict(request, app_label).values()
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        for model in models.values():
            model["name"] = getattr(self._registry[model["model"]], "list_title", "") or model["name"]
        shown = {name: [models[one] for one in names if one in models] for name, names in SECTIONS.items()}
        return [
            {
                "name": name,
                "app_label": name.lower(),
                "app_url": "",
                "has_module_perms": True,
                "models": found,
                "is_here": any(request.path.startswith(model["admin_url"]) for model in found if model["admin_url"]),
            }
            for name, found in shown.items()
            if found
        ]
