"""Previewing a selector: who is reached, who could not be rendered, and nothing of other teams."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from access.roles import Permission, Role, actor
from access.scopes import team
from iam_templates.models import Assignment
from iam_templates.services.preview_selector import preview_selector
from tests.api.conftest import As
from tests.factories import account
from tests.iam_templates.cast import assigned, group, published

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/selector-previews"


def fleet() -> None:
    account("000000000101", tags={"pci": "yes"}, ou_path="/a", owner_team="payments")
    account("000000000102", tags={"pci": "yes"}, ou_path="/b", environment="prod")
    account("000000000103", tags={"pci": "no"}, ou_path="/b", state="suspended")
    account("000000000104", tags={"pci": "yes"}, state="left")


def asked(client: APIClient, **body: Any) -> dict[str, Any]:
    answer = client.post(ADDRESS, {"selector": "tag", "value": "pci", **body})
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_a_preview_counts_and_lists_whom_the_selector_reaches(as_: As) -> None:
    fleet()
    found = asked(as_("viewer"))
    assert (found["accounts"], found["obstacles"], found["may_assign"], found["after"]) == (3, None, False, "")
    assert found["by_environment"] == {"dev": 2, "prod": 1}
    assert found["by_ou"] == {"/b": 2, "/a": 1}
    assert found["by_state"] == {"managed": 2, "suspended": 1}
    assert [row["account_id"] for row in found["page"]] == ["000000000101", "000000000102", "000000000103"]
    assert asked(as_("operator"), value="pci=yes")["may_assign"]


def test_pages_follow_each_other_without_gap_or_repeat(as_: As) -> None:
    fleet()
    client, after, seen = as_("viewer"), {}, []
    while True:
        found = asked(client, limit=1, **after)
        seen += [row["account_id"] for row in found["page"]]
        if not found["after"]:
            break
        after = {"after": found["after"]}
    assert seen == ["000000000101", "000000000102", "000000000103"]


def test_with_a_version_it_says_who_could_not_be_rendered_and_stores_nothing(as_: As) -> None:
    fleet()
    assigned(published(content=group(path="/a/")), "environment", "prod")
    published("second", group(path="/b/"))
    found = asked(as_("viewer"), baseline="second", version=1)
    (obstacle,) = found["obstacles"]
    assert (obstacle["pointer"], obstacle["accounts"], obstacle["first"]) == (
        "/resources/iam.group/Developers/path",
        1,
        ["000000000102"],
    )
    assert asked(as_("viewer"), value="pci=no", baseline="second", version=1)["obstacles"] == []
    assert Assignment.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"selector": "planet"}, "/selector"),
        ({"value": "=x"}, "/value"),
        ({"after": "1"}, "/after"),
        ({"limit": 0}, "/limit"),
        ({"version": 1}, ""),
        ({"baseline": "first", "version": 9}, "/version"),
        ({"baseline": "first", "version": 1, "parameters": {"x": 1}}, "/parameters/x"),
        ({"baseline": "first", "version": 1, "mode": {"default": "sometimes"}}, "/mode/default"),
        ({"more": 1}, "/more"),
    ],
)
def test_what_is_wrong_is_pointed_at(as_: As, body: dict[str, Any], pointer: str) -> None:
    published()
    answer = as_("viewer").post(ADDRESS, {"selector": "tag", "value": "pci", **body})
    assert 400 <= answer.status_code < 500
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_accounts_of_other_teams_are_neither_counted_nor_named() -> None:
    fleet()
    assigned(published(content=group(path="/a/")), "environment", "prod")
    pat = actor("pat", [Role.OPERATOR], team("payments"))
    found = preview_selector(selector="tag", value="pci", actor=pat)
    assert (found.accounts, [row.pk for row in found.page], found.may_assign) == (1, ["000000000101"], False)
    own = preview_selector(selector="account", value="000000000101", actor=pat)
    assert own.may_assign and pat.may(Permission.ASSIGN)
