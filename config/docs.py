"""The OpenAPI document and the page that shows it, for anyone who is signed in."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated

from config import openapi  # noqa: F401 (registers the ways to sign in)


class SchemaView(SpectacularAPIView):
    """The OpenAPI 3.1 document, as YAML or JSON."""

    permission_classes = (IsAuthenticated,)
    authentication_classes = SpectacularAPIView.authentication_classes


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from our own files: no inline script or style, nothing from elsewhere."""

    permission_classes = (IsAuthenticated,)
    authentication_classes = SchemaView.authentication_classes
    url_name = "schema"
