"""W9: groups for admins, developers and testers; who is in them is ours alone or shared; a group holds no group."""

import pytest

from tests.scenarios.firstline import READ_ONLY, Firstline
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
INLINE = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}'
BASELINE = """
resources:
  iam.group:
    Developers:
      attached_policies: [ReadOnlyAccess, IAMUserChangePassword]
      members: {include: [ann]}
    Test:
      attached_policies: [ReadOnlyAccess]
      inline_policies:
        ListBuckets:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Action: "s3:ListAllMyBuckets", Resource: "*"}]
      members: [ben]
"""


def test_groups_are_made_and_members_are_exclusive_or_shared_as_declared(firstline: Firstline) -> None:
    firstline.managed()
    firstline.keep("groups", BASELINE)
    firstline.until_in_sync(DEV)
    groups = firstline.sandbox.state(DEV)["groups"]
    assert groups["Developers"]["members"] == ["ann"] and groups["Test"]["members"] == ["ben"]
    assert groups["Test"]["attached_policies"] == [READ_ONLY] and list(groups["Test"]["inline_policies"]) == [
        "ListBuckets"
    ]
    keeps_what_is_ours_and_leaves_what_is_not(firstline)


def keeps_what_is_ours_and_leaves_what_is_not(firstline: Firstline) -> None:
    iam = firstline.sandbox.client("iam", DEV)
    for group in ("Developers", "Test"):
        iam.add_user_to_group(GroupName=group, UserName="carla")
    iam.remove_user_from_group(GroupName="Developers", UserName="ann")
    iam.put_group_policy(GroupName="Test", PolicyName="More", PolicyDocument=INLINE)
    firstline.look(DEV)
    firstline.until_in_sync(DEV)
    groups = firstline.sandbox.state(DEV)["groups"]
    assert sorted(groups["Developers"]["members"]) == ["ann", "carla"], "the list was shared: carla is left alone"
    assert groups["Test"]["members"] == ["ben"] and list(groups["Test"]["inline_policies"]) == ["ListBuckets"]


def test_a_group_in_a_group_is_refused_where_it_is_written(firstline: Firstline) -> None:
    told = firstline.refused("resources: {iam.group: {Developers: {groups: [Admins]}, Admins: {}}}")
    assert "There is no such field" in told["/resources/iam.group/Developers/groups"]
