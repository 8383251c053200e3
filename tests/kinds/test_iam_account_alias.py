"""The account's alias: 0 or 1, and the sign-in address goes with it."""

import pytest

from provisioning.aws.classify import Request, classify
from provisioning.core.errors import ErrorClass
from provisioning.core.snapshot import Snapshot
from provisioning.kinds.iam_account_alias import AccountAliasKind
from tests.aws.test_classify import answered
from tests.kinds.account_model import assessed, change, paths, snapshot
from tests.kinds.reconcile import refusals

KIND, NAME = AccountAliasKind(), "iam.account_alias"


def alias(*names: str) -> Snapshot:
    return snapshot(account_alias={"aliases": [{"name": "account", "alias": name} for name in names]})


def test_a_first_alias_is_created_without_risk() -> None:
    assert change(assessed(NAME, "account", {"alias": "shop-dev"}, alias())) == (
        "create",
        [("CreateAccountAlias", {"AccountAlias": "shop-dev"})],
        (),
    )


def test_replacing_one_is_a_single_call_and_a_risk_because_the_old_address_dies() -> None:
    action, calls, reasons = change(assessed(NAME, "account", {"alias": "shop-dev"}, alias("old"), owned=True))
    assert (action, calls) == ("update", [("CreateAccountAlias", {"AccountAlias": "shop-dev"})])
    assert reasons == ("sign_in_address_dies",)


def test_putting_back_what_was_applied_is_no_risk() -> None:
    wanted = {"alias": "shop-dev"}
    assert change(assessed(NAME, "account", wanted, alias("other"), applied=wanted))[2] == ()


def test_null_takes_it_away_at_risk() -> None:
    assert change(assessed(NAME, "account", {"alias": None}, alias("old"), owned=True))[1:] == (
        [("DeleteAccountAlias", {"AccountAlias": "old"})],
        ("sign_in_address_dies",),
    )
    assert paths(assessed(NAME, "account", {"alias": None}, alias())) == {}


@pytest.mark.parametrize("wrong", ["Ab", "ab", "a--b", "-ab", "ab-", "1" * 12, "a" * 64, "a b c"])
def test_what_aws_would_refuse_is_refused(wrong: str) -> None:
    assert set(refusals(KIND, "account", {"alias": wrong})) == {"/alias"}


def test_an_alias_of_another_customer_is_not_tried_again_and_the_reason_says_so() -> None:
    error = classify(answered("EntityAlreadyExists", 409), Request("iam", "CreateAccountAlias", writes=True))
    assert error.error_class is ErrorClass.INVALID and "another customer" in error.message
