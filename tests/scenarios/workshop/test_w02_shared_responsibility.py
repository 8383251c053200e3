"""W2: shared responsibility. Every drift says whose it is, why, and where a person reads what to do."""

import pytest

from tests.architecture.sources import ROOT
from tests.scenarios.firstline import Firstline
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
BASELINE = """
resources:
  iam.group:
    Auditors: {attached_policies: [ReadOnlyAccess], members: {include: [nobody]}}
  iam.user:
    ann: {console_access: expected, password_reset_required: true}
    ben: {console_access: forbidden}
  iam.mfa:
    "*": {required: any}
  billing_access: {activated: true}
"""


def test_each_drift_says_whose_it_is_and_a_persons_leads_to_a_runbook(firstline: Firstline) -> None:
    firstline.sandbox.client("iam", DEV).create_login_profile(UserName="ben", Password="Sandbox-1!")
    firstline.sandbox.client("iam", DEV).create_group(GroupName="Auditors")
    firstline.managed()
    firstline.keep("responsibility", BASELINE, mode="observe")
    firstline.until(lambda: firstline.verdict(DEV) == ("drifted", "open_drift"), "drift to be seen")
    assert whose(firstline) == {
        "iam.group/Auditors attached_policies[arn:aws:iam::aws:policy/ReadOnlyAccess]": ("firstline", ""),
        "iam.group/Auditors members[nobody]": ("person", "user_does_not_exist"),
        "iam.user/ann console_access": ("person", "first_password"),
        "iam.user/ben console_access": ("firstline", ""),
        "iam.mfa/* required[ben]": ("person", "mfa_not_enrolled"),
        "billing_access/account": ("person", "not_attested"),
    }
    assert firstline.writes(DEV) == []
    closes_by_itself_once_a_person_has_acted(firstline)


def closes_by_itself_once_a_person_has_acted(firstline: Firstline) -> None:
    iam = firstline.sandbox.client("iam", DEV)
    iam.create_login_profile(UserName="ann", Password="Sandbox-1!")
    iam.delete_login_profile(UserName="ben")
    firstline.look(DEV)
    seen = whose(firstline)
    assert seen["iam.user/ann password_reset_required"] == ("person", "first_password_in_force")
    assert seen["iam.mfa/* required[ann]"] == ("person", "mfa_not_enrolled")
    assert not {"iam.user/ann console_access", "iam.user/ben console_access"} & set(seen)
    firstline.sandbox.sign_in(DEV, "ann", changes_password=True)
    firstline.look(DEV)
    assert "iam.user/ann password_reset_required" not in whose(firstline)


def test_a_password_that_must_not_be_is_taken_away_by_an_approved_plan(firstline: Firstline) -> None:
    firstline.sandbox.client("iam", DEV).create_login_profile(UserName="ben", Password="Sandbox-1!")
    firstline.managed()
    firstline.keep("no-passwords", "resources: {iam.user: {ben: {console_access: forbidden}}}")
    plan = firstline.waiting_plan(DEV)
    assert "removes_password" in plan["reasons"]
    firstline.decide("paula", plan)
    firstline.until_in_sync(DEV)
    assert firstline.writes(DEV) == ["DeleteLoginProfile"]
    assert firstline.sandbox.state(DEV)["users"]["ben"]["console"] is False


def whose(firstline: Firstline) -> dict[str, tuple[str, str]]:
    """What is open -> who has to act, and why; who must act is told where to read what to do."""
    found = {}
    for row in firstline.rows("drift", account=DEV, state="open"):
        told = firstline.get(f"drift/{row['id']}")["responsibility"]
        page = told["runbook"].partition("#")[0]
        assert (told["who"] == "person") == bool(page) and row["runbook"] == told["runbook"]
        assert not page or (ROOT / page).is_file()
        found[f"{row['kind']}/{row['name']} {row['path']}".strip()] = (told["who"], told["reason"])
    return found
