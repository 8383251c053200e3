"""Requests for accounts over REST: asked for, decided, followed, and helped on."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from access.etags import TaggedViewSet
from access.roles import Permission
from accounts.account_request import AccountRequest
from provisioning.filters import AccountRequestFilter
from provisioning.serializers.account_requests import (
    AccountRequestSerializer,
    CorrectionSerializer,
    NewAccountRequestSerializer,
    RequestDecisionSerializer,
    ResolveSerializer,
)
from provisioning.services.vending.decide_request import approve_request, cancel_request, reject_request
from provisioning.services.vending.request_account import WantedAccount, request_account
from provisioning.services.vending.retry_request import resolve_request, retry_request
from provisioning.views.acting import acting, narrowed, read


@extend_schema_view(
    list=extend_schema(summary="Requests for accounts, newest first"),
    retrieve=extend_schema(summary="One request, how far it is, and the way on"),
)
@extend_schema(tags=["account requests"])
class AccountRequestViewSet(ListModelMixin, TaggedViewSet[AccountRequest]):
    """New AWS accounts, from what was asked to an account that is looked after."""

    queryset = AccountRequest.objects.all()
    serializer_class = AccountRequestSerializer
    filterset_class = AccountRequestFilter
    version_fields = ("state", "state_since")
    page_ordering = ("-created_at", "-id")
    needs = {
        "create": Permission.OPERATE,
        "approve": Permission.APPROVE,
        "reject": Permission.APPROVE,
        "cancel": Permission.OPERATE,
        "retry": Permission.OPERATE,
        "resolve": Permission.APPROVE,
    }

    def get_queryset(self) -> QuerySet[AccountRequest]:
        """Those whose place, as it will be, the reader may see."""
        return narrowed(self, super().get_queryset(), through="")

    @extend_schema(
        summary="Ask for an account",
        request=NewAccountRequestSerializer,
        responses={201: AccountRequestSerializer},
    )
    def create(self, request: Request) -> Response:
        """Waits for an approver who did not ask for it, where approval is configured; a worker then makes it."""
        row = request_account(wanted=WantedAccount(**read(NewAccountRequestSerializer, request)), actor=acting(request))
        return self._shown(row, 201, {"Location": reverse("account-request", args=[row.pk])})

    @extend_schema(summary="Approve a request", request=RequestDecisionSerializer)
    def approve(self, request: Request, pk: UUID) -> Response:
        """Not by who asked for it or corrected it."""
        return self._decided(approve_request, pk)

    @extend_schema(summary="Reject a request", request=RequestDecisionSerializer)
    def reject(self, request: Request, pk: UUID) -> Response:
        """For good: it is asked for anew, or not."""
        return self._decided(reject_request, pk)

    @extend_schema(summary="Cancel a request", request=RequestDecisionSerializer)
    def cancel(self, request: Request, pk: UUID) -> Response:
        """While nothing of it was sent to AWS."""
        given = read(RequestDecisionSerializer, request)
        with self.matching(pk=pk):
            return self._shown(cancel_request(request_id=pk, actor=acting(request), **given))

    @extend_schema(summary="Retry a request that failed", request=CorrectionSerializer(partial=True))
    def retry(self, request: Request, pk: UUID) -> Response:
        """From where it failed, as it is or corrected; what is corrected is approved anew."""
        corrections = read(CorrectionSerializer, request, partial=True)
        with self.matching(pk=pk):
            return self._shown(retry_request(request_id=pk, actor=acting(request), corrections=corrections))

    @extend_schema(summary="Resolve a request that is in doubt", request=ResolveSerializer)
    def resolve(self, request: Request, pk: UUID) -> Response:
        """Somebody found out whether the account was made."""
        given = read(ResolveSerializer, request)
        with self.matching(required=True, pk=pk):
            account_id = given.pop("account_id") or ""
            return self._shown(resolve_request(request_id=pk, actor=acting(request), account_id=account_id, **given))

    def _decided(self, decide: Callable[..., AccountRequest], pk: UUID) -> Response:
        given = read(RequestDecisionSerializer, self.request)
        with self.matching(required=True, pk=pk):
            return self._shown(decide(request_id=pk, actor=acting(self.request), **given))

    def _shown(self, row: AccountRequest, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        data: Any = AccountRequestSerializer(row).data
        return self.tagged(row, data, status, headers)
