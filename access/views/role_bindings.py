"""Role bindings: who holds which role where."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from access.etags import TaggedViewSet
from access.filters import RoleBindingFilter
from access.models import RoleBinding
from access.policy import visible_bindings
from access.roles import Grant, Permission
from access.serializers import NewRoleBindingSerializer, RoleBindingSerializer
from access.services.grant_role import grant_role
from access.services.withdraw_role import lock_owners, withdraw_role
from access.views.acting import ANYONE_SIGNED_IN, acting, read


@extend_schema_view(list=extend_schema(summary="Role bindings, newest first"), retrieve=extend_schema(summary="One"))
@extend_schema(tags=["people"])
class RoleBindingViewSet(ListModelMixin, TaggedViewSet[RoleBinding]):
    """One's own, and those on scopes that one administers."""

    queryset = RoleBinding.objects.select_related("user")
    serializer_class = RoleBindingSerializer
    filterset_class = RoleBindingFilter
    version_fields = ("role", "scope_kind", "scope_value", "expires_at")
    page_ordering = ("-granted_at", "-id")
    needs = {"create": Permission.ADMINISTER}

    def get_permissions(self) -> list[Any]:
        """Anyone may read and give up their own; the service asks for the rest."""
        own = self.action in {"list", "retrieve", "destroy"}
        return [one() for one in ANYONE_SIGNED_IN] if own else super().get_permissions()

    def get_queryset(self) -> QuerySet[RoleBinding]:
        """One's own, and those that one administers."""
        if getattr(self, "swagger_fake_view", False):
            return RoleBinding.objects.none()
        return visible_bindings(super().get_queryset(), acting(self.request))

    @extend_schema(summary="Give a role", request=NewRoleBindingSerializer, responses={201: RoleBindingSerializer})
    def create(self, request: Request) -> Response:
        """Not to oneself, and nothing that one does not hold on all of the scope."""
        given = read(NewRoleBindingSerializer, request)
        binding = grant_role(
            username=given["user"],
            grant=Grant(given["role"], given["scope"]),
            expires_at=given.get("expires_at"),
            actor=acting(request),
        )
        headers = {"Location": reverse("role-binding", args=[binding.pk])}
        return self.tagged(binding, RoleBindingSerializer(binding).data, 201, headers)

    @extend_schema(summary="Take a role away", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Effective at once. One's own may be given up; the last owner of the fleet stays."""
        self.get_object()
        with self.matching(first=lock_owners, pk=pk):
            withdraw_role(binding_id=pk, actor=acting(request))
        return Response(status=204)
