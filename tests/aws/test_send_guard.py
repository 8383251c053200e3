"""No write leaves unless enough of the account's lease is left for AWS to answer in."""

import time

import pytest

from provisioning.aws.call_context import lease_deadline
from provisioning.aws.errors import LeaseTooShortError
from provisioning.core.change import Call, Read
from sandbox.client import Sandbox
from tests.aws.conftest import ACCOUNT, QUICK, Enter

pytestmark = pytest.mark.usefixtures("reads_more")

CREATE = Call("iam", "CreateGroup", {"GroupName": "Developers"}, frozenset())


def writes(sandbox: Sandbox) -> list[str]:
    return [call["operation"] for call in sandbox.calls(ACCOUNT) if call["is_write"] and call["service"] == "iam"]


def test_write_leaves_while_the_lease_is_long_enough(apply: Enter, organisation: Sandbox) -> None:
    with apply() as session, lease_deadline(time.monotonic() + QUICK.longest_call + 30):
        session.send(CREATE)
    assert writes(organisation) == ["CreateGroup"]


def test_write_is_held_back_when_the_lease_may_end_before_the_answer(apply: Enter, organisation: Sandbox) -> None:
    with apply() as session:
        made = session.calls_made
        with lease_deadline(time.monotonic() + QUICK.longest_call - 0.1), pytest.raises(LeaseTooShortError):
            session.send(CREATE)
        assert session.calls_made == made
    assert writes(organisation) == []


def test_write_without_a_lease_is_held_back(apply: Enter, organisation: Sandbox) -> None:
    with apply() as session, pytest.raises(LeaseTooShortError):
        session.send(CREATE)
    assert writes(organisation) == []


def test_lease_of_one_write_does_not_cover_the_next(apply: Enter) -> None:
    with apply() as session:
        with lease_deadline(time.monotonic() + 60):
            session.send(CREATE)
        with pytest.raises(LeaseTooShortError):
            session.send(CREATE)


def test_worker_frozen_past_its_lease_does_not_send_the_retry(apply: Enter, organisation: Sandbox) -> None:
    organisation.fault("throttle", account=ACCOUNT, operation="CreateGroup", count=1)
    slack = 3.0  # enough for a busy machine to send the first one
    ends_at = time.monotonic() + QUICK.longest_call + slack

    def freeze(_: float) -> None:
        time.sleep(max(0.0, ends_at - QUICK.longest_call - time.monotonic()) + 0.05)

    with apply(pause=freeze) as session, lease_deadline(ends_at), pytest.raises(LeaseTooShortError):
        session.send(CREATE)
    assert writes(organisation) == ["CreateGroup"]
    assert "Developers" not in str(organisation.state(ACCOUNT))


def test_reading_needs_no_lease(look: Enter) -> None:
    with look() as session:
        assert session.read(Read("iam", "ListGroups", {}, frozenset(), result_key="Groups")) is not None


def test_write_can_not_be_passed_off_as_a_read(apply: Enter, organisation: Sandbox) -> None:
    with apply() as session, pytest.raises(ValueError, match="no read"):
        session.read(Read("iam", "CreateGroup", {"GroupName": "Developers"}, frozenset()))
    assert writes(organisation) == []
