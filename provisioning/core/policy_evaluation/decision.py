"""The decision itself (IAM user guide, "Policy evaluation logic")."""

from provisioning.core.policy_evaluation.answer import Answer, Decision, Why
from provisioning.core.policy_evaluation.policies import Policies
from provisioning.core.policy_evaluation.request import Request


def evaluate(request: Request, policies: Policies) -> Answer:
    """What AWS would decide. Pure."""
    considered = tuple(policy.source for policy in policies.all())
    sentence = f"Cannot tell: {request.action} isn't evaluated yet."
    return Answer(Decision.CANNOT_TELL, Why.CANNOT_TELL, None, policies.missing, considered, sentence)
