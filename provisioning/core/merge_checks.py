"""Checks of several declarations: the same question is asked once, two answers to it are a conflict. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from provisioning.core.desired import DesiredCheck
from provisioning.core.errors import Reason
from provisioning.core.plain import canonical


def merge_checks(checks: Iterable[DesiredCheck], reasons: list[Reason]) -> tuple[DesiredCheck, ...]:
    """Unite checks that ask the same; each keeps its origins. Adds a reason per contradiction, which names both."""
    by_question: dict[str, list[DesiredCheck]] = defaultdict(list)
    for check in checks:
        by_question[check.question].append(check)
    united = [one for same in by_question.values() for one in _united(same, reasons)]
    by_key: dict[str, list[DesiredCheck]] = defaultdict(list)
    for check in united:
        by_key[check.key].append(check)
    for key, same in by_key.items():
        if len(same) > 1:
            reasons.append(Reason("/checks", f"{_who(same)} call different checks {key}; choose another name"))
    return tuple(sorted(united, key=lambda check: (check.key, check.question)))


def _united(same: Sequence[DesiredCheck], reasons: list[Reason]) -> list[DesiredCheck]:
    if len({check.expect for check in same}) > 1:
        told = f"{_who(same)} expect both allowed and denied of {same[0].holder} {same[0].principal}: {same[0].key}"
        reasons.append(Reason("/checks", told))
    origins = tuple(sorted({origin for check in same for origin in check.origins}, key=canonical))
    by_name: dict[str, DesiredCheck] = {}
    for check in sorted(same, key=lambda check: (check.name, check.description)):
        by_name.setdefault(check.name, check)
    # A name says more than none, so a check without one joins any that has one.
    first = next((check for name, check in by_name.items() if name), same[0])
    return [replace(first, origins=origins)]


def _who(checks: Iterable[DesiredCheck]) -> str:
    return " and ".join(sorted({str(origin) for check in checks for origin in check.origins}))
