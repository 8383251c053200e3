"""Addresses below /api/v1/."""

from django.urls import path

from iam_templates.views.assignments import AssignmentAccountsViewSet, AssignmentViewSet
from iam_templates.views.baselines import BaselineViewSet, SchemaView, ValidateViewSet
from iam_templates.views.previews import PreviewViewSet
from iam_templates.views.versions import VersionViewSet

VERSION = "baselines/<str:name>/versions/<int:number>"

urlpatterns = [
    path("schemas/baseline.v1.json", SchemaView.as_view(), name="baseline-schema"),
    path("baselines", BaselineViewSet.as_view({"get": "list", "post": "create"}), name="baselines"),
    path("baselines/validate", ValidateViewSet.as_view({"post": "validate"}), name="validate-declaration"),
    path("baselines/<str:name>", BaselineViewSet.as_view({"get": "retrieve"}), name="baseline"),
    path("baselines/<str:name>/versions", VersionViewSet.as_view({"get": "list", "post": "create"}), name="versions"),
    path(VERSION, VersionViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="version"),
    path(f"{VERSION}/publish", VersionViewSet.as_view({"post": "publish"}), name="publish-version"),
    path(
        f"{VERSION}/approve-production",
        VersionViewSet.as_view({"post": "approve_production"}),
        name="approve-version",
    ),
    path("selector-previews", PreviewViewSet.as_view({"post": "preview"}), name="selector-previews"),
    path("assignments", AssignmentViewSet.as_view({"get": "list", "post": "create"}), name="assignments"),
    path("assignments/<uuid:pk>", AssignmentViewSet.as_view({"get": "retrieve"}), name="assignment"),
    path("assignments/<uuid:pk>/move", AssignmentViewSet.as_view({"post": "move"}), name="move-assignment"),
    path("assignments/<uuid:pk>/end", AssignmentViewSet.as_view({"post": "end"}), name="end-assignment"),
    path(
        "assignments/<uuid:assignment_id>/accounts",
        AssignmentAccountsViewSet.as_view({"get": "list"}),
        name="assignment-accounts",
    ),
]
