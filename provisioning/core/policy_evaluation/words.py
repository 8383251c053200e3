"""The sentences of an answer, for people."""

from collections.abc import Sequence

from provisioning.core.policy_evaluation.condition import Condition
from provisioning.core.policy_evaluation.condition_words import condition_in_words
from provisioning.core.policy_evaluation.document import Voice
from provisioning.core.policy_evaluation.layers import Layer, Layers
from provisioning.core.policy_evaluation.request import Request


def denied_by(request: Request, voice: Voice) -> str:
    """A Deny statement decides."""
    return f"Denied: {_named(voice)} denies {_asked(request)}{_when(voice.condition)}."


def allowed(request: Request, voice: Voice | None, layers: Layers) -> str:
    """An Allow statement decides, within what limits it."""
    if voice is None:
        return f"Allowed: the root user may do {_asked(request)}, and nothing denies it."
    return f"Allowed: {_named(voice)} allows {_asked(request)}{_when(voice.condition)}.{_also(layers)}"


def _also(layers: Layers) -> str:
    within = [layer.sources for layer in (layers.boundary, layers.session) if layer]
    within += ["the SCPs"] if layers.scps else []
    return f" So do, as they must: {', '.join(within)}." if within else ""


def scp(request: Request, level: Layer, number: int) -> str:
    """A level of the organisation doesn't allow."""
    return f"Denied: no SCP of level {number} of the organisation allows {_asked(request)} ({level.sources})."


def boundary(request: Request, layer: Layer) -> str:
    """The permissions boundary doesn't allow."""
    return f"Denied: the permissions boundary ({layer.sources}) doesn't allow {_asked(request)}."


def session(request: Request, layer: Layer) -> str:
    """The session policies don't allow."""
    return f"Denied: no session policy allows {_asked(request)} ({layer.sources})."


def resource(request: Request, layer: Layer | None) -> str:
    """The policy of the resource doesn't allow, where it has to."""
    named = layer.sources if layer else f"the policy of {request.resource}"
    return f"Denied: {named} doesn't allow {_asked(request)} to this principal."


def nothing_allows(request: Request, layers: Layers) -> str:
    """No Allow is found."""
    count = len(layers.identity.policies) + (1 if layers.resource else 0)
    if count == 0:
        return f"Denied: there is no policy that could allow {_asked(request)}."
    if count == 1:
        only = layers.identity.policies or (layers.resource.policies if layers.resource else ())
        return f"Denied: {only[0].source}, the only policy considered, doesn't allow {_asked(request)}."
    return f"Denied: none of the {count} policies considered allows {_asked(request)}."


def cannot_tell(request: Request, voice: Voice | None, missing: Sequence[str]) -> str:
    """Something isn't known that could change the decision."""
    lacking = ", ".join(missing)
    if voice is None or voice.statement is None:
        return f"Cannot tell: whether {_asked(request)} is allowed depends on what is not known: {lacking}."
    verb = "denies" if voice.effect == "Deny" else "allows"
    return f"Cannot tell: whether {_named(voice)} {verb} {_asked(request)} depends on what is not known: {lacking}."


def _asked(request: Request) -> str:
    return request.action if request.resource == "*" else f"{request.action} on {request.resource}"


def _named(voice: Voice) -> str:
    return f"statement {voice.statement.label} of {voice.source}" if voice.statement else voice.source


def _when(condition: Condition) -> str:
    return f" when {condition_in_words(condition)}" if condition else ""
