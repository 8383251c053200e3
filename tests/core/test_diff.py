"""What counts as a difference, and where it lies."""

from provisioning.core.diff import DriftType, differences
from provisioning.core.fields import UNMANAGED, Exclusive, FrozenMap, Shared
from provisioning.core.project import project
from tests.core.fake_kind import Thing

OBSERVED = Thing("ann", Exclusive(frozenset({"ben", "eve"})), Exclusive(FrozenMap({"a": "1", "b": "2"})))


def paths(desired: Thing, observed: Thing | None = OBSERVED) -> dict[str, DriftType]:
    return {found.path: found.type for found in differences(desired, observed)}


def test_a_missing_resource_is_one_difference_at_its_root() -> None:
    assert paths(Thing("ann"), None) == {"": DriftType.MISSING}


def test_a_field_left_out_is_never_a_difference() -> None:
    assert paths(Thing()) == {}


def test_a_state_does_not_differ_from_itself() -> None:
    assert paths(OBSERVED) == {}


def test_an_exclusive_list_shows_each_missing_and_each_extra_element() -> None:
    desired = Thing(members=Exclusive(frozenset({"ben", "carla"})))
    assert paths(desired) == {"members[carla]": DriftType.MISSING, "members[eve]": DriftType.EXTRA}


def test_a_shared_list_ignores_what_others_added() -> None:
    assert paths(Thing(members=Shared(frozenset({"ben"})))) == {}
    assert paths(Thing(members=Shared(frozenset({"dora"})))) == {"members[dora]": DriftType.MISSING}


def test_a_changed_value_of_a_map_is_shown_at_its_key() -> None:
    desired = Thing(labels=Exclusive(FrozenMap({"a": "9", "b": "2"})))
    (found,) = differences(desired, OBSERVED)
    assert (found.path, found.type, found.desired, found.observed) == ("labels[a]", DriftType.CHANGED, "9", "1")


def test_a_shared_map_ignores_other_keys_but_not_other_values() -> None:
    assert paths(Thing(labels=Shared(FrozenMap({"a": "1"})))) == {}
    assert paths(Thing(labels=Shared(FrozenMap({"a": "2"})))) == {"labels[a]": DriftType.CHANGED}


def test_fingerprints_follow_the_observed_value_not_the_desired_one() -> None:
    first, second = (differences(Thing(owner), OBSERVED)[0] for owner in ("x", "y"))
    assert first.fingerprint == second.fingerprint
    other = differences(Thing("x"), Thing("zoe"))[0]
    assert other.fingerprint != first.fingerprint


def test_projection_blanks_what_is_not_managed_and_cuts_shared_sets() -> None:
    projected = project(OBSERVED, Thing(members=Shared(frozenset({"ben", "dora"}))))
    assert projected == Thing(UNMANAGED, Shared(frozenset({"ben"})), UNMANAGED)
