"""Whether one document allows at least what another does."""

from provisioning.core.policy_document.boxes import ACTION, RESOURCE, Atom, Dimension
from provisioning.core.policy_document.document import PolicyDocument
from provisioning.core.policy_document.effort import Effort, TooMuchEffort
from provisioning.core.policy_document.meaning import Meaning
from provisioning.core.policy_document.normal_form import Sides, widest
from provisioning.core.policy_document.wildcard import Flavour, are_disjoint, read_pattern


def covers(wider: PolicyDocument, narrower: PolicyDocument) -> bool:
    """Whether `wider` surely allows everything that `narrower` allows; False when that is not certain."""
    if wider == narrower:
        return True
    ours, theirs = wider.meaning, narrower.meaning
    if ours.opaque or theirs.opaque:
        return False
    # Of different versions, documents can be compared as long as no text reads differently under the two.
    if ours.version != theirs.version and "${" in wider.json + narrower.json:
        return False
    try:
        return _covers(ours, theirs, Effort())
    except TooMuchEffort:
        return False


def _covers(wider: Meaning, narrower: Meaning, effort: Effort) -> bool:
    variables = wider.variables
    denied = narrower.of_effect("Deny")
    if widest(narrower.of_effect("Allow"), (*wider.of_effect("Allow"), *denied), variables, effort):
        return False
    allowed = widest(narrower.of_effect("Allow"), denied, variables, effort)
    taken_back = widest(wider.of_effect("Deny"), denied, variables, effort)
    return not any(_meet(deny, allow, variables, effort) for deny in taken_back for allow in allowed)


def _meet(deny: Sides, allow: Sides, variables: bool, effort: Effort) -> bool:
    return all(
        any(_may_meet(left, right, side, variables, effort) for left in deny[side] for right in allow[side])
        for side in (ACTION, RESOURCE)
    )


def _may_meet(left: Atom, right: Atom, side: Dimension, variables: bool, effort: Effort) -> bool:
    effort.spend(10)
    if left[0] != "is" or right[0] != "is":
        return True
    flavour = Flavour.ACTION if side == ACTION else Flavour.RESOURCE
    return not are_disjoint(read_pattern(left[1], flavour, variables), read_pattern(right[1], flavour, variables))
