"""Which changes go ahead by rule, which wait, and which are only shown."""

from dataclasses import replace

from provisioning.core.assessment import ItemAssessment
from provisioning.core.change import ResourceKey
from provisioning.core.desired import DesiredItem, Mode, Origin
from provisioning.core.lanes import Lane, proposals
from provisioning.core.plan import Risk
from tests.core.test_plan import change, key


def item(
    name: str, *, high: bool = False, mode: Mode = Mode.ENFORCE, needs: tuple[str, ...] = (), approved: bool = False
) -> ItemAssessment:
    planned = replace(change(name), risk=Risk.HIGH, reasons=("admin_grant",)) if high else change(name)
    origin = Origin("first", 1, "assignment", "ann", approved_for_production=approved, assigned_by=("otto",))
    return ItemAssessment(
        item=DesiredItem("fake.thing", name, {}, mode, (origin,)),
        key=key(name),
        findings=(),
        change=planned,
        references=frozenset(key(other) for other in needs),
    )


def lanes(
    *items: ItemAssessment, production: bool = False, blocked: frozenset[ResourceKey] = frozenset()
) -> dict[Lane, list[str]]:
    made = proposals("111111111111", items, is_production=production, blocked=blocked)
    return {one.lane: [planned.key.name for planned in one.plan.changes] for one in made}


def test_low_risk_goes_ahead_and_high_risk_waits() -> None:
    assert lanes(item("a"), item("b", high=True)) == {Lane.AUTO: ["a"], Lane.APPROVAL: ["b"]}


def test_what_refers_to_a_waiting_change_waits_with_it() -> None:
    assert lanes(item("a", needs=("b",)), item("b", high=True)) == {Lane.APPROVAL: ["b", "a"]}


def test_what_a_waiting_change_refers_to_goes_ahead() -> None:
    assert lanes(item("a"), item("b", high=True, needs=("a",))) == {Lane.AUTO: ["a"], Lane.APPROVAL: ["b"]}


def test_observed_items_are_shown_only_even_when_high_and_so_is_what_needs_them() -> None:
    made = lanes(item("a", high=True, mode=Mode.OBSERVE), item("b", needs=("a",)), item("c"))
    assert made == {Lane.AUTO: ["c"], Lane.OBSERVE: ["a", "b"]}


def test_in_production_everything_waits_unless_its_version_was_approved_for_it() -> None:
    assert lanes(item("a"), item("b", approved=True), production=True) == {Lane.APPROVAL: ["a"], Lane.AUTO: ["b"]}


def test_a_plan_says_why_it_waits_and_who_wrote_or_assigned_what_is_behind_it() -> None:
    (made,) = proposals("111111111111", [item("a", high=True)], is_production=True, blocked=frozenset())
    assert made.reasons == ("admin_grant", "production") and made.authors == ("ann", "otto")
    assert made.plan.baseline_versions == ("first v1",)


def test_blocked_changes_and_those_that_need_them_are_in_no_plan() -> None:
    assert lanes(item("a"), item("b", needs=("a",)), item("c"), blocked=frozenset({key("a")})) == {Lane.AUTO: ["c"]}
