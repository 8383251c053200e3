"""People who sign in, for superusers only; every change is in the history."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from access.services.grants import lasting_owners
from history.services.record import record as record_event


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


class PersonForm(UserChangeForm):
    """Somebody must go on owning the fleet."""

    def clean(self) -> dict[str, Any]:
        """The fields. Raises ValidationError when the last owner would be switched off or lose what makes them one."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        stays = given.get("is_active") and (given.get("is_superuser") or not self.instance.is_superuser)
        if not stays and is_only_owner(self.instance):
            raise ValidationError("Nobody else owns the fleet: make another owner first.")
        return given


def is_only_owner(user: User) -> bool:
    """Whether the fleet would have no owner without this person."""
    owners = lasting_owners()
    return owners.filter(pk=user.pk).exists() and not owners.exclude(pk=user.pk).exists()


admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(SuperusersOnly, UserAdmin):
    """People who sign in here (staff only). Roles are bound to them; Django's groups and permissions are not used."""

    list_title = "People"
    form = PersonForm
    actions = None
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Personal info", {"fields": ("first_name", "last_name", "email")}),
        ("Standing", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Important dates", {"fields": ("last_login", "date_joined")}),
    )
    filter_horizontal = ()
    list_filter = ("is_active", "is_staff", "is_superuser")
    list_display = ("username", "email", "is_active", "is_staff", "is_superuser")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """A name stays: by it the history knows a person, and what they wrote and may therefore not approve."""
        return ("username",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Not the last owner of the fleet."""
        last = isinstance(obj, User) and is_only_owner(obj)
        return super().has_delete_permission(request, obj) and not last
