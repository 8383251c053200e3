"""What a check finds: the answer to each of its questions, and whether it holds. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from provisioning.core.desired import DesiredCheck
from provisioning.core.permissions.holders import Holder, World, find_holder, policies_of, trust_of
from provisioning.core.policy_evaluation import Answer, Decision, Policies, Request, evaluate
from provisioning.core.snapshot import Section


class Result(StrEnum):
    """Whether a check holds; what cannot be told never counts as holding."""

    HOLDS = "holds"
    FAILS = "fails"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Answered:
    """One action on one resource."""

    action: str
    resource: str
    answer: Answer

    def to_plain(self) -> dict[str, Any]:
        """As JSON data."""
        deciding = self.answer.deciding
        return {
            "action": self.action,
            "resource": self.resource,
            "decision": self.answer.decision.value,
            "why": self.answer.why.value,
            "deciding": None
            if deciding is None
            else {
                "source": deciding.source,
                "statement_id": str(deciding.sid_or_number),
                "statement": deciding.statement,
            },
            "missing": list(self.answer.missing),
            "considered": list(self.answer.considered),
            "sentence": self.answer.sentence,
        }


@dataclass(frozen=True)
class Outcome:
    """What one check found. `answers` is empty where the principal isn't there; `missing` says so then."""

    check: DesiredCheck
    result: Result
    answers: tuple[Answered, ...]
    missing: tuple[str, ...]

    @property
    def telling(self) -> tuple[Answered, ...]:
        """The answers that made the result: those that are not as expected, or can't be told."""
        wanted = Decision(self.check.expect)
        wrong = [one for one in self.answers if one.answer.decision not in (wanted, Decision.CANNOT_TELL)]
        if self.result is Result.FAILS:
            return tuple(wrong)
        return tuple(one for one in self.answers if one.answer.decision is Decision.CANNOT_TELL)

    @property
    def sentence(self) -> str:
        """Why it does not hold, for people; '' when it does."""
        if self.result is Result.HOLDS:
            return ""
        told = " ".join(dict.fromkeys(one.answer.sentence for one in self.telling))
        return told or f"Cannot tell: {', '.join(self.missing)}."

    def to_plain(self) -> dict[str, Any]:
        """As JSON data: what was expected and found, and the answers that tell why."""
        found = {one.answer.decision.value for one in self.telling} or {self.check.expect}
        return {
            "check": self.check.key,
            "result": self.result.value,
            "as": {self.check.holder: self.check.principal},
            "expected": self.check.expect,
            "found": "cannot_tell" if self.result is Result.CANNOT_TELL else min(found),
            "sentence": self.sentence,
            "missing": list(self.missing),
            "answers": [one.to_plain() for one in self.telling],
        }


def answer_checks(checks: Iterable[DesiredCheck], world: World) -> tuple[Outcome, ...]:
    """Every check against what is known of one account."""
    return tuple(answer_check(check, world) for check in checks)


def answer_check(check: DesiredCheck, world: World) -> Outcome:
    """One check: it holds when each action is as expected on each resource."""
    if unread := world.snapshot.unread([Section.IAM_DETAILS]):
        reason = next(iter(unread.values()))
        return Outcome(check, Result.CANNOT_TELL, (), (f"the account's identities were not read ({reason})",))
    holder = find_holder(world.snapshot, check.holder, check.principal)
    if holder is None:
        return Outcome(check, Result.CANNOT_TELL, (), (f"there is no {check.holder} {check.principal}",))
    answers = ask(holder, world, check)
    missing = tuple(dict.fromkeys(name for one in answers for name in one.answer.missing))
    return Outcome(check, _result(check, answers), answers, missing)


def ask(holder: Holder, world: World, check: DesiredCheck) -> tuple[Answered, ...]:
    """The answer to each action on each resource."""
    policies = policies_of(world, holder, full=check.considers == "full")
    return tuple(
        Answered(action, resource, _evaluate(holder, world, check, action, resource, policies))
        for action in check.actions
        for resource in check.resources
    )


def _evaluate(
    holder: Holder, world: World, check: DesiredCheck, action: str, resource: str, policies: Policies
) -> Answer:
    if check.considers == "full":
        policies = _with_trust(world, resource, policies)
    context = {**holder.tags, **{key.lower(): values for key, values in check.context.items()}}
    return evaluate(request_of(holder.arn, action, resource, context, holder.unknown), policies)


def request_of(
    principal_arn: str,
    action: str,
    resource: str,
    given: Mapping[str, tuple[str, ...]],
    unknown: frozenset[str] = frozenset(),
) -> Request:
    """The question as the evaluator takes it; the account is the principal's own."""
    account = (principal_arn.split(":") + [""] * 5)[4]
    return Request(principal_arn, action, resource, given, account, unknown=unknown)


def _with_trust(world: World, resource: str, policies: Policies) -> Policies:
    return replace(policies, resource=trust_of(world, resource))


def _result(check: DesiredCheck, answers: Iterable[Answered]) -> Result:
    decisions = {one.answer.decision for one in answers}
    if decisions - {Decision(check.expect), Decision.CANNOT_TELL}:
        return Result.FAILS
    return Result.CANNOT_TELL if Decision.CANNOT_TELL in decisions else Result.HOLDS
