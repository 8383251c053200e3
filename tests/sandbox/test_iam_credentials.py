"""Access keys and MFA devices as AWS has them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.sandbox.conftest import ACCOUNT, OTHER
from tests.sandbox.refusals import refused

CODES = {"AuthenticationCode1": "123456", "AuthenticationCode2": "234567"}


def new_key(iam: Any) -> str:
    return str(iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"])


def test_a_user_has_two_keys_at_most(iam: Any) -> None:
    new_key(iam), new_key(iam)
    with refused("LimitExceeded"):
        iam.create_access_key(UserName="ann")


def test_an_inactive_key_does_not_work_until_it_is_active_again(sandbox: Sandbox, iam: Any) -> None:
    made = iam.create_access_key(UserName="ann")["AccessKey"]
    mine = sandbox.client_with(
        "sts", {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}
    )
    assert mine.get_caller_identity()["Arn"].endswith("user/ann")
    iam.update_access_key(UserName="ann", AccessKeyId=made["AccessKeyId"], Status="Inactive")
    with refused("InvalidClientTokenId"):
        mine.get_caller_identity()
    iam.update_access_key(UserName="ann", AccessKeyId=made["AccessKeyId"], Status="Active")
    assert mine.get_caller_identity()["Account"] == ACCOUNT


def test_a_key_that_was_never_used_says_so(sandbox: Sandbox, iam: Any) -> None:
    key = new_key(iam)
    used = iam.get_access_key_last_used(AccessKeyId=key)
    assert (used["UserName"], "LastUsedDate" in used["AccessKeyLastUsed"]) == ("ann", False)
    assert used["AccessKeyLastUsed"]["ServiceName"] == used["AccessKeyLastUsed"]["Region"] == "N/A"
    sandbox.age_key(ACCOUNT, key, last_used_at="2026-01-02T03:04:05+00:00")
    assert iam.get_access_key_last_used(AccessKeyId=key)["AccessKeyLastUsed"]["LastUsedDate"].year == 2026


def test_keys_of_other_accounts_and_of_nobody_are_alike(sandbox: Sandbox, iam: Any) -> None:
    for key in (new_key(iam), "AKIAIOSFODNN7EXAMPLE"):
        with refused("AccessDenied"):
            sandbox.client("iam", OTHER).get_access_key_last_used(AccessKeyId=key)


def test_a_deleted_key_is_gone(iam: Any) -> None:
    key = new_key(iam)
    iam.delete_access_key(UserName="ann", AccessKeyId=key)
    assert iam.list_access_keys(UserName="ann")["AccessKeyMetadata"] == []
    with refused("NoSuchEntity"):
        iam.update_access_key(UserName="ann", AccessKeyId=key, Status="Inactive")


def test_a_virtual_device_is_created_enabled_and_can_not_be_deleted_meanwhile(iam: Any) -> None:
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="ann")["VirtualMFADevice"]["SerialNumber"]
    assert serial == f"arn:aws:iam::{ACCOUNT}:mfa/ann"
    iam.enable_mfa_device(UserName="ann", SerialNumber=serial, **CODES)
    with refused("DeleteConflict"):
        iam.delete_virtual_mfa_device(SerialNumber=serial)
    assert [one["SerialNumber"] for one in iam.list_mfa_devices(UserName="ann")["MFADevices"]] == [serial]
    iam.deactivate_mfa_device(UserName="ann", SerialNumber=serial)
    iam.delete_virtual_mfa_device(SerialNumber=serial)


def test_a_virtual_device_must_exist_and_serves_one_user(iam: Any) -> None:
    with refused("NoSuchEntity"):
        iam.enable_mfa_device(UserName="ann", SerialNumber=f"arn:aws:iam::{ACCOUNT}:mfa/ann", **CODES)
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="x")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(UserName="ann", SerialNumber=serial, **CODES)
    with refused("EntityAlreadyExists"):
        iam.enable_mfa_device(UserName="ben", SerialNumber=serial, **CODES)


def test_a_user_has_eight_devices_at_most(sandbox: Sandbox, iam: Any) -> None:
    for _ in range(8):
        sandbox.register_passkey(ACCOUNT, "ann")
    with refused("LimitExceeded"):
        iam.enable_mfa_device(UserName="ann", SerialNumber="GAHT12345678", **CODES)


def test_the_list_of_virtual_devices_holds_neither_passkeys_nor_tokens(sandbox: Sandbox, iam: Any) -> None:
    sandbox.register_passkey(ACCOUNT, "ann")
    iam.enable_mfa_device(UserName="ann", SerialNumber="GAHT12345678", **CODES)
    assert len(iam.list_mfa_devices(UserName="ann")["MFADevices"]) == 2
    listed = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert [one["SerialNumber"] for one in listed] == [f"arn:aws:iam::{ACCOUNT}:mfa/root-account-mfa-device"]
    assert iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"] == []


@pytest.mark.parametrize("changes", [True, False])
def test_signing_in_is_seen_and_a_forced_change_is_over_once_it_is_made(
    sandbox: Sandbox, iam: Any, changes: bool
) -> None:
    iam.create_login_profile(UserName="ann", Password="Sandbox-1!", PasswordResetRequired=True)
    assert "PasswordLastUsed" not in iam.get_user(UserName="ann")["User"]
    sandbox.sign_in(ACCOUNT, "ann", changes_password=changes)
    profile = iam.get_login_profile(UserName="ann")["LoginProfile"]
    assert iam.get_user(UserName="ann")["User"]["PasswordLastUsed"] >= profile["CreateDate"]
    assert profile["PasswordResetRequired"] is not changes
