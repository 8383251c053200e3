"""The layers of policies around a request, and what each of them says."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from provisioning.core.policy_evaluation.asker import AskerKind
from provisioning.core.policy_evaluation.context import Context
from provisioning.core.policy_evaluation.document import ALLOW, DENY, Voice, voices
from provisioning.core.policy_evaluation.policies import NamedDocument, Policies
from provisioning.core.policy_evaluation.principal import Reach
from provisioning.core.policy_evaluation.truth import NO, YES, Truth, all_of, any_of, unknown


@dataclass(frozen=True)
class Layer:
    """Policies of which one Allow is enough, e.g. those of an identity, or the SCPs of one level."""

    policies: tuple[NamedDocument, ...]
    voices: tuple[Voice, ...]
    unseen: Truth

    @property
    def allows(self) -> list[Voice]:
        """Statements that allow or might, in an order of their own."""
        return sorted((voice for voice in self.voices if voice.effect == ALLOW), key=lambda voice: voice.order)

    @cached_property
    def allow(self) -> Truth:
        """Whether the layer allows."""
        return any_of((*(voice.whole for voice in self.voices if voice.effect == ALLOW), self.unseen))

    @property
    def sources(self) -> str:
        """Its policies, by name."""
        return ", ".join(policy.source for policy in self.policies) or "no policy"


@dataclass(frozen=True)
class Layers:
    """All that is considered for one request. A layer that is None is left out and limits nothing."""

    context: Context
    policies: Policies

    @cached_property
    def identity(self) -> Layer:
        """The policies of the one who asks, and of their groups."""
        return self._layer(self.policies.identity if self.context.asker.is_identity else ())

    @cached_property
    def boundary(self) -> Layer | None:
        """The permissions boundary."""
        boundary = self.policies.boundary
        return self._layer((boundary,)) if boundary and self.context.asker.is_identity else None

    @cached_property
    def session(self) -> Layer | None:
        """The session policies. The session of a federated user may do nothing without one."""
        session = self.policies.session
        if session is None and self.context.asker.kind is AskerKind.FEDERATED_USER:
            session = ()
        return None if session is None else self._layer(session)

    @cached_property
    def scps(self) -> tuple[Layer, ...]:
        """The SCPs, one layer per level."""
        bound = self.context.asker.is_under_scps
        return tuple(self._layer(level) for level in self.policies.scps or ()) if bound else ()

    @cached_property
    def resource(self) -> Layer | None:
        """The policy of the resource; a trust policy is that of its role."""
        resource = self.policies.resource
        return self._layer((resource,), with_principal=True) if resource else None

    @cached_property
    def all(self) -> tuple[Layer, ...]:
        """Every layer that is considered, in the order AWS documents."""
        single = (self.resource, self.identity, self.boundary, self.session)
        return (*self.scps, *(layer for layer in single if layer is not None))

    @cached_property
    def denies(self) -> list[Voice]:
        """Statements that deny or might: sure ones first, then in an order of their own."""
        found = [voice for layer in self.all for voice in layer.voices if voice.effect == DENY]
        applying = [voice for voice in found if not voice.whole.is_no]
        return sorted(applying, key=lambda voice: (voice.whole.is_unknown, *voice.order))

    @cached_property
    def deny(self) -> Truth:
        """Whether anything denies."""
        return any_of((*(voice.whole for voice in self.denies), self.unseen))

    @cached_property
    def reach(self) -> Reach:
        """How the Allows of the resource's policy reach the one who asks."""
        allows = self.resource.allows if self.resource else ()
        return Reach(
            any_of((*(all_of((one.applies, one.reach.direct)) for one in allows), self.unseen)),
            any_of((*(all_of((one.applies, one.reach.limited)) for one in allows), self.unseen)),
            any_of((*(all_of((one.applies, one.reach.account)) for one in allows), self.unseen)),
        )

    @property
    def unseen(self) -> Truth:
        """What a policy says of which neither text nor layer is known."""
        return unknown(*self.policies.missing) if self.policies.missing else NO

    def _layer(self, policies: Iterable[NamedDocument], with_principal: bool = False) -> Layer:
        listed = tuple(policies)
        said = tuple(voice for policy in listed for voice in voices(policy, self.context, with_principal))
        return Layer(listed, said, self.unseen)


def allow_of(layer: Layer | None) -> Truth:
    """Whether a layer allows; one that is left out does."""
    return YES if layer is None else layer.allow
