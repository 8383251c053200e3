"""Assignment by tag: accounts follow their tags, conflicts are found, and the question uses the index."""

import pytest
from django.db import connection

from access.roles import Role, actor
from access.scopes import team
from accounts.models import Account
from accounts.services.update_account import update_account
from iam_templates.models import Assignment
from iam_templates.reach import accounts_reached
from iam_templates.rights import visible_assignments
from iam_templates.services.end_assignment import end_assignment
from iam_templates.services.render_stale import render_stale
from provisioning.core.desired import DesiredAccount
from provisioning.core.errors import NotAllowedError, NotFoundError
from provisioning.core.merge import MergeConflictError
from provisioning.models import DesiredHead
from tests.factories import account
from tests.iam_templates.cast import assigned, group, published

pytestmark = pytest.mark.django_db
RITA = actor("rita", [Role.OPERATOR])


def names(of: Account) -> list[str]:
    state = DesiredHead.objects.get(pk=of.pk).current
    assert state is not None
    return [item.name for item in DesiredAccount.from_plain(state.data).items]


def test_an_account_whose_tags_change_is_rendered_anew() -> None:
    one = account(tags={"data": "cards"})
    assigned(published(), "tag", "data=cards")
    assert names(one) == ["Developers"]
    update_account(account_id=one.pk, changes={"tags": {"data": "public"}}, actor=RITA)
    assert render_stale() == 1
    assert names(one) == []
    update_account(account_id=one.pk, changes={"tags": {"data": "cards", "more": ""}}, actor=RITA)
    assert render_stale() == 1
    assert names(one) == ["Developers"]


def test_a_conflict_between_a_tag_and_an_environment_names_the_account() -> None:
    one, _ = account(tags={"pci": ""}), account()
    assigned(published(content=group(path="/a/")))
    second = published("second", group(path="/b/"))
    with pytest.raises(MergeConflictError) as refused:
        assigned(second, "tag", "pci")
    assert [f"(account {one.pk})" in reason.message for reason in refused.value.reasons] == [True]


@pytest.mark.parametrize(
    ("value", "seen"),
    [("pci", True), ("pci=", True), ("pci=x", False), ("other", False), ("other=1", False), ("a=b=c", True)],
)
def test_an_assignment_by_tag_shows_to_those_who_see_one_of_its_accounts(value: str, seen: bool) -> None:
    account(tags={"pci": "", "a": "b=c"}, owner_team="payments")
    account(tags={"other": "1", "pci": "x"}, owner_team="shop")
    row = assigned(published(), "tag", value)
    reader = actor("pat", [Role.OPERATOR], team("payments"))
    assert visible_assignments(Assignment.objects.all(), reader).filter(pk=row.pk).exists() == seen
    with pytest.raises(NotAllowedError if seen else NotFoundError):
        end_assignment(assignment_id=row.pk, actor=reader)


@pytest.mark.parametrize("value", ["pci=yes", "rare"])
def test_accounts_with_a_tag_are_found_by_the_index(value: str) -> None:
    rows = [
        Account(account_id=f"{n:012d}", name=f"n{n}", environment="dev", registered_by="x", tags={"pci": f"v{n}"})
        for n in range(2000, 5000)
    ]
    Account.objects.bulk_create(rows)
    account(tags={"pci": "yes", "rare": "1"})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_account")
    found = accounts_reached("tag", value)
    assert found.count() == 1
    assert "account_tags" in found.order_by().explain()
