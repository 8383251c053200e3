"""The fleet over REST: how it is, and its pause."""

from collections import Counter
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from access.parameters import refuse_parameters
from access.policy import visible
from access.roles import Actor, Permission
from accounts.models import Account
from provisioning.core.verdict import Verdict
from provisioning.models import Drift, FleetPause, PlanRecord
from provisioning.serializers.accounts import NothingSerializer, ReasonSerializer
from provisioning.serializers.fleet import FleetSerializer
from provisioning.services.budget_figures import budget_figures
from provisioning.services.overviews import open_drifts_by_remedy
from provisioning.services.pause_fleet import pause_fleet, resume_fleet
from provisioning.services.verdicts import verdicts_of
from provisioning.views.acting import acting, read


@extend_schema(tags=["fleet"])
class FleetViewSet(ViewSet):
    """All accounts at once."""

    needs = {"pause": Permission.PAUSE, "resume": Permission.PAUSE}

    @extend_schema(summary="How the fleet is", responses=FleetSerializer)
    def retrieve(self, request: Request) -> Response:
        """Accounts by verdict, open drifts by remedy, plans that wait, budgets, and whether all is paused."""
        refuse_parameters(request)
        return Response(FleetSerializer(_fleet(acting(request))).data)

    @extend_schema(summary="Pause all writes", request=ReasonSerializer, responses=FleetSerializer)
    def pause(self, request: Request) -> Response:
        """Effective before the next write, in every account. Looks go on."""
        pause_fleet(actor=acting(request), reason=read(ReasonSerializer, request)["reason"])
        return Response(FleetSerializer(_fleet(acting(request))).data)

    @extend_schema(summary="Let writes go on", request=None, responses=FleetSerializer)
    def resume(self, request: Request) -> Response:
        """Accounts that are paused themselves stay paused."""
        read(NothingSerializer, request)
        resume_fleet(actor=acting(request))
        return Response(FleetSerializer(_fleet(acting(request))).data)


def _fleet(actor: Actor) -> dict[str, Any]:
    """Of the accounts that the reader may see."""
    accounts = visible(Account.objects.all(), actor)
    verdicts = verdicts_of(accounts.values_list("pk", flat=True))
    counts = Counter(found.overall.verdict for found in verdicts.values())
    proposed = PlanRecord.objects.filter(state=PlanRecord.State.PROPOSED, lane=PlanRecord.Lane.APPROVAL)
    waiting = visible(proposed, actor, through="account")
    return {
        "pause": FleetPause.objects.first(),
        "accounts": len(verdicts),
        "paused_accounts": accounts.filter(paused=True).count(),
        "verdicts": {verdict.value: counts[verdict] for verdict in Verdict},
        "open_drifts": open_drifts_by_remedy(visible(Drift.objects.all(), actor, through="account")),
        "plans_waiting": waiting.count(),
        "budgets": budget_figures(actor),
    }
