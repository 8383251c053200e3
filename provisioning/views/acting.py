"""Who acts, and what they sent."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.urls import reverse
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from access.authentication import actor_of
from access.parameters import ParameterError, refuse_parameters, wrong_parameters
from access.policy import visible
from access.roles import Actor, Permission
from provisioning.models import Run
from provisioning.serializers.runs import RunSerializer
from provisioning.views.waiting import waiting

Row = TypeVar("Row", bound=Model)


def acting(request: Request) -> Actor:
    """The actor of this request."""
    return actor_of(request.user, request.auth)


def narrowed(view: GenericAPIView[Any], queryset: QuerySet[Row], *, through: str = "account") -> QuerySet[Row]:
    """The rows of accounts that the view's reader may see; none while its OpenAPI document is written."""
    if getattr(view, "swagger_fake_view", False):
        return queryset.none()
    return visible(queryset, acting(view.request), Permission.VIEW, through=through)


def read(serializer_class: type[Serializer[Any]], request: Request, **options: Any) -> dict[str, Any]:
    """The body's fields. Raises ValidationError with every reason at once."""
    refuse_parameters(request)
    serializer = serializer_class(data=request.data, **options)
    serializer.is_valid(raise_exception=True)
    found: dict[str, Any] = serializer.validated_data
    return found


def read_flag(request: Request, name: str) -> bool:
    """The one parameter that this address takes: true or false. Raises ParameterError."""
    errors = wrong_parameters(request, frozenset({name}))
    given = request.query_params.get(name, "false")
    if not errors and given not in {"true", "false"}:
        errors = {name: ["Write true or false."]}
    if errors:
        raise ParameterError(errors)
    return given == "true"


def accepted(request: Request, run: Run, *, made: bool) -> Response:
    """202 for a run that was queued, 200 for the one that was open already; both say where it is."""
    headers = {"Location": reverse("run", args=[run.pk])}
    answer = Response(RunSerializer(run).data, status=202 if made else 200, headers=headers)
    return waiting(request, run.pk, answer)
