"""Attestations over REST: what people say of what no API can read."""

from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from access.etags import TaggedViewSet
from access.policy import visible
from access.roles import Permission
from provisioning.filters import AttestationFilter
from provisioning.models import Attestation
from provisioning.serializers.attestations import AttestationSerializer, NewAttestationSerializer, WithdrawSerializer
from provisioning.services.attest import attest
from provisioning.services.withdraw_attestation import withdraw_attestation
from provisioning.views.acting import acting, read


@extend_schema_view(
    list=extend_schema(summary="Attestations, newest first"),
    retrieve=extend_schema(summary="One attestation, and how it ended"),
)
@extend_schema(tags=["attestations"])
class AttestationViewSet(ListModelMixin, TaggedViewSet[Attestation]):
    """A person's dated word, with evidence and a review date."""

    queryset: QuerySet[Attestation] = Attestation.objects.all()
    serializer_class = AttestationSerializer
    filterset_class = AttestationFilter
    version_fields = ("ended_at",)
    page_ordering = ("-at", "-id")
    needs = {"create": Permission.ATTEST, "withdraw": Permission.ATTEST}

    def get_queryset(self) -> QuerySet[Attestation]:
        """Of the accounts that the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return visible(super().get_queryset(), acting(self.request), through="account")

    @extend_schema(
        summary="Attest what no API can read", request=NewAttestationSerializer, responses={201: AttestationSerializer}
    )
    def create(self, request: Request) -> Response:
        """Takes the place of what was attested of the same item before, and has the account looked at."""
        row = attest(**read(NewAttestationSerializer, request), actor=acting(request))
        return self._shown(row, 201, {"Location": reverse("attestation", args=[row.pk])})

    @extend_schema(summary="Withdraw an attestation", request=WithdrawSerializer, responses=AttestationSerializer)
    def withdraw(self, request: Request, pk: UUID) -> Response:
        """What it said counts as unknown from now on."""
        given = read(WithdrawSerializer, request)
        with self.matching(pk=pk):
            return self._shown(withdraw_attestation(attestation_id=pk, reason=given["reason"], actor=acting(request)))

    def _shown(self, row: Attestation, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        return self.tagged(row, AttestationSerializer(row).data, status, headers)
