"""Session policies: what an apply may do, no wider than the calls it is about to make. Pure.

An AssumeRole call takes 2,048 characters of session policy (STS API reference), so a plan may need several sessions.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from provisioning.core.change import Call
from provisioning.core.errors import FirstlineError

LONGEST = 2048
Grants = frozenset[tuple[str, str]]
"""(IAM action, ARN) pairs."""

LOOK_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    *("budgets:ListTagsForResource", "budgets:ViewBudget", "cloudtrail:LookupEvents"),
                    *("iam:Get*", "iam:List*"),
                    *("access-analyzer:Get*", "access-analyzer:List*", "account:GetAlternateContact"),
                ],
                "Resource": "*",
            }
        ],
    },
    separators=(",", ":"),
)
"""The fixed policy of sessions that look and verify: every read of a look and of the kinds' re-reads, no write."""


class SessionPolicyTooLongError(FirstlineError):
    """One call alone needs a longer session policy than AWS takes."""

    code = "session_policy_too_long"


def session_policy(grants: Iterable[tuple[str, str]]) -> str:
    """Exactly these actions on exactly these ARNs, one statement per distinct set of ARNs, as compact JSON."""
    arns_of: dict[str, set[str]] = defaultdict(set)
    for action, arn in grants:
        arns_of[action].add(arn)
    actions_on: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for action in sorted(arns_of):
        actions_on[tuple(sorted(arns_of[action]))].append(action)
    statements = [
        {"Effect": "Allow", "Action": _short(actions), "Resource": _short([_literal(arn) for arn in arns])}
        for arns, actions in sorted(actions_on.items())
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def session_policies(calls: Sequence[Call]) -> tuple[tuple[str, slice], ...]:
    """Cut the calls into the fewest consecutive slices that each fit one session: (policy, slice of `calls`).

    What is read between them is read in a session of its own. Raises SessionPolicyTooLongError.
    """
    found: list[tuple[str, slice]] = []
    start = 0
    while start < len(calls):
        stop, policy = _longest_slice(calls, start)
        found.append((policy, slice(start, stop)))
        start = stop
    return tuple(found)


def _longest_slice(calls: Sequence[Call], start: int) -> tuple[int, str]:
    grants: Grants = frozenset()
    policy = ""
    for index in range(start, len(calls)):
        grants |= calls[index].actions
        wider = session_policy(grants)
        if len(wider) > LONGEST:
            if index == start:
                raise _too_long(calls[index], len(wider))
            return index, policy
        policy = wider
    return len(calls), policy


def _too_long(call: Call, length: int) -> SessionPolicyTooLongError:
    return SessionPolicyTooLongError(
        f"{call.service} {call.operation} needs a session policy of {length} characters, AWS takes {LONGEST}: "
        "shorten the names and paths of the resources it touches"
    )


def _short(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _literal(arn: str) -> str:
    """An ARN that matches itself only: budgets may have * and ? in their names (IAM User Guide, policy variables)."""
    if arn == "*":
        return arn
    return arn.replace("$", "${$}").replace("*", "${*}").replace("?", "${?}")
