"""Verdicts: the first that holds, never green by assumption."""

from datetime import UTC, datetime, timedelta

import pytest

from provisioning.core.verdict import KindFacts, LookFacts, Verdict, judge, roll_up, worst

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FRESH = LookFacts(assigned=True, last_done_at=NOW - timedelta(minutes=5))


@pytest.mark.parametrize(
    ("look", "kind", "verdict", "reason"),
    [
        (LookFacts(assigned=False), KindFacts(open_auto=1), Verdict.UNASSIGNED, "no_assignment"),
        (LookFacts(assigned=True), KindFacts(), Verdict.UNKNOWN, "never_looked"),
        (LookFacts(True, NOW - timedelta(hours=3)), KindFacts(), Verdict.UNKNOWN, "too_old"),
        (LookFacts(True, NOW, "denied"), KindFacts(open_auto=1), Verdict.UNKNOWN, "denied"),
        (LookFacts(True, NOW, desired_changed=True), KindFacts(open_auto=1), Verdict.UNKNOWN, "desired_changed"),
        (LookFacts(True, NOW, not_renderable=True), KindFacts(), Verdict.UNKNOWN, "not_renderable"),
        (FRESH, KindFacts(open_auto=1, open_person=1, unread="denied"), Verdict.DRIFTED, "open_drift"),
        (FRESH, KindFacts(open_person=1, unread="denied"), Verdict.UNKNOWN, "denied"),
        (FRESH, KindFacts(open_person=1), Verdict.ATTENTION, "needs_a_person"),
        (FRESH, KindFacts(), Verdict.IN_SYNC, ""),
    ],
    ids=lambda value: value.value if isinstance(value, Verdict) else None,
)
def test_the_first_verdict_that_holds_wins(look: LookFacts, kind: KindFacts, verdict: Verdict, reason: str) -> None:
    found = judge(look, kind, NOW)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_drift_in_one_kind_outranks_another_kind_that_was_not_read() -> None:
    kinds = {"a": KindFacts(unread="denied"), "b": KindFacts(open_auto=1), "c": KindFacts()}
    assert roll_up(FRESH, kinds, NOW).verdict is Verdict.DRIFTED
    del kinds["b"]
    assert roll_up(FRESH, kinds, NOW).verdict is Verdict.UNKNOWN


def test_a_failed_look_outranks_the_drift_that_was_known_before() -> None:
    look = LookFacts(True, NOW, "cannot_enter")
    assert roll_up(look, {"a": KindFacts(open_auto=3)}, NOW).verdict is Verdict.UNKNOWN


def test_a_verdict_carries_its_age() -> None:
    assert judge(FRESH, KindFacts(), NOW).age == timedelta(minutes=5)
    assert judge(LookFacts(assigned=True), KindFacts(), NOW).age is None


def test_the_worst_of_many_is_shown_for_all() -> None:
    assert worst([Verdict.IN_SYNC, Verdict.ATTENTION, Verdict.DRIFTED]) is Verdict.DRIFTED
    assert worst([]) is None
