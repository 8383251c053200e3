"""Addresses of the API and the admin."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from config.docs import DocsView, SchemaView
from config.health import healthz, readyz
from config.idempotency import with_idempotency
from config.metrics import metrics
from config.problems import UnknownAddress

handler400 = "config.problems.bad_request"
handler403 = "config.problems.forbidden"
handler404 = "config.problems.not_found"
handler500 = "config.problems.server_error"

v1 = with_idempotency(
    [
        path("schema", SchemaView.as_view(), name="schema"),
        path("docs", DocsView.as_view(), name="docs"),
        path("", include("history.urls")),
        path("", include("access.urls")),
        path("", include("provisioning.urls")),
        path("", include("iam_templates.urls")),
    ]
)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/", include(v1)),
    re_path(r"^api(/|$)", UnknownAddress.as_view()),
]
