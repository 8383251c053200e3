"""What can be asked about one account: a look, an access check, its desired state, its newest snapshot."""

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from access.roles import Permission
from provisioning.core.errors import NotFoundError
from provisioning.models import DesiredHead, SnapshotRecord
from provisioning.serializers.access_findings import AccessFindingsSerializer
from provisioning.serializers.accounts import NothingSerializer
from provisioning.serializers.desired import DesiredStateSerializer, SnapshotSerializer, desired_state
from provisioning.serializers.runs import RunSerializer
from provisioning.services.access_findings import access_findings_of
from provisioning.services.request_check import request_check
from provisioning.services.request_look import request_look
from provisioning.views.accounts import AccountLookup
from provisioning.views.acting import accepted, acting, read
from provisioning.views.waiting import WAIT, wait_seconds

QUEUED = {
    202: OpenApiResponse(RunSerializer, description="Queued; `Location` is the run."),
    200: OpenApiResponse(RunSerializer, description="One is open already; `Location` is that run."),
}


@extend_schema(tags=["accounts"])
class AccountWorkViewSet(AccountLookup):
    """Asked of one account."""

    needs = {"look": Permission.OPERATE, "check": Permission.OPERATE}
    parameters = {"look": frozenset({"wait"}), "check": frozenset({"wait"}), "findings": frozenset({"region", "type"})}

    @extend_schema(summary="Look at an account now", request=None, responses=QUEUED, parameters=[WAIT])
    def look(self, request: Request, account_id: str) -> Response:
        """Queues a look; asking again while it is open answers with the open one."""
        self.get_object()
        read(NothingSerializer, request)
        wait_seconds(request)
        run, made = request_look(account_id=account_id, actor=acting(request))
        return accepted(request, run, made=made)

    @extend_schema(summary="Check whether an account can be entered", request=None, responses=QUEUED, parameters=[WAIT])
    def check(self, request: Request, account_id: str) -> Response:
        """A worker tries; the run's outcome holds the identity it got, or the possible causes."""
        self.get_object()
        read(NothingSerializer, request)
        wait_seconds(request)
        run, made = request_check(account_id=account_id, actor=acting(request))
        return accepted(request, run, made=made)

    @extend_schema(summary="What an account should look like", responses=DesiredStateSerializer)
    def desired(self, request: Request, account_id: str) -> Response:
        """Each item with the baseline versions it comes from, and why the newest rendering failed, if it did."""
        self.get_object()
        head = DesiredHead.objects.select_related("current").filter(account_id=account_id).first()
        return Response(DesiredStateSerializer(desired_state(account_id, head)).data)

    @extend_schema(
        summary="What IAM Access Analyzer found in an account",
        responses=AccessFindingsSerializer,
        parameters=[
            OpenApiParameter("region", str, description="Only of this region."),
            OpenApiParameter("type", str, description="Only of this type, e.g. `ExternalAccess`."),
        ],
    )
    def findings(self, request: Request, account_id: str) -> Response:
        """As the last look listed them; each is a drift too where the baseline says `findings: none`."""
        self.get_object()
        asked = request.query_params
        found = access_findings_of(account_id, asked.get("region", ""), asked.get("type", ""))
        return Response(AccessFindingsSerializer(found).data)

    @extend_schema(summary="What the newest look saw", responses=SnapshotSerializer)
    def snapshot(self, request: Request, account_id: str) -> Response:
        """The manifest: by section, the hash of what was read, or why it could not be."""
        self.get_object()
        newest = SnapshotRecord.objects.filter(account_id=account_id).first()
        if newest is None:
            raise NotFoundError(f"Account {account_id} was not looked at yet: POST to its looks.")
        return Response(SnapshotSerializer(newest).data)
