"""Alternatives that together say more simply what they say: "all but iam" and "iam" are everything."""

from provisioning.core.policy_document.boxes import ACTION, Atom, above
from provisioning.core.policy_document.effort import Effort
from provisioning.core.policy_document.wildcard import Flavour, Pattern, are_disjoint, contains, read_pattern

_EVERYTHING: Atom = ("is", "*")


def join_actions(atoms: list[Atom], effort: Effort) -> list[Atom]:
    """The same set of actions in fewer alternatives, where exclusions and inclusions meet."""
    excluded = sorted(atom[1:] for atom in atoms if atom[0] == "not")
    if not excluded:
        return atoms
    included = [_read(atom[1]) for atom in atoms if atom[0] == "is"]
    joined = [_without_included(texts, included, effort) for texts in _join_exclusions(excluded, effort)]
    if () in joined:
        return [_EVERYTHING]
    kept = frozenset({*(("not", *texts) for texts in joined), *(atom for atom in atoms if atom[0] == "is")})
    higher = above(ACTION, kept, False, effort)
    return [atom for atom in kept if not higher[atom]]


def _without_included(texts: tuple[str, ...], included: list[Pattern], effort: Effort) -> tuple[str, ...]:
    effort.spend(4 * len(texts) * len(included))
    return tuple(text for text in texts if not any(contains(wide, _read(text)) for wide in included))


def _join_exclusions(excluded: list[tuple[str, ...]], effort: Effort) -> list[tuple[str, ...]]:
    """ "All but these" or else "all but those" is all but what both leave out."""
    joined: list[tuple[str, ...]] = []
    for texts in excluded:
        for index, other in enumerate(joined):
            common = _common(texts, other, effort)
            if common is not None:
                joined[index] = common
                break
        else:
            joined.append(texts)
    return joined


def _common(texts: tuple[str, ...], others: tuple[str, ...], effort: Effort) -> tuple[str, ...] | None:
    """What is in both lists of patterns; None when that can't be said with patterns of theirs."""
    effort.spend(4 * len(texts) * len(others))
    common: set[str] = set()
    for one in map(_read, texts):
        for other in map(_read, others):
            if contains(one, other):
                common.add(other.text)
            elif contains(other, one):
                common.add(one.text)
            elif not are_disjoint(one, other):
                return None
    return tuple(sorted(common))


def _read(text: str) -> Pattern:
    return read_pattern(text, Flavour.ACTION, False)
