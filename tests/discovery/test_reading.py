"""How answers of Organizations are read: empty pages, either name of the state, and names that could pass for paths."""

import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from accounts.aws.organization import read_accounts_in, read_roots, read_tags, read_units_below, segment
from accounts.discovery_rules import Rules, merged_tags, too_many_gone


def answering(*pages: dict[str, Any]) -> Any:
    def ask(operation: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        return list(pages)

    return ask


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"State": "CLOSED", "Status": "SUSPENDED"}, "CLOSED"),
        ({"Status": "ACTIVE"}, "ACTIVE"),
        ({"State": "PENDING_ACTIVATION"}, "PENDING_ACTIVATION"),
        ({}, ""),
    ],
)
def test_state_is_read_before_status_and_either_may_be_missing(given: dict[str, str], state: str) -> None:
    ask = answering({"Accounts": []}, {"Accounts": [{"Id": "111111111111", "Name": "dev", **given}]})
    (found,) = read_accounts_in(ask, "r-1", "/")
    assert found.aws_state == state


def test_empty_pages_are_not_the_end() -> None:
    ask = answering({}, {"Tags": []}, {"Tags": [{"Key": "a", "Value": "b"}]})
    assert read_tags(ask, "111111111111") == {"a": "b"}
    assert read_tags(answering(), "111111111111") is None


def test_policies_bind_where_the_root_has_them_enabled() -> None:
    types = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
    (on,) = read_roots(answering({"Roots": [{"Id": "r-1", "Name": "Root", "PolicyTypes": types}]}))
    (off,) = read_roots(answering({"Roots": [{"Id": "r-1", "Name": "Root"}]}))
    assert (on.binds_policies, off.binds_policies, on.path) == (True, False, "/")


@pytest.mark.parametrize(
    ("name", "path"),
    [("dev", "dev"), ("a/b", "a%2Fb"), ("a%2Fb", "a%252Fb"), (" x ", "%20x%20"), ("a b", "a b"), ("a\nb", "a%0Ab")],
)
def test_a_units_name_is_one_segment_of_a_path_whatever_it_holds(name: str, path: str) -> None:
    assert segment(name) == path
    (unit,) = read_units_below(answering({"OrganizationalUnits": [{"Id": "ou-1", "Name": name}]}), "r-1", "/")
    assert unit.path == f"/{path}"


def test_the_nearest_unit_that_the_mapping_names_says_the_environment() -> None:
    rules = Rules(uuid.uuid4(), "", {"/": "sandbox", "/jobs": "dev", "/jobs/prod": "prod"})
    found = [rules.environment_of(path) for path in ("/", "/jobsite", "/jobs", "/jobs/prod/eu")]
    assert found == ["sandbox", "sandbox", "dev", "prod"]


def test_tags_merge_by_who_said_them() -> None:
    assert merged_tags({"a": "1", "b": "ours"}, {"a": "1", "c": "3"}, {"a": "2", "b": "theirs"}) == {
        "a": "2",
        "b": "ours",
    }


@pytest.mark.parametrize(
    ("gone", "members", "doubted"), [(5, 6, False), (6, 100, False), (6, 59, True), (60, 500, True)]
)
def test_many_gone_are_doubted_by_number_and_share(gone: int, members: int, doubted: bool) -> None:
    assert too_many_gone(gone, members) is doubted
