"""Hand-overs over REST: asked for, decided, and read once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from access.etags import TaggedViewSet
from access.roles import Permission
from access.serializers import NothingSerializer
from provisioning.filters import HandOverFilter
from provisioning.models import HandOver
from provisioning.serializers.hand_overs import (
    HandedOverSerializer,
    HandOverSerializer,
    NewHandOverSerializer,
    handed_over,
)
from provisioning.services.decide_hand_over import (
    approve_hand_over,
    reject_hand_over,
    retire_old_key,
    withdraw_hand_over,
)
from provisioning.services.read_hand_over import read_hand_over
from provisioning.services.request_hand_over import request_hand_over
from provisioning.views.acting import acting, narrowed, read

SHOWN_ONCE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@extend_schema_view(
    list=extend_schema(summary="Hand-overs, newest first"),
    retrieve=extend_schema(summary="Where one hand-over stands"),
)
@extend_schema(tags=["hand-overs"])
class HandOverViewSet(ListModelMixin, TaggedViewSet[HandOver]):
    """First passwords and access keys: who asked, who reads, how it ended; never the secret."""

    queryset: QuerySet[HandOver] = HandOver.objects.defer("secret", "public_key")
    serializer_class = HandOverSerializer
    filterset_class = HandOverFilter
    version_fields = ("state", "old_key")
    page_ordering = ("-created_at", "-id")
    needs = {
        "create": Permission.HAND_OVER,
        "approve": Permission.APPROVE,
        "reject": Permission.APPROVE,
        "withdraw": Permission.VIEW,
        "retire": Permission.HAND_OVER,
    }

    def get_queryset(self) -> QuerySet[HandOver]:
        """Of the accounts that the reader may see."""
        return narrowed(self, super().get_queryset())

    @extend_schema(
        summary="Ask for a first password or an access key",
        request=NewHandOverSerializer,
        responses={202: OpenApiResponse(HandOverSerializer, description="Asked for; `Location` says how it stands.")},
    )
    def create(self, request: Request, account_id: str) -> Response:
        """For a user that a baseline declares there. Where approval is asked for, somebody else gives it first."""
        row = request_hand_over(account_id=account_id, actor=acting(request), **read(NewHandOverSerializer, request))
        return self.tagged(row, HandOverSerializer(row).data, 202, {"Location": reverse("hand-over", args=[row.pk])})

    @extend_schema(summary="Approve a hand-over", request=None, responses=HandOverSerializer)
    def approve(self, request: Request, pk: UUID) -> Response:
        """Not by who asked for it, nor by who reads it."""
        return self._do(approve_hand_over, pk)

    @extend_schema(summary="Reject a hand-over", request=None, responses=HandOverSerializer)
    def reject(self, request: Request, pk: UUID) -> Response:
        """It is not made."""
        return self._do(reject_hand_over, pk)

    @extend_schema(summary="Withdraw a hand-over", request=None, responses=HandOverSerializer)
    def withdraw(self, request: Request, pk: UUID) -> Response:
        """What waits is not made; what is made and unread is wiped and taken back. Also by its reader."""
        return self._do(withdraw_hand_over, pk, required=False)

    @extend_schema(summary="Retire the key that was replaced", request=None, responses=HandOverSerializer)
    def retire(self, request: Request, pk: UUID) -> Response:
        """Inactive as soon as AWS shows the new one in use; deleted after the grace time."""
        return self._do(retire_old_key, pk, required=False)

    def _do(self, do: Callable[..., HandOver], pk: UUID, *, required: bool = True) -> Response:
        read(NothingSerializer, self.request)
        with self.matching(required=required, pk=pk):
            row = do(hand_over_id=pk, actor=acting(self.request))
            return self.tagged(row, HandOverSerializer(row).data)


@extend_schema(tags=["hand-overs"])
class HandOverReadViewSet(GenericViewSet[HandOver]):
    """The one address that answers with a secret."""

    queryset: QuerySet[HandOver] = HandOver.objects.none()
    serializer_class = HandedOverSerializer
    needs = {"read": Permission.VIEW}
    keeps_no_answer = True
    """Nothing of the answer is stored under an Idempotency-Key: a second read is told by the row itself."""

    @extend_schema(
        summary="Read a hand-over, once",
        request=None,
        responses={
            (200, "application/json"): HandedOverSerializer,
            (200, "text/csv"): OpenApiTypes.STR,
            410: OpenApiResponse(description="It was read, and by whom; or its hour is over."),
        },
    )
    @method_decorator(sensitive_variables())
    def read(self, request: Request, pk: UUID) -> HttpResponse:
        """By its reader alone, within its hour. As `text/csv` it is the file that the AWS console offers."""
        read(NothingSerializer, request)
        as_csv = getattr(request.accepted_renderer, "format", "") == "csv"
        found = read_hand_over(hand_over_id=pk, actor=acting(request), as_csv=as_csv)
        if as_csv:
            headers: dict[str, Any] = {"Content-Disposition": f'attachment; filename="{found.csv_name}"', **SHOWN_ONCE}
            return HttpResponse(found.csv(), content_type="text/csv; charset=utf-8", headers=headers)
        return Response(handed_over(found), headers=SHOWN_ONCE)
