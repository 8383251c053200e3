"""Tokens, without their secrets; people, for superusers only, every change in the history."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from access.models import Token
from access.policy import visible_tokens
from access.services.revoke_token import may_revoke, revoke_token
from history.admin import RecordAdmin
from history.services.record import record as record_event
from history.shown import badge, inert, moment


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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Token]:
        """One's own; all for who administers the fleet. Not even the hash leaves the database."""
        return visible_tokens(super().get_queryset(request).defer("digest"), self.admin_site.actor(request))

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
        return {
            "title": f"Token {inert(record.name)}",
            "can_revoke": record.revoked_at is None and self._may_revoke(request, record),
            "facts": [
                ("Person", inert(record.user.get_username())),
                ("Gives", self.shown_grants(record)),
                ("State", badge(token_state(record))),
                ("Key id", format_html('<span class="code">fl_{}</span>', record.key_id)),
                ("Made", moment(record.created_at)),
                ("Last used", moment(record.last_used_at)),
                ("Expires", moment(record.expires_at)),
                ("Revoked", moment(record.revoked_at)),
            ],
        }

    def get_urls(self) -> list[URLPattern]:
        revoke = path("<int:token_id>/revoke/", self.admin_site.admin_view(self.revoke), name="token_revoke")
        return [revoke, *super().get_urls()]

    def revoke(self, request: HttpRequest, token_id: int) -> HttpResponse:
        """End a token at once: one's own, or anyone's as an owner of the fleet."""
        return require_POST(lambda request: self._revoke(request, token_id))(request)

    def _revoke(self, request: HttpRequest, token_id: int) -> HttpResponse:
        token = self.get_queryset(request).filter(pk=token_id).first()
        if token is None:
            raise Http404(f"There is no token {token_id}.")
        if self._may_revoke(request, token):
            revoke_token(key_id=token.key_id, actor=self.admin_site.actor(request))
            messages.success(request, "The token is revoked: it is refused from now on.")
        else:
            messages.error(request, "You may revoke your own tokens; an owner of the fleet may revoke anyone's.")
        return HttpResponseRedirect(reverse("admin:access_token_change", args=[token_id]))

    def _may_revoke(self, request: HttpRequest, token: Token) -> bool:
        return may_revoke(token, self.admin_site.actor(request))


def token_state(token: Token) -> str:
    """Whether a token opens anything."""
    if token.revoked_at:
        return "revoked"
    return "expired" if token.expires_at <= timezone.now() else "live"


class SuperusersOnly:
    """Who people are decides who may do what: superusers alone see them, and the history keeps what they do."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_superuser(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_superuser(request)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record(request, obj, "created", message)
        return super().log_addition(request, obj, message)  # type: ignore[misc]

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record(request, obj, "changed", message)
        return super().log_change(request, obj, message)  # type: ignore[misc]

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for obj in queryset:
            self._record(request, obj, "deleted", [])
        return super().log_deletions(request, queryset)  # type: ignore[misc]

    @staticmethod
    def _is_superuser(request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    @staticmethod
    def _record(request: HttpRequest, obj: Model, verb: str, message: Any) -> None:
        """Names of changed fields, never a value such as a password."""
        noun = obj._meta.model_name
        record_event(
            actor=request.user.get_username(),
            verb=f"{noun}.{verb}",
            subject=str(obj),
            detail={"changes": message},
        )


admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(SuperusersOnly, UserAdmin):
    """People who sign in here (staff only). Roles are bound to them; Django's groups and permissions are not used."""

    list_title = "People"
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Personal info", {"fields": ("first_name", "last_name", "email")}),
        ("Standing", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Important dates", {"fields": ("last_login", "date_joined")}),
    )
    filter_horizontal = ()
    list_filter = ("is_active", "is_staff", "is_superuser")
    list_display = ("username", "email", "is_active", "is_staff", "is_superuser")
