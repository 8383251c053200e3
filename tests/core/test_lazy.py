"""Values are made when asked for, once, and never for what nobody asks about."""

from provisioning.core.lazy import LazyMap


def test_value_is_made_once_and_only_when_asked_for() -> None:
    made: list[str] = []

    def make(row: str) -> str:
        made.append(row)
        return row.upper()

    names = LazyMap({"a": "ann", "b": "ben"}, make)
    assert (list(names), len(names), "a" in names, "c" in names, names.get("c")) == (["a", "b"], 2, True, False, None)
    assert made == []
    assert (names["b"], names["b"], made) == ("BEN", "BEN", ["ben"])


def test_it_equals_the_mapping_it_stands_for() -> None:
    assert LazyMap({"a": 1}, str) == {"a": "1"}
