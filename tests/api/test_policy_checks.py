"""Asking over REST what somebody may do."""

from typing import Any

import pytest

from accounts.models import Account
from provisioning.core.desired import DesiredAccount, DesiredItem, Mode
from provisioning.services.set_desired_state import set_desired_state
from tests import factories
from tests.api.conftest import As

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/policy-checks"
ALLOW = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}


@pytest.fixture
def seen() -> Account:
    account = factories.account()
    factories.snapshot(account)
    return account


def ask(account: Account, **more: Any) -> dict[str, Any]:
    return {"account_id": account.pk, "as": {"role": "Reader"}, "actions": ["s3:GetObject"], **more}


def test_each_action_is_answered_with_the_statement_that_decides(as_: As, seen: Account) -> None:
    answer = as_("viewer").post(ADDRESS, ask(seen, actions=["s3:GetObject", "s3:PutObject"]))
    assert answer.status_code == 200
    found = answer.json()
    assert (found["decision"], found["principal_arn"]) == ("mixed", f"arn:aws:iam::{seen.pk}:role/Reader")
    assert found["observed_at"] and found["managed_policies_date"].startswith("20")
    read, write = found["answers"]
    assert read["decision"] == "allowed" and read["deciding"]["statement"]["Effect"] == "Allow"
    assert (write["decision"], write["deciding"]) == ("denied", None)
    assert read["considered"] == ["role Reader, AWS policy AmazonS3ReadOnlyAccess"]


def test_the_desired_state_can_be_asked_about_before_anything_was_made(as_: As, seen: Account) -> None:
    grants = {"attached_policies": ["AmazonS3FullAccess"]}
    item = DesiredItem("iam.group", "Writers", grants, Mode.OBSERVE, (factories.origin(),))
    set_desired_state(account_id=seen.pk, desired=DesiredAccount((item,)), by="ann")
    body = ask(seen, actions=["s3:PutObject"], **{"as": {"group": "Writers"}})
    assert as_("viewer").post(ADDRESS, body).status_code == 422, "it is not there yet"
    assert as_("viewer").post(ADDRESS, {**body, "state": "desired"}).json()["decision"] == "allowed"


def test_how_people_sign_in_has_no_say_in_what_they_may_do(as_: As, seen: Account) -> None:
    """Passwords, keys and MFA were not read for this account, and need not be."""
    rows = [
        ("iam.group", "Writers", {"attached_policies": ["AmazonS3FullAccess"]}),
        ("iam.user", "dora", {"groups": {"include": ["Writers"]}, "console_access": "expected"}),
        ("iam.mfa", "*", {"required": "any"}),
        ("iam.access_keys", "*", {"at_most": 1, "max_unused_days": 45}),
    ]
    items = tuple(DesiredItem(*row, Mode.OBSERVE, (factories.origin(),)) for row in rows)
    set_desired_state(account_id=seen.pk, desired=DesiredAccount(items), by="ann")
    body = ask(seen, actions=["s3:PutObject"], state="desired", **{"as": {"user": "dora"}})
    answer = as_("viewer").post(ADDRESS, body)
    assert answer.status_code == 200, answer.content
    assert answer.json()["decision"] == "allowed"


def test_scps_that_nobody_read_are_missing_from_a_full_answer(as_: As, seen: Account) -> None:
    (found,) = as_("viewer").post(ADDRESS, ask(seen, considers="full")).json()["answers"]
    assert (found["decision"], found["missing"]) == ("cannot_tell", ["SCPs not read"])


def test_documents_are_asked_about_without_an_account(as_: As) -> None:
    body = {"documents": {"identity": [ALLOW], "boundary": ALLOW}, "actions": ["s3:GetObject"]}
    assert as_("viewer").post(ADDRESS, body).json()["decision"] == "allowed"
    wrong = {"documents": {"identity": [{"Statement": [{"Effect": "Perhaps"}]}]}, "actions": ["s3:GetObject"]}
    answer = as_("viewer").post(ADDRESS, wrong)
    assert answer.status_code == 422
    assert "/documents/identity/0/Statement/0/Effect" in {one["pointer"] for one in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"actions": []}, "/actions"),
        ({"actions": ["s3:*"]}, "/actions/0"),
        ({"resources": ["bucket"]}, "/resources/0"),
        ({"context": {"aws:SourceIp": {}}}, "/context/aws:SourceIp"),
        ({"as": {"role": "a", "user": "b"}}, "/as"),
        ({"documents": {"identity": []}}, ""),
        ({"state": "wished"}, "/state"),
    ],
)
def test_what_is_wrong_is_named(as_: As, seen: Account, change: dict[str, Any], pointer: str) -> None:
    answer = as_("viewer").post(ADDRESS, ask(seen, **change))
    assert answer.status_code == 400, answer.content
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


def test_an_account_never_looked_at_and_a_principal_not_there_say_so(as_: As, seen: Account) -> None:
    fresh = factories.account()
    assert as_("viewer").post(ADDRESS, ask(fresh)).status_code == 404
    answer = as_("viewer").post(ADDRESS, ask(seen, **{"as": {"group": "Reader"}}))
    assert answer.status_code == 422 and answer.json()["errors"][0]["pointer"] == "/as/group"
