"""A kind's re-read of one resource, driven against the sandbox."""

from typing import Any

import pytest

from provisioning.aws.reread import drive
from provisioning.core.change import Read
from provisioning.core.errors import AwsError
from provisioning.core.kind import Reread
from provisioning.core.snapshot import Section
from sandbox.client import Sandbox
from tests.aws.conftest import ACCOUNT, Enter

pytestmark = pytest.mark.usefixtures("reads_more")


def user_and_policies(name: str) -> Reread:
    found = yield Read("iam", "GetUser", {"UserName": name}, frozenset())
    if found is None:
        return {Section.IAM_DETAILS: {"users": []}}
    attached = yield Read(
        "iam", "ListAttachedUserPolicies", {"UserName": name}, frozenset(), result_key="AttachedPolicies"
    )
    arns = [policy["PolicyArn"] for policy in attached["AttachedPolicies"]]
    return {Section.IAM_DETAILS: {"users": [{"name": found["User"]["UserName"], "attached": arns}]}}


def test_answers_are_handed_back_and_the_result_is_a_snapshot(look: Enter) -> None:
    with look() as session:
        snapshot = drive(session, user_and_policies("ann"), ACCOUNT, "aws")
    assert snapshot.body(Section.IAM_DETAILS) == {"users": [{"name": "ann", "attached": []}]}
    assert (snapshot.account_id, snapshot.partition) == (ACCOUNT, "aws")
    assert Section.BUDGETS not in snapshot.sections


def test_absent_resource_is_an_answer_too(look: Enter) -> None:
    with look() as session:
        snapshot = drive(session, user_and_policies("nobody"), ACCOUNT, "aws")
    assert snapshot.body(Section.IAM_DETAILS) == {"users": []}


def test_failed_read_is_no_snapshot_and_ends_the_generator(look: Enter, organisation: Sandbox) -> None:
    organisation.fault("denied", operation="ListAttachedUserPolicies")
    generator: Any = user_and_policies("ann")
    with look() as session, pytest.raises(AwsError):
        drive(session, generator, ACCOUNT, "aws")
    assert generator.gi_frame is None
