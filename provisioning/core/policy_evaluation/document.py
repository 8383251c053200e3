"""The text of a policy, compiled once: the same policies stand in thousands of accounts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from provisioning.core.masking import without_external_ids
from provisioning.core.policy_document.json_text import readable_json
from provisioning.core.policy_document.meaning import NEW, OLD
from provisioning.core.policy_evaluation.answer import StatementRef
from provisioning.core.policy_evaluation.condition import Condition
from provisioning.core.policy_evaluation.context import Context
from provisioning.core.policy_evaluation.policies import NamedDocument
from provisioning.core.policy_evaluation.principal import EVERYWHERE, Reach
from provisioning.core.policy_evaluation.statement import Statement, Unclear, read_statement
from provisioning.core.policy_evaluation.truth import Truth, all_of, unknown

ALLOW, DENY = "Allow", "Deny"


@dataclass(frozen=True, slots=True)
class Voice:
    """A statement that applies to a request or might; `statement` is None where a whole policy isn't known."""

    effect: str
    source: str
    statement: Statement | Unclear | None
    applies: Truth
    reach: Reach

    @property
    def whole(self) -> Truth:
        """Whether it applies to the one who asks, in whatever way."""
        return all_of((self.applies, self.reach.any))

    @property
    def order(self) -> tuple[str, str]:
        """The same in whatever order policies come."""
        return self.source, self.statement.label if self.statement else ""

    @property
    def condition(self) -> Condition:
        """What its condition demands."""
        return self.statement.condition if isinstance(self.statement, Statement) else ()

    @property
    def ref(self) -> StatementRef | None:
        """How an answer names it; external ids stay out."""
        if self.statement is None:
            return None
        return StatementRef(self.source, self.statement.label, without_external_ids(self.statement.written))


def voices(policy: NamedDocument, context: Context, with_principal: bool = False) -> Iterator[Voice]:
    """The statements of a policy that apply or might. What can't be read might allow and might deny."""
    if policy.document is None:
        yield from _unknown_voices(policy.source, None, policy.source)
        return
    statements = compiled(policy.document, with_principal)
    if statements is None:
        yield from _unknown_voices(policy.source, None, f"{policy.source}, whose text can't be read")
        return
    for statement in statements:
        if isinstance(statement, Unclear):
            missing = f"what statement {statement.label} of {policy.source} means"
            yield from _unknown_voices(policy.source, statement, missing)
            continue
        applies = statement.applies(context)
        if not applies.is_no:
            yield Voice(statement.effect, policy.source, statement, applies, statement.reach(context))


def _unknown_voices(source: str, statement: Unclear | None, missing: str) -> Iterator[Voice]:
    for effect in (ALLOW, DENY):
        yield Voice(effect, source, statement, unknown(missing), EVERYWHERE)


# Documents of one organisation repeat: its baselines, and the policies of AWS.
@lru_cache(maxsize=4096)
def compiled(text: str, with_principal: bool) -> tuple[Statement | Unclear, ...] | None:
    """The statements of a policy; None when the text is no policy that can be read."""
    plain = readable_json(text)
    if not isinstance(plain, dict) or plain.get("Version", OLD) not in (OLD, NEW) or "Statement" not in plain:
        return None
    written = plain["Statement"] if isinstance(plain["Statement"], list) else [plain["Statement"]]
    variables = plain.get("Version") == NEW
    return tuple(read_statement(one, number, with_principal, variables) for number, one in enumerate(written, 1))
