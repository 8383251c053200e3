"""The demo's own judgement of what people did: right states pass, and each thing that can go wrong is seen."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from sandbox.client import Sandbox, SandboxError
from sandbox.demo.expected_people import answers_check, found_check, people_checks

TEST = "222222222222"
State = dict[str, Any]
GUARD = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "NotAction": "iam:ChangePassword",
            "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        }
    ],
}
ACCOUNT = {
    "id": TEST,
    "name": "workloads-test",
    "ou": "/workloads/test",
    "environment": "test",
    "users": {"ann": {"attached_policies": ["AdministratorAccess", "MfaGuard"]}, "carla": {"console": True}},
    "policies": {"MfaGuard": {"versions": [GUARD]}},
}
CODES = {"AuthenticationCode1": "123456", "AuthenticationCode2": "234567"}


@pytest.fixture(scope="module")
def done(sandbox_server: Sandbox) -> tuple[State, State]:
    """Before, and after everybody did their part."""
    sandbox_server.organisation(accounts=[ACCOUNT])
    before, iam = sandbox_server.state(TEST), sandbox_server.client("iam", TEST)
    iam.create_login_profile(UserName="ann", Password="Handed-over-1!", PasswordResetRequired=True)
    with pytest.raises(SandboxError, match="not the password of ann"):
        sandbox_server.sign_in(TEST, "ann", password="guessed", changes_password=True)
    sandbox_server.sign_in(TEST, "ann", password="Handed-over-1!", changes_password=True)
    for user in ("ann", "carla"):
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName=user)["VirtualMFADevice"]
        iam.enable_mfa_device(UserName=user, SerialNumber=device["SerialNumber"], **CODES)
    return before, sandbox_server.state(TEST)


def wrong(before: State, after: State) -> list[str]:
    return [check.text for check in people_checks(before, after) if check.wrong]


def test_people_who_did_their_part_pass(done: tuple[State, State]) -> None:
    assert wrong(*done) == []


SABOTAGE: dict[str, tuple[str, Callable[[State], Any]]] = {
    "no password": ("password of their own", lambda state: state["users"]["ann"].update(console=False)),
    "not changed": ("password of their own", lambda state: state["users"]["ann"].update(password_to_change=True)),
    "no device": ("has MFA", lambda state: state["users"]["carla"]["mfa_devices"].clear()),
    "a key": ("nothing else", lambda state: state["users"]["ann"]["access_keys"].update(AKIAX="Active")),
    "somebody else's password": (
        "nothing else",
        lambda state: state["users"]["carla"].update(password_to_change=False),
    ),
    "somebody new": ("nothing else", lambda state: state["users"].update(eve=state["users"]["ann"])),
    "another group": ("nothing else", lambda state: state["groups"].update(Ops={})),
}


@pytest.mark.parametrize("what", SABOTAGE)
def test_what_is_wrong_is_seen(done: tuple[State, State], what: str) -> None:
    (expected, spoil), spoilt = SABOTAGE[what], deepcopy(done[1])
    spoil(spoilt)
    assert [text for text in wrong(done[0], spoilt) if expected in text], wrong(done[0], spoilt)


def test_answers_are_held_against_the_simulators(sandbox_server: Sandbox, done: tuple[State, State]) -> None:
    right = {"ec2:RunInstances": "denied", "iam:ChangePassword": "allowed"}
    assert not answers_check(sandbox_server, TEST, right).wrong
    for answers in ({}, {**right, "ec2:RunInstances": "allowed"}, {**right, "iam:ChangePassword": "cannot_tell"}):
        assert answers_check(sandbox_server, TEST, answers).wrong


def test_every_account_must_be_found_where_it_is(sandbox_server: Sandbox, done: tuple[State, State]) -> None:
    there = sandbox_server.organisation()
    found = {
        one["id"]: {"name": one["name"], "ou_path": one["ou"], "environment": one["environment"]}
        for one in there["accounts"]
    }
    assert not found_check(there, found).wrong
    assert found_check(there, {**found, TEST: {**found[TEST], "ou_path": "/"}}).wrong
    assert found_check(there, {key: row for key, row in found.items() if key != TEST}).wrong
    assert found_check(there, {**found, "444455556666": found[TEST]}).wrong
