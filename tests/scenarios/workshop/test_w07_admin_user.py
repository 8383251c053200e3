"""W7: the administrator is a user in the group Admins, behind MFA, and nobody becomes one without a second person."""

import pytest

from tests.scenarios.firstline import Firstline
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
GUARD = f"arn:aws:iam::{DEV}:policy/MfaGuard"
BASELINE = """
resources:
  iam.policy:
    MfaGuard:
      document:
        Version: "2012-10-17"
        Statement:
          - Sid: DenyWithoutMfa
            Effect: Deny
            NotAction: ["iam:EnableMFADevice", "iam:ListMFADevices", "sts:GetSessionToken"]
            Resource: "*"
            Condition: {BoolIfExists: {"aws:MultiFactorAuthPresent": "false"}}
  iam.group:
    Admins:
      attached_policies: [AdministratorAccess, MfaGuard]
      members: [dora]
  iam.user:
    dora: {groups: {include: [Admins]}, attached_policies: [], inline_policies: {}}
"""


def test_an_administrator_is_made_after_a_second_person_agreed_and_kept_the_only_one(firstline: Firstline) -> None:
    firstline.managed()
    firstline.keep("administrators", BASELINE)
    plan = firstline.waiting_plan(DEV)
    assert "admin_grant" in plan["reasons"]
    for name in ("ann", "olga"):
        assert firstline.decide(name, plan, status=403)["code"] == "not_allowed"
    assert "Admins" not in firstline.sandbox.state(DEV)["groups"]
    firstline.at_rest(DEV)
    firstline.decide("paula", firstline.waiting_plan(DEV))
    firstline.until_in_sync(DEV)
    admins = firstline.sandbox.state(DEV)["groups"]["Admins"]
    assert (admins["members"], sorted(admins["attached_policies"])) == (["dora"], sorted([ADMIN, GUARD]))
    nobody_else_stays_one(firstline)


def nobody_else_stays_one(firstline: Firstline) -> None:
    firstline.sandbox.client("iam", DEV).add_user_to_group(GroupName="Admins", UserName="ben")
    firstline.sandbox.client("iam", DEV).attach_user_policy(UserName="dora", PolicyArn=ADMIN)
    firstline.look(DEV)
    seen = {row["path"]: row["type"] for row in firstline.rows("drift", account=DEV) if row["type"] == "extra"}
    assert seen == {"members[ben]": "extra", f"attached_policies[{ADMIN}]": "extra"}
    firstline.until_in_sync(DEV)
    state = firstline.sandbox.state(DEV)
    assert state["groups"]["Admins"]["members"] == ["dora"] and state["users"]["dora"]["attached_policies"] == []
