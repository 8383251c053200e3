"""The decision itself (IAM user guide, "Policy evaluation logic", "Cross-account policy evaluation logic")."""

from dataclasses import dataclass
from functools import cached_property

from provisioning.core.policy_evaluation import words
from provisioning.core.policy_evaluation.answer import Answer, Decision, Why
from provisioning.core.policy_evaluation.asker import AskerKind
from provisioning.core.policy_evaluation.context import Context
from provisioning.core.policy_evaluation.document import Voice
from provisioning.core.policy_evaluation.layers import Layers, allow_of
from provisioning.core.policy_evaluation.policies import Policies
from provisioning.core.policy_evaluation.request import Request
from provisioning.core.policy_evaluation.truth import YES, Truth, all_of, any_of, negate, unknown

# Here the policy of the resource must allow even in its own account: trust policies of roles, policies of KMS keys.
_RULED_BY_RESOURCE = ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "kms:")


def evaluate(request: Request, policies: Policies) -> Answer:
    """What AWS would decide on a request under these policies. Pure; raises nothing, whatever the texts hold."""
    return _Case(request, Layers(Context(request), policies)).answer()


@dataclass(frozen=True)
class _Case:
    request: Request
    layers: Layers

    def answer(self) -> Answer:
        layers = self.layers
        scps = all_of(level.allow for level in layers.scps)
        allowed = all_of((negate(layers.deny), scps, self.granted))
        if allowed.is_unknown:
            return self._cannot_tell(allowed)
        return self._allowed() if allowed.is_yes else self._denied(scps)

    @cached_property
    def granted(self) -> Truth:
        """Whether identity and resource together allow, within boundary and session."""
        if not self.layers.context.asker.is_identity and not self._is_root:
            return self.layers.reach.direct if self.layers.resource else unknown(self._unread_resource)
        if self._is_across_accounts:
            return all_of((self.identity, self._limits, self.resource))
        return any_of((self.layers.reach.direct, all_of((self.base, self._limits))))

    @cached_property
    def base(self) -> Truth:
        """What boundary and session policy limit, in one account."""
        reach = self.layers.reach
        ruled = self.request.action.lower().startswith(_RULED_BY_RESOURCE) and self.layers.resource is not None
        identity = all_of((reach.account, self.identity)) if ruled else self.identity
        return any_of((identity, reach.limited))

    @property
    def identity(self) -> Truth:
        return YES if self._is_root else self.layers.identity.allow

    @property
    def resource(self) -> Truth:
        return self.layers.reach.any if self.layers.resource else unknown(self._unread_resource)

    @property
    def _limits(self) -> Truth:
        return all_of((allow_of(self.layers.boundary), allow_of(self.layers.session)))

    @property
    def _is_root(self) -> bool:
        return self.layers.context.asker.kind is AskerKind.ROOT

    @property
    def _is_across_accounts(self) -> bool:
        return self.request.resource_account not in (None, self.request.principal_account)

    @property
    def _unread_resource(self) -> str:
        return f"the policy of {self.request.resource}"

    def _cannot_tell(self, allowed: Truth) -> Answer:
        doubtful = self._doubtful()
        sentence = words.cannot_tell(self.request, doubtful, sorted(allowed.missing))
        return self._answer(Decision.CANNOT_TELL, Why.CANNOT_TELL, doubtful, sentence, tuple(sorted(allowed.missing)))

    def _doubtful(self) -> Voice | None:
        """The statement that it depends on: one that might deny, else one that might allow."""
        allows = [voice for layer in self.layers.all for voice in layer.allows if not layer.allow.is_yes]
        unsure = [voice for voice in (*self.layers.denies, *allows) if voice.whole.is_unknown]
        return next(iter(unsure), None)

    def _allowed(self) -> Answer:
        voice = self._granting()
        sentence = words.allowed(self.request, voice, self.layers)
        return self._answer(Decision.ALLOWED, Why.ALLOWED_BY, voice, sentence)

    def _granting(self) -> Voice | None:
        resource = self.layers.resource.allows if self.layers.resource else []
        direct = [voice for voice in resource if all_of((voice.applies, voice.reach.direct)).is_yes]
        own = [voice for voice in self.layers.identity.allows if voice.whole.is_yes]
        limited = [voice for voice in resource if all_of((voice.applies, voice.reach.limited)).is_yes]
        return next(iter((*own, *direct, *limited)), None)

    def _denied(self, scps: Truth) -> Answer:
        if self.layers.deny.is_yes:
            voice = self.layers.denies[0]
            return self._answer(Decision.DENIED, Why.EXPLICIT_DENY, voice, words.denied_by(self.request, voice))
        why, sentence = self._refusal(scps)
        return self._answer(Decision.DENIED, why, None, sentence)

    def _refusal(self, scps: Truth) -> tuple[Why, str]:
        layers = self.layers
        if scps.is_no:
            level = next(level for level in layers.scps if level.allow.is_no)
            return Why.SCP, words.scp(self.request, level, layers.scps.index(level) + 1)
        grant = self.identity if self._is_across_accounts else self.base
        if layers.context.asker.is_identity and not grant.is_no:
            if layers.boundary and layers.boundary.allow.is_no:
                return Why.BOUNDARY, words.boundary(self.request, layers.boundary)
            if layers.session and layers.session.allow.is_no:
                return Why.SESSION, words.session(self.request, layers.session)
            return Why.NOT_ALLOWED, words.resource(self.request, layers.resource)
        return Why.NOT_ALLOWED, words.nothing_allows(self.request, layers)

    def _answer(
        self, decision: Decision, why: Why, voice: Voice | None, sentence: str, missing: tuple[str, ...] = ()
    ) -> Answer:
        considered = tuple(policy.source for layer in self.layers.all for policy in layer.policies)
        return Answer(decision, why, voice.ref if voice else None, missing, considered, sentence)
