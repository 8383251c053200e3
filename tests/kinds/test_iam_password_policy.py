"""The password policy: absent is a value, every field is always sent, and what may lock people out waits."""

from typing import Any

import pytest

from provisioning.core.snapshot import Snapshot
from provisioning.kinds.iam_password_policy import PasswordPolicyKind
from tests.kinds.account_model import assessed, change, paths, snapshot
from tests.kinds.reconcile import refusals

KIND, NAME = PasswordPolicyKind(), "iam.password_policy"
STORED = {
    "MinimumPasswordLength": 10,
    "RequireSymbols": False,
    "RequireNumbers": True,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "AllowUsersToChangePassword": True,
    "HardExpiry": False,
    "PasswordReusePrevention": 5,
    "PasswordPhrases": True,
}


def policy(**members: Any) -> Snapshot:
    return snapshot(password_policy={"policies": [{"name": "account", **STORED, **members}]})


NONE = snapshot(password_policy={"policies": []})


def looked(declared: dict[str, Any], there: Snapshot, applied: dict[str, Any] | None = None) -> Any:
    return assessed(NAME, "account", declared, there, applied, owned=True)


def test_an_update_sends_every_field_those_without_a_name_of_ours_among_them() -> None:
    _, calls, _ = change(looked({"minimum_length": 14}, policy()))
    assert calls == [("UpdateAccountPasswordPolicy", {**STORED, "MinimumPasswordLength": 14})]


def test_null_leaves_a_number_out_because_aws_refuses_0() -> None:
    _, ((_, sent),), _ = change(looked({"remember": None}, policy()))
    assert "PasswordReusePrevention" not in sent and sent["MinimumPasswordLength"] == 10


def test_a_number_that_aws_shows_as_0_is_off() -> None:
    assert paths(looked({"max_age_days": None}, policy(MaxPasswordAge=0))) == {}


def test_the_first_policy_is_created_and_no_weaker_than_none_where_nothing_is_declared() -> None:
    action, ((_, sent),), _ = change(assessed(NAME, "account", {"require_symbols": True}, NONE))
    assert action == "create"
    assert (sent["MinimumPasswordLength"], sent["RequireNumbers"], sent["RequireSymbols"]) == (8, True, True)


def test_a_policy_that_somebody_else_made_is_adopted() -> None:
    action, _, reasons = change(assessed(NAME, "account", {"minimum_length": 14}, policy()))
    assert (action, reasons) == ("adopt", ("not_owned",))


def test_absent_deletes_it_at_high_risk_and_is_no_drift_once_it_is_gone() -> None:
    assert change(looked({"absent": True}, policy())) == (
        "update",
        [("DeleteAccountPasswordPolicy", {})],
        ("weaker_passwords",),
    )
    assert paths(looked({"absent": True}, NONE)) == {}


def test_declared_fields_of_an_absent_policy_are_drift() -> None:
    assert paths(looked({"max_age_days": None}, NONE)) == {"absent": "auto"}


@pytest.mark.parametrize(
    ("declared", "applied", "reasons"),
    [
        ({"max_age_days": 90}, None, ("may_lock_out",)),
        ({"max_age_days": 90}, {"max_age_days": 90}, ()),
        ({"max_age_days": 60}, {"max_age_days": 90}, ("may_lock_out",)),
        ({"max_age_days": 120}, {"max_age_days": 90}, ()),
        ({"hard_expiry": True}, None, ("may_lock_out",)),
        ({"minimum_length": 8}, None, ("weaker_passwords",)),
        ({"minimum_length": 8}, {"minimum_length": 8}, ()),
    ],
)
def test_what_may_lock_out_or_weakens_is_high_risk_unless_it_was_applied_before(
    declared: dict[str, Any], applied: dict[str, Any] | None, reasons: tuple[str, ...]
) -> None:
    assert change(looked(declared, policy(), applied))[2] == reasons


@pytest.mark.parametrize(
    ("declared", "pointers"),
    [
        ({}, {""}),
        ({"absent": False}, {"/absent"}),
        ({"absent": True, "minimum_length": 8}, {"/absent"}),
        ({"minimum_length": 5, "remember": 25, "max_age_days": 0}, {"/minimum_length", "/remember", "/max_age_days"}),
    ],
)
def test_what_aws_would_refuse_is_refused(declared: dict[str, Any], pointers: set[str]) -> None:
    assert set(refusals(KIND, "account", declared)) == pointers
