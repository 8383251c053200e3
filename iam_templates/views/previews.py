"""What a selector reaches, asked before anything is assigned."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from access.roles import Permission
from iam_templates.serializers import PreviewRequestSerializer, PreviewSerializer
from iam_templates.services.preview_selector import Candidate, preview_selector
from provisioning.views.acting import acting, read


@extend_schema(tags=["assignments"])
class PreviewViewSet(ViewSet):
    """Previews; nothing of them is stored."""

    needs = {"preview": Permission.VIEW}

    @extend_schema(
        summary="Preview which accounts a selector reaches",
        request=PreviewRequestSerializer,
        responses=PreviewSerializer,
    )
    def preview(self, request: Request) -> Response:
        """As far as you may see them; with a version, also which of them could not be rendered, and why."""
        given = read(PreviewRequestSerializer, request)
        candidate = _candidate(given)
        asked = {name: given[name] for name in ("selector", "value", "after", "limit") if name in given}
        found = preview_selector(**asked, candidate=candidate, actor=acting(request))
        return Response(PreviewSerializer(found).data)


def _candidate(given: dict[str, Any]) -> Candidate | None:
    if "baseline" not in given:
        return None
    parameters, mode = given.get("parameters", {}), given.get("mode", {})
    return Candidate(given["baseline"], given["version"], parameters, mode)
