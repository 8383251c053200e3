"""A re-read laid over a bulk read: one resource anew, everything else as it was."""

from datetime import UTC, datetime
from typing import Any

from provisioning.core.snapshot import Complete, Section, Snapshot, Unreadable, overlay

EARLIER, NOW = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)


def snapshot(when: datetime = EARLIER, section: Section = Section.IAM_DETAILS, **body: Any) -> Snapshot:
    return Snapshot("111122223333", "aws", {section: Complete(body, when)})


def user(name: str, *groups: str) -> dict[str, Any]:
    return {"name": name, "attached": [], "groups": [*groups]}


def test_row_read_anew_takes_the_place_of_the_older_one_whatever_its_case() -> None:
    bulk = snapshot(roles=[{"name": "App", "path": "/"}, {"name": "Web", "path": "/"}])
    fresh = snapshot(NOW, roles=[{"name": "app", "path": "/new/"}])
    assert overlay(bulk, fresh).body(Section.IAM_DETAILS)["roles"] == [
        {"name": "Web", "path": "/"},
        {"name": "app", "path": "/new/"},
    ]


def test_row_that_was_not_there_is_added_in_order_and_other_kinds_of_rows_stay() -> None:
    bulk = snapshot(roles=[{"name": "Web"}], groups=[{"name": "Devs"}])
    laid = overlay(bulk, snapshot(NOW, roles=[{"name": "App"}])).body(Section.IAM_DETAILS)
    assert laid == {"roles": [{"name": "App"}, {"name": "Web"}], "groups": [{"name": "Devs"}]}


def test_row_that_is_no_longer_there_is_taken_out() -> None:
    bulk = snapshot(roles=[{"name": "App"}, {"name": "Web"}])
    laid = overlay(bulk, snapshot(NOW, roles=[], absent={"roles": ["APP"]}))
    assert laid.body(Section.IAM_DETAILS) == {"roles": [{"name": "Web"}]}


def test_users_of_a_groups_re_read_only_say_who_is_in_that_group() -> None:
    bulk = snapshot(groups=[{"name": "Devs"}], users=[user("ann", "Devs", "Ops"), user("ben"), user("cid", "Ops")])
    fresh = snapshot(NOW, groups=[{"name": "Devs"}], users=[{"name": "ben", "groups": ["Devs"]}])
    assert overlay(bulk, fresh).body(Section.IAM_DETAILS)["users"] == [
        user("ann", "Ops"),
        user("ben", "Devs"),
        user("cid", "Ops"),
    ]


def test_nobody_is_in_a_group_that_is_gone() -> None:
    bulk = snapshot(groups=[{"name": "Devs"}], users=[user("ann", "Devs", "Ops")])
    fresh = snapshot(NOW, groups=[], users=[], absent={"groups": ["Devs"]})
    assert overlay(bulk, fresh).body(Section.IAM_DETAILS) == {"groups": [], "users": [user("ann", "Ops")]}


def test_budgets_compare_by_their_exact_names() -> None:
    bulk = snapshot(section=Section.BUDGETS, budgets=[{"BudgetName": "S3"}, {"BudgetName": "s3"}])
    fresh = snapshot(NOW, Section.BUDGETS, budgets=[], absent={"budgets": ["S3"]})
    assert overlay(bulk, fresh).body(Section.BUDGETS) == {"budgets": [{"BudgetName": "s3"}]}


def test_maps_are_overlaid_name_by_name() -> None:
    section = Section.BUDGET_NOTIFICATIONS
    bulk = snapshot(section=section, notifications={"S3": ["old"], "EC2": ["kept"]})
    fresh = snapshot(NOW, section, notifications={"S3": ["new"]})
    assert overlay(bulk, fresh).body(section) == {"notifications": {"S3": ["new"], "EC2": ["kept"]}}


def test_section_says_when_it_was_read_anew_and_unreadable_wins() -> None:
    laid = overlay(snapshot(roles=[]), snapshot(NOW, roles=[]))
    assert laid.sections[Section.IAM_DETAILS] == Complete({"roles": []}, NOW)
    refused = Snapshot("111122223333", "aws", {Section.IAM_DETAILS: Unreadable("denied")})
    assert overlay(snapshot(roles=[]), refused).unread([Section.IAM_DETAILS]) == {Section.IAM_DETAILS: "denied"}


def test_facts_of_a_re_read_are_laid_over_those_of_the_bulk_read() -> None:
    section = Section.ACCESS_FINDINGS
    known = Snapshot("111122223333", "aws", {section: Complete({"findings": []}, EARLIER, {"findings": ["a"]})})
    laid = overlay(known, snapshot(NOW, section, findings=[]))
    read = laid.sections[section]
    assert isinstance(read, Complete) and read.facts == {"findings": ["a"]}
