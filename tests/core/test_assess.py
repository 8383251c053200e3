"""What one look of one account means."""

from datetime import UTC, datetime
from typing import Any

from provisioning.core.assess import assess, needed_sections
from provisioning.core.assessment import Applied, Assessment, Inputs
from provisioning.core.change import Action, ResourceKey
from provisioning.core.desired import ClosedScope, DesiredItem, Mode, Origin
from provisioning.core.kind import Context
from provisioning.core.plan import Risk
from provisioning.core.snapshot import Complete, Section, Snapshot, Unreadable
from provisioning.core.verdict import Remedy
from tests.core.fake_kind import FakeKind

KIND = FakeKind()
KINDS = {KIND.name: KIND}
ORIGIN = Origin("first", 1, "assignment", "ann")


def item(name: str, declared: dict[str, Any]) -> DesiredItem:
    return DesiredItem(KIND.name, name, declared, Mode.ENFORCE, (ORIGIN,))


def look(
    things: dict[str, Any] | None,
    *items: DesiredItem,
    owned: dict[str, Applied] | None = None,
    closed: tuple[ClosedScope, ...] = (),
) -> Assessment:
    reading = Unreadable("denied") if things is None else Complete({"things": things}, datetime.now(UTC))
    snapshot = Snapshot("111111111111", "aws", {Section.IAM_ROLES: reading})
    ledger = {ResourceKey(KIND.name, name): applied for name, applied in (owned or {}).items()}
    return assess(Inputs(items, closed, snapshot, Context("111111111111"), ledger, KINDS))


def thing(owner: str = "ann", members: tuple[str, ...] = (), path: str = "/") -> dict[str, Any]:
    return {"owner": owner, "members": list(members), "path": path}


def test_missing_resource_becomes_a_create() -> None:
    (found,) = look({}, item("One", {"owner": "ann"})).items
    assert found.change is not None
    assert (found.change.action, found.change.key.name) == (Action.CREATE, "One")


def test_unreadable_is_never_absent() -> None:
    result = look(None, item("One", {"owner": "ann"}))
    assert result.items == () and result.findings == ()
    assert result.unread == {KIND.name: "denied"}


def test_names_match_as_aws_compares_them_and_keep_the_stored_spelling() -> None:
    (found,) = look({"ONE": thing()}, item("One", {"owner": "ann"}), owned={"one": Applied(None)}).items
    assert found.key.name == "ONE" and found.findings == () and found.change is None


def test_an_existing_resource_that_is_not_ours_is_proposed_for_adoption_with_high_risk() -> None:
    (found,) = look({"One": thing(members=("eve",))}, item("One", {"members": []})).items
    assert found.change is not None and found.change.action is Action.ADOPT
    assert (found.change.risk, found.change.reasons) == (Risk.HIGH, ("not_owned",))


def test_adoption_is_proposed_even_when_nothing_differs() -> None:
    (found,) = look({"One": thing()}, item("One", {"owner": "ann"})).items
    assert found.change is not None and found.change.calls == () and found.findings == ()


def test_only_a_person_can_repair_an_immutable_field() -> None:
    (found,) = look({"One": thing("zoe")}, item("One", {"owner": "ann"}), owned={"one": Applied(None)}).items
    assert [(finding.remedy, finding.reason) for finding in found.findings] == [(Remedy.PERSON, "immutable_field")]
    assert found.change is None


def test_what_no_call_repairs_is_for_a_person_even_beside_a_field_that_could_be_changed() -> None:
    (found,) = look({"stuck": thing("zoe")}, item("stuck", {"members": ["ann"]}), owned={"stuck": Applied(None)}).items
    assert [(finding.remedy, finding.reason) for finding in found.findings] == [(Remedy.PERSON, "no_call_repairs_it")]


def test_an_applied_declaration_that_can_no_longer_be_read_makes_all_of_it_new() -> None:
    wanted = item("One", {"members": ["root"]})
    (found,) = look({"One": thing()}, wanted, owned={"one": Applied({"unreadable": True})}).items
    assert found.change is not None and found.change.reasons == ("admin_grant",)


def test_a_reference_in_other_case_still_comes_first() -> None:
    needing, needed = item("One", {"members": ["THING-two"]}), item("thing-Two", {"owner": "ann"})
    found = look({}, needing, needed).items[0]
    assert found.references == {ResourceKey(KIND.name, "thing-Two")}


def test_putting_back_what_was_applied_is_low_risk_and_a_new_grant_is_high() -> None:
    wanted = item("One", {"members": ["root"]})
    there = {"One": thing()}
    (again,) = look(there, wanted, owned={"one": Applied({"members": ["root"]})}).items
    (anew,) = look(there, wanted, owned={"one": Applied({"members": []})}).items
    assert again.change is not None and again.change.risk is Risk.LOW
    assert anew.change is not None and anew.change.reasons == ("admin_grant",)


def test_protected_resources_show_their_drift_and_are_never_changed() -> None:
    (found,) = look({"sacred": thing("zoe")}, item("sacred", {"owner": "ann"})).items
    assert found.change is None and found.protected == "it is sacred"
    assert [finding.reason for finding in found.findings] == ["protected"]


def test_undeclared_resources_are_extra_inside_a_closed_scope_and_unmanaged_outside_it() -> None:
    there = {"In": thing(path="/a/b/"), "Out": thing(path="/z/"), "sacred": thing(path="/a/")}
    result = look(there, closed=(ClosedScope(KIND.name, "/a/", (ORIGIN,)),))
    assert [str(finding.key) for finding in result.extras] == ["fake.thing/In"]
    assert result.unmanaged == {KIND.name: 2}


def test_nothing_declared_reads_nothing() -> None:
    assert needed_sections([], [], KINDS) == frozenset()
    assert needed_sections([item("One", {})], [], KINDS) == {Section.IAM_ROLES}
