"""What AWS would decide on a request under given policies: allowed, denied, or cannot tell and what is missing."""

from provisioning.core.policy_evaluation.answer import Answer, Decision, StatementRef, Why
from provisioning.core.policy_evaluation.context import NEVER_ASSUMED_ABSENT
from provisioning.core.policy_evaluation.decision import evaluate
from provisioning.core.policy_evaluation.policies import NamedDocument, Policies
from provisioning.core.policy_evaluation.request import Request

__all__ = [
    "NEVER_ASSUMED_ABSENT",
    "Answer",
    "Decision",
    "NamedDocument",
    "Policies",
    "Request",
    "StatementRef",
    "Why",
    "evaluate",
]
