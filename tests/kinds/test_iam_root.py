"""The root user: observed by the account's summary, and left to the person who holds it."""

from typing import Any

from provisioning.core.snapshot import Snapshot
from provisioning.kinds.iam_root import RootKind
from tests.kinds.account_model import assessed, paths, snapshot
from tests.kinds.reconcile import refusals

WANTED = {"mfa": True, "access_keys": False, "signing_certificates": False}
GOOD = {"AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0, "AccountSigningCertificatesPresent": 0}


def root(**counts: int) -> Snapshot:
    return snapshot(iam_summary={"quotas": {}, "counts": {**GOOD, **counts}})


def test_a_root_user_with_mfa_and_without_keys_is_as_declared() -> None:
    assert paths(assessed("iam.root", "root", WANTED, root())) == {}


def test_each_fault_is_a_persons_and_nothing_is_ever_planned() -> None:
    found = assessed("iam.root", "root", WANTED, root(AccountMFAEnabled=0, AccountAccessKeysPresent=1))
    assert paths(found) == {"mfa": "person root_user", "access_keys": "person root_user"}
    assert [item.change for item in found.items] == [None]


def test_what_aws_does_not_say_is_not_taken_for_fine() -> None:
    there = snapshot(iam_summary={"quotas": {}, "counts": {}})
    assert set(paths(assessed("iam.root", "root", WANTED, there))) == set(WANTED)


def test_nothing_and_no_booleans_are_refused() -> None:
    cases: dict[str, Any] = {"": {}, "/mfa": {"mfa": "yes"}}
    for pointer, declared in cases.items():
        assert set(refusals(RootKind(), "root", declared)) == {pointer}
