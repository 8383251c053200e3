"""W5: MFA of root and of everybody with a console password, its types told apart; what is amiss is a person's to do."""

import pytest

from tests.scenarios.firstline import Firstline
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
BASELINE = """
resources:
  iam.mfa:
    "*": {required: any}
    ben: {required: [hardware, passkey]}
    "<root_account>": {required: any}
"""
CODES = {"AuthenticationCode1": "123456", "AuthenticationCode2": "234567"}


def test_whoever_signs_in_without_the_required_mfa_is_named_until_they_enrol(firstline: Firstline) -> None:
    given_passwords(firstline, "ann", "ben")
    enrols_virtual(firstline, "ben")
    firstline.sandbox.set_root_mfa(DEV, enabled=False)
    firstline.managed()
    firstline.keep("mfa", BASELINE)
    firstline.until(lambda: firstline.verdict(DEV) == ("attention", "needs_a_person"), "a person to be asked for")
    assert told(firstline) == {
        ("*", "required[ann]"): ("mfa_not_enrolled", [], "docs/runbooks/mfa.md#not-enrolled"),
        ("ben", "required[ben]"): ("mfa_wrong_type", ["virtual"], "docs/runbooks/mfa.md#wrong-type"),
        ("<root_account>", "required[<root_account>]"): ("root_without_mfa", [], "docs/runbooks/mfa.md#root"),
    }
    enrols_virtual(firstline, "ann")
    assert firstline.sandbox.register_passkey(DEV, "ben").startswith(f"arn:aws:iam::{DEV}:u2f/user/ben/")
    firstline.sandbox.set_root_mfa(DEV, enabled=True)
    firstline.look(DEV)
    assert (firstline.verdict(DEV), told(firstline)) == (("in_sync", ""), {})
    assert firstline.writes(DEV) == [] and firstline.rows("plans", account=DEV) == []
    keeps_an_eye_on_who_gets_a_password_later(firstline)


def keeps_an_eye_on_who_gets_a_password_later(firstline: Firstline) -> None:
    given_passwords(firstline, "carla")
    firstline.look(DEV)
    assert set(told(firstline)) == {("*", "required[carla]")}
    firstline.sandbox.client("iam", DEV).delete_login_profile(UserName="carla")
    firstline.look(DEV)
    assert told(firstline) == {} and firstline.verdict(DEV) == ("in_sync", "")


def test_what_can_not_be_read_is_unknown_and_never_taken_for_no_device(firstline: Firstline) -> None:
    given_passwords(firstline, "ann")
    firstline.managed()
    firstline.sandbox.fault("error", account=DEV, service="iam", operation="ListMFADevices", code="AccessDenied")
    firstline.keep("mfa", BASELINE)
    firstline.until(lambda: firstline.verdict(DEV)[0] == "unknown" and firstline.look(DEV), "a look that could not see")
    assert firstline.verdict(DEV) == ("unknown", "denied") and told(firstline) == {}


def test_types_of_roots_further_devices_are_not_guessed(firstline: Firstline) -> None:
    firstline.sandbox.set_root_mfa(DEV, enabled=True, device="passkey")
    firstline.managed()
    firstline.keep("root", 'resources: {iam.mfa: {"<root_account>": {required: [passkey]}}}')
    firstline.until(lambda: firstline.verdict(DEV)[0] == "attention", "a person to be asked for")
    reason = ("root_mfa_wrong_type", ["hardware or passkey"], "docs/runbooks/mfa.md#root")
    assert [*told(firstline).values()] == [reason]
    firstline.keep("root", 'resources: {iam.mfa: {"<root_account>": {required: [hardware, passkey]}}}')
    firstline.until_in_sync(DEV)


def told(firstline: Firstline) -> dict[tuple[str, str], tuple[str, list[str], str]]:
    """Item and path -> reason, devices seen, runbook of what is open; all of it is a person's."""
    open_ones = [firstline.get(f"drift/{row['id']}") for row in firstline.rows("drift", account=DEV, state="open")]
    assert {one["responsibility"]["who"] for one in open_ones} <= {"person"}
    return {
        (one["name"], one["path"]): (one["reason"], one["observed"]["devices"], one["responsibility"]["runbook"])
        for one in open_ones
    }


def given_passwords(firstline: Firstline, *users: str) -> None:
    for user in users:
        firstline.sandbox.client("iam", DEV).create_login_profile(UserName=user, Password="Sandbox-1!")


def enrols_virtual(firstline: Firstline, user: str) -> None:
    iam = firstline.sandbox.client("iam", DEV)
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName=user)["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(UserName=user, SerialNumber=serial, **CODES)
