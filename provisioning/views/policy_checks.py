"""Asking what somebody may do, over REST."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from access.parameters import refuse_parameters
from access.roles import Permission
from provisioning.serializers.policy_checks import PolicyAnswersSerializer, PolicyQuestionSerializer, shown
from provisioning.services.ask_permissions import ask_of_account, ask_of_documents
from provisioning.views.acting import acting


@extend_schema(tags=["accounts"])
class PolicyCheckViewSet(ViewSet):
    """What the policy simulator answers, from what Firstline knows."""

    needs = {"ask": Permission.VIEW}

    @extend_schema(
        summary="Ask what somebody may do", request=PolicyQuestionSerializer, responses=PolicyAnswersSerializer
    )
    def ask(self, request: Request) -> Response:
        """Of an account as it was last seen (or as declared, `state: desired`), or of documents alone.

        Nothing is stored, and AWS is not asked. What cannot be told says what is missing; it is never a guess.
        """
        refuse_parameters(request)
        serializer = PolicyQuestionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given, actor = serializer.validated_data, acting(request)
        if (documents := serializer.given_documents) is not None:
            arn = given.get("principal_arn", "")
            asked = ask_of_documents(documents=documents, principal_arn=arn, question=serializer.question, actor=actor)
        else:
            ((holder, principal),) = given["as"].items()
            asked = ask_of_account(
                account_id=given["account_id"],
                holder=holder,
                principal=principal,
                question=serializer.question,
                actor=actor,
            )
        return Response(PolicyAnswersSerializer(shown(asked)).data)
