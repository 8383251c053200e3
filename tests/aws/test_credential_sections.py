"""What people sign in with, read over HTTP: of those asked for, one by one, to the last page, and never guessed."""

from typing import Any

import pytest

from provisioning.aws.reading import read_sections
from provisioning.core.role_policies import SECTION_ACTIONS
from provisioning.core.session_policy import LOOK_POLICY
from provisioning.core.snapshot import Complete, Section, Snapshot, Unreadable
from sandbox.actions import needed_actions
from sandbox.call import Call as Sent
from sandbox.client import Sandbox
from sandbox.organisation.content import owner
from tests.aws.conftest import ACCOUNT, Enter

OF_PEOPLE = (
    *(Section.LOGIN_PROFILES, Section.PASSWORD_USE, Section.ACCESS_KEYS, Section.ACCESS_KEY_USE),
    *(Section.USER_MFA, Section.ROOT_MFA),
)
CODES = {"AuthenticationCode1": "123456", "AuthenticationCode2": "234567"}
ANN = frozenset({"ann"})


@pytest.fixture
def sandbox_with_people(look: Enter, organisation: Sandbox, become: Any) -> Sandbox:
    """Ann signs in, with a virtual device, a token and a passkey, and has two keys; ben does none of it."""
    iam = organisation.client("iam", ACCOUNT)
    iam.create_login_profile(UserName="ann", Password="Sandbox-1!")
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="ann")["VirtualMFADevice"]["SerialNumber"]
    for one in (serial, "GAHT12345678"):
        iam.enable_mfa_device(UserName="ann", SerialNumber=one, **CODES)
    organisation.register_passkey(ACCOUNT, "ann")
    first, second = (iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"] for _ in range(2))
    organisation.age_key(ACCOUNT, first, "2026-01-01T00:00:00+00:00", "2026-02-01T00:00:00+00:00")
    iam.update_access_key(UserName="ann", AccessKeyId=second, Status="Inactive")
    become("look")
    organisation.clear_calls()
    return organisation


def read(look: Enter, asked: dict[Section, frozenset[str]], *others: Section) -> tuple[Snapshot, dict[str, Any]]:
    with look(session_policy=LOOK_POLICY) as session:
        return read_sections(session, {*asked, *others}, asked)


def counted(sandbox: Sandbox) -> dict[str, int]:
    found: dict[str, int] = {}
    for call in sandbox.calls(ACCOUNT):
        found[call["operation"]] = found.get(call["operation"], 0) + 1
    return {
        name: number for name, number in found.items() if name not in ("AssumeRole", "GetAccountAuthorizationDetails")
    }


@pytest.mark.parametrize("section", OF_PEOPLE)
def test_section_takes_the_actions_that_the_look_role_is_given_for_it(
    look: Enter, sandbox_with_people: Sandbox, section: Section
) -> None:
    asked = {section: ANN}
    with look() as session:
        sandbox_with_people.clear_calls()
        snapshot, _ = read_sections(session, {section}, asked)
    assert isinstance(snapshot.sections[section], Complete)
    calls = sandbox_with_people.calls(ACCOUNT)
    sent = [Sent(call["service"], call["operation"], {}, principal=owner(ACCOUNT)) for call in calls]
    assert {needed.action for call in sent for needed in needed_actions(call)} == SECTION_ACTIONS[section]


def test_devices_of_every_type_are_listed_of_whoever_signs_in(look: Enter, sandbox_with_people: Sandbox) -> None:
    snapshot, _ = read(look, {Section.USER_MFA: frozenset({"*"})})
    ann, ben = snapshot.body(Section.USER_MFA)["user_mfa"]
    assert ann["devices"] == [
        "GAHT12345678",
        f"arn:aws:iam::{ACCOUNT}:mfa/ann",
        f"arn:aws:iam::{ACCOUNT}:u2f/user/ann/passkey3-EXAMPLE",
    ]
    assert ben == {"name": "ben", "has_password": False, "devices": []}
    assert counted(sandbox_with_people) == {"GetLoginProfile": 2, "ListMFADevices": 1}


def test_only_users_that_are_asked_for_and_exist_are_read(look: Enter, sandbox_with_people: Sandbox) -> None:
    snapshot, _ = read(look, {Section.ACCESS_KEYS: frozenset({"ann", "nobody"}), Section.LOGIN_PROFILES: ANN})
    assert [row["name"] for row in snapshot.body(Section.ACCESS_KEYS)["access_keys"]] == ["ann"]
    assert counted(sandbox_with_people) == {"ListAccessKeys": 1, "GetLoginProfile": 1}


def test_a_login_profile_is_asked_for_once_whoever_needs_it(look: Enter, sandbox_with_people: Sandbox) -> None:
    read(look, {Section.LOGIN_PROFILES: ANN, Section.PASSWORD_USE: ANN, Section.USER_MFA: ANN})
    assert counted(sandbox_with_people) == {"GetLoginProfile": 1, "ListMFADevices": 1, "GetUser": 1}


def test_use_of_keys_and_passwords_is_in_the_facts_and_in_no_hash(look: Enter, sandbox_with_people: Sandbox) -> None:
    asked = dict.fromkeys((Section.ACCESS_KEYS, Section.ACCESS_KEY_USE, Section.PASSWORD_USE), ANN)
    before, facts = read(look, asked)
    (old, new) = (key["id"] for key in before.body(Section.ACCESS_KEYS)["access_keys"][0]["keys"])
    assert facts["iam.access_key_use"] == {old: "2026-02-01T00:00:00+00:00", new: ""}
    assert facts["iam.password_use"] == {"ann": ""}
    sandbox_with_people.age_key(ACCOUNT, old, last_used_at="2026-03-01T00:00:00+00:00")
    sandbox_with_people.sign_in(ACCOUNT, "ann")
    after, facts = read(look, asked)
    assert facts["iam.access_key_use"][old] == "2026-03-01T00:00:00+00:00" and facts["iam.password_use"]["ann"]
    assert [part.hash for part in _complete(before)] == [part.hash for part in _complete(after)]


def _complete(snapshot: Snapshot) -> list[Complete]:
    return [part for part in snapshot.sections.values() if isinstance(part, Complete)]


def test_every_page_is_read(look: Enter, sandbox_with_people: Sandbox) -> None:
    whole, _ = read(look, {Section.ACCESS_KEYS: ANN, Section.USER_MFA: ANN}, Section.ROOT_MFA)
    sandbox_with_people.limit_pages(1)
    paged, _ = read(look, {Section.ACCESS_KEYS: ANN, Section.USER_MFA: ANN}, Section.ROOT_MFA)
    assert [part.hash for part in _complete(whole)] == [part.hash for part in _complete(paged)]


@pytest.mark.parametrize(
    ("enabled", "device", "seen"),
    [(True, "virtual", (True, 1)), (True, "hardware", (True, 0)), (False, "virtual", (False, 0))],
)
def test_root_has_a_virtual_device_or_another_or_none(
    look: Enter, sandbox_with_people: Sandbox, enabled: bool, device: str, seen: tuple[bool, int]
) -> None:
    sandbox_with_people.set_root_mfa(ACCOUNT, enabled, device)
    snapshot, _ = read(look, {}, Section.ROOT_MFA)
    root = snapshot.body(Section.ROOT_MFA)["root_mfa"]
    assert (root["enabled"], len(root["virtual"])) == seen


@pytest.mark.parametrize(
    ("operation", "section"),
    [
        ("GetLoginProfile", Section.LOGIN_PROFILES),
        ("GetAccountAuthorizationDetails", Section.LOGIN_PROFILES),
        ("ListMFADevices", Section.USER_MFA),
        ("GetAccountSummary", Section.ROOT_MFA),
        ("ListAccessKeys", Section.ACCESS_KEY_USE),
    ],
)
def test_what_is_denied_is_unreadable_and_not_absent(
    look: Enter, sandbox_with_people: Sandbox, operation: str, section: Section
) -> None:
    sandbox_with_people.fault("error", account=ACCOUNT, operation=operation, code="AccessDenied", status=403)
    snapshot, _ = read(look, {section: ANN})
    assert snapshot.sections[section] == Unreadable("denied")
