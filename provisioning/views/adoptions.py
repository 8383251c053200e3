"""Adoption over REST: what exists with a declared name and is not owned, taken over in many accounts at once."""

from typing import Any

from django.db.models import Count, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from access.parameters import ParameterError, refuse_parameters, wrong_parameters
from access.roles import Permission
from accounts.selectors import LINES, AccountSelector, SelectorError, parse
from provisioning.models import PlanRecord
from provisioning.serializers.adoptions import AdoptedSerializer, AdoptionGroupSerializer, AdoptSerializer
from provisioning.services.adoptions import adoption_plans, approve_adoptions, groups_of
from provisioning.views.acting import acting

EVERYTHING = AccountSelector(all=True)
PAGING = frozenset({"cursor", "limit"})
PARAMETERS = [
    *(OpenApiParameter(name, OpenApiTypes.STR) for name in LINES),
    OpenApiParameter("account_ids", OpenApiTypes.STR, description="Separated by commas."),
]


def selector_of(request: Request) -> AccountSelector:
    """The selector in the query; none is every account. Raises ParameterError with every wrong parameter."""
    given: dict[str, Any] = {name: request.query_params[name] for name in LINES if name in request.query_params}
    if "account_ids" in request.query_params:
        given["account_ids"] = request.query_params["account_ids"].split(",")
    errors = wrong_parameters(request, frozenset({*LINES, "account_ids"}) | PAGING)
    try:
        selector = parse(given) if given else EVERYTHING
    except SelectorError as error:
        errors |= {name: [reason] for name, reason in error.reasons.items() if name not in errors}
    if errors:
        raise ParameterError(errors)
    return selector


@extend_schema(tags=["adoptions"])
class AdoptionViewSet(GenericViewSet[PlanRecord]):
    """Grouped by identical change: these accounts would get exactly this."""

    queryset: QuerySet[PlanRecord] = PlanRecord.objects.all()
    serializer_class = AdoptionGroupSerializer
    page_ordering = ("fingerprint",)
    needs = {"create": Permission.APPROVE}

    @extend_schema(
        summary="What would be taken over, grouped by identical change",
        parameters=PARAMETERS,
        responses=AdoptionGroupSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """From the plans in force. Of a group, `changes` holds all that its plans would do, field by field."""
        plans = adoption_plans(selector_of(request), acting(request))
        by_fingerprint: Any = plans.order_by().values("fingerprint").annotate(n=Count("pk"))
        page = self.paginate_queryset(by_fingerprint) or []
        groups = groups_of(plans, [row["fingerprint"] for row in page])
        rows = AdoptionGroupSerializer(groups, many=True, context={"actor": acting(request)})
        return self.get_paginated_response(rows.data)

    @extend_schema(
        summary="Approve taking over what was read", request=AdoptSerializer, responses={200: AdoptedSerializer}
    )
    def create(self, request: Request) -> Response:
        """Each plan under the rules of approving it alone; one that is refused stops no other."""
        refuse_parameters(request)
        asked = AdoptSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        decided = approve_adoptions(
            seen=asked.seen,
            selector=given.get("selector", EVERYTHING),
            actor=acting(request),
            comment=given["comment"],
        )
        approved = sum(one.approved for one in decided)
        body = {"approved": approved, "refused": len(decided) - approved, "results": decided}
        return Response(AdoptedSerializer(body).data)
