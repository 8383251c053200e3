"""Accounts over REST: registered, changed, and shown with what provisioning knows of them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from access.etags import TaggedViewSet
from access.parameters import refuse_parameters
from access.roles import Permission
from accounts.bulk import MOST_ROWS, register_rows
from accounts.models import Account
from accounts.serializers import ACCOUNT_ID, ACCOUNT_ID_HINT, AccountChangeSerializer, NewAccountSerializer
from accounts.services.register_accounts import register_accounts
from accounts.services.update_account import update_account
from provisioning.core.errors import ConflictError, NotFoundError
from provisioning.filters import AccountOverviewFilter
from provisioning.serializers.accounts import (
    AccountDetailSerializer,
    AccountRowSerializer,
    BulkResultSerializer,
    NothingSerializer,
    ReasonSerializer,
)
from provisioning.services.overviews import overviews_of
from provisioning.services.pause_account import pause_account, resume_account
from provisioning.services.set_aside import leave_account, lock_open_runs, return_account, suspend_account
from provisioning.views.acting import acting, narrowed, read, read_flag


class AccountLookup(GenericViewSet[Account]):
    """Addresses an account by its 12 digits."""

    queryset = Account.objects.all()
    serializer_class = AccountDetailSerializer
    lookup_field = "account_id"

    def get_queryset(self) -> QuerySet[Account]:
        """Accounts that the reader may see: others are not there."""
        return narrowed(self, super().get_queryset(), through="")

    def get_object(self) -> Account:
        """The account. Raises NotFoundError that says what an id looks like, or that it is not registered."""
        account_id = self.kwargs["account_id"]
        if not ACCOUNT_ID.fullmatch(account_id):
            raise NotFoundError(f"There is no such account. {ACCOUNT_ID_HINT}")
        account = self.filter_queryset(self.get_queryset()).filter(pk=account_id).first()
        if account is None:
            raise NotFoundError(f"There is no account {account_id}; register it first.")
        return account  # type: ignore[no-any-return]


@extend_schema(tags=["accounts"])
class AccountViewSet(TaggedViewSet[Account], AccountLookup):
    """The accounts Firstline looks after."""

    filterset_class = AccountOverviewFilter
    version_fields = ("updated_at", "state", "paused", "pause_reason")
    page_ordering = ("account_id",)
    needs = {
        "create": Permission.OPERATE,
        "bulk": Permission.OPERATE,
        "partial_update": Permission.OPERATE,
        "pause": Permission.PAUSE,
        "resume": Permission.PAUSE,
        "suspend": Permission.OPERATE,
        "leave": Permission.OPERATE,
        "bring_back": Permission.OPERATE,
    }

    @extend_schema(summary="Accounts with their verdict", responses=AccountRowSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Ordered by account id."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        rows = AccountRowSerializer(page, many=True, context=_overviews(page))
        return self.get_paginated_response(rows.data)

    @extend_schema(
        summary="Register an account", request=NewAccountSerializer, responses={201: AccountDetailSerializer}
    )
    def create(self, request: Request) -> Response:
        """It is looked at at once; its desired state follows within a second."""
        refuse_parameters(request)
        serializer = NewAccountSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        new = serializer.to_new_account()
        (account,) = register_accounts(rows=[new], actor=acting(request))
        if account is None:
            raise ConflictError(f"Account {new.account_id} is registered already; PATCH it to change it.")
        return self._shown(account, 201, {"Location": reverse("account", args=[account.account_id])})

    @extend_schema(
        summary="Register many accounts",
        request={"application/json": NewAccountSerializer(many=True), "text/csv": OpenApiTypes.STR},
        responses={200: BulkResultSerializer},
        parameters=[OpenApiParameter("dry_run", OpenApiTypes.BOOL, description="`true`: answer, and store nothing.")],
        filters=False,
    )
    def bulk(self, request: Request) -> Response:
        """Rows that are right are registered, all in one transaction; each row's outcome stands in `results`.

        CSV has a header of the fields' names, tags as columns `tag:<key>`; errors then name line and column.
        """
        dry_run = read_flag(request, "dry_run")
        rows = request.data
        if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
            raise ValidationError([f"Send a list of 1 to {MOST_ROWS} accounts."])
        return Response(BulkResultSerializer(register_rows(rows, acting(request), dry_run=dry_run)).data)

    @extend_schema(summary="One account with the verdict of each kind")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Addressed by its 12 digits."""
        return self._shown(self.get_object())

    @extend_schema(summary="Change an account", request=AccountChangeSerializer(partial=True))
    def partial_update(self, request: Request, account_id: str) -> Response:
        """Fields left out stay as they are. A moved account's desired state follows within a second."""
        self.get_object()
        changes = read(AccountChangeSerializer, request, partial=True)
        with self.matching(pk=account_id):
            return self._shown(update_account(account_id=account_id, changes=changes, actor=acting(request)))

    @extend_schema(summary="Pause writes to an account", request=ReasonSerializer)
    def pause(self, request: Request, account_id: str) -> Response:
        """Effective before the next write. Looks go on."""
        self.get_object()
        reason = read(ReasonSerializer, request)["reason"]
        with self.matching(pk=account_id):
            return self._shown(pause_account(account_id=account_id, actor=acting(request), reason=reason))

    @extend_schema(summary="Let writes to an account go on", request=None)
    def resume(self, request: Request, account_id: str) -> Response:
        """Ends the pause of this account, not the fleet's."""
        self.get_object()
        read(NothingSerializer, request)
        with self.matching(pk=account_id):
            return self._shown(resume_account(account_id=account_id, actor=acting(request)))

    @extend_schema(summary="Say that an account is suspended", request=ReasonSerializer)
    def suspend(self, request: Request, account_id: str) -> Response:
        """Nothing is read from or written to it until it returns. Open runs are cancelled, plans superseded."""
        return self._moved(request, suspend_account)

    @extend_schema(summary="Say that an account left the organisation", request=ReasonSerializer)
    def leave(self, request: Request, account_id: str) -> Response:
        """As if suspended; besides, no assignment reaches it any more."""
        return self._moved(request, leave_account)

    @extend_schema(summary="Say that an account is back", request=ReasonSerializer)
    def bring_back(self, request: Request, account_id: str) -> Response:
        """It is registered again: its access is checked at once, and its first look follows."""
        return self._moved(request, return_account)

    def _moved(self, request: Request, move: Callable[..., Account]) -> Response:
        account = self.get_object()
        reason = read(ReasonSerializer, request)["reason"]
        with self.matching(first=partial(lock_open_runs, account.pk), pk=account.pk):
            return self._shown(move(account_id=account.pk, actor=acting(request), reason=reason))

    def _shown(self, account: Account, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        data = AccountDetailSerializer(account, context=_overviews([account])).data
        return self.tagged(account, data, status, headers)


def _overviews(accounts: Sequence[Account]) -> dict[str, Any]:
    return {"overviews": overviews_of([account.account_id for account in accounts])}
