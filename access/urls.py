"""Addresses of people's rights."""

from django.urls import path

from access.views.me import MeView
from access.views.role_bindings import RoleBindingViewSet
from access.views.teams import TeamViewSet
from access.views.tokens import TokenViewSet

tokens, teams, bindings = (view.as_view for view in (TokenViewSet, TeamViewSet, RoleBindingViewSet))

urlpatterns = [
    path("me", MeView.as_view(), name="me"),
    path("tokens", tokens({"get": "list", "post": "create"}), name="tokens"),
    path("tokens/<str:key_id>", tokens({"get": "retrieve"}), name="token"),
    path("tokens/<str:key_id>/rotate", tokens({"post": "rotate"}), name="token-rotate"),
    path("tokens/<str:key_id>/revoke", tokens({"post": "revoke"}), name="token-revoke"),
    path("teams", teams({"get": "list", "post": "create"}), name="teams"),
    path("teams/<str:name>", teams({"get": "retrieve", "delete": "destroy"}), name="team"),
    path("role-bindings", bindings({"get": "list", "post": "create"}), name="role-bindings"),
    path("role-bindings/<int:pk>", bindings({"get": "retrieve", "delete": "destroy"}), name="role-binding"),
]
