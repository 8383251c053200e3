"""Every way in which AWS can refuse an account has a sentence and a way on; what was not heard is judged with care."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from accounts.core.creation_failures import WayOn, failure_of_code, failure_of_reason
from accounts.core.creation_search import Finding, Holder, Outcome, Status, judge

MODEL = ServiceModel(Loader().load_service_model("organizations", "service-2"), "organizations")
SENT = datetime(2026, 1, 1, 12, tzinfo=UTC)
OLD = SENT - timedelta(days=2)
UNHEARD = {"ServiceException", "DuplicateAccountException"}
"""The one tells nothing about the effect, the other that it is there."""


def test_every_failure_reason_of_the_api_has_a_sentence_and_a_way_on() -> None:
    for reason in MODEL.shape_for("CreateAccountFailureReason").enum:
        found = failure_of_reason(reason)
        assert found.code == reason.lower() and found.sentence.endswith(".") and found.way_on is not WayOn.PERSON


def test_reason_that_aws_adds_later_is_a_persons_to_look_at() -> None:
    found = failure_of_reason("SOMETHING_NEW")
    assert found.way_on is WayOn.PERSON and "SOMETHING_NEW" in found.sentence


@pytest.mark.parametrize("operation", ["CreateAccount", "MoveAccount", "TagResource", "ListParents"])
def test_every_error_of_the_operations_has_a_sentence_and_a_way_on(operation: str) -> None:
    for shape in MODEL.operation_model(operation).error_shapes:
        found = failure_of_code(shape.name)
        assert found is not None or shape.name in UNHEARD, shape.name
        assert found is None or (found.way_on is WayOn.WAIT) == (found.wait > 0)


def status(state: str, *, name: str = "new", at: datetime = SENT, account_id: str = "") -> Status:
    return Status(f"car-{state}-{at:%d}", name, state, at, account_id)


def found(*statuses: Status, holder: Holder | None = None) -> Finding:
    return judge(request_id="r-1", name="new", sent_at=SENT, statuses=statuses, holder=holder)


def holder(mark: str = "", joined: datetime = SENT) -> Holder:
    return Holder("444444444444", joined, mark)


def test_account_with_our_mark_is_ours_whatever_the_statuses_say() -> None:
    assert found(holder=holder("r-1")).outcome is Outcome.CREATED
    made = status("SUCCEEDED", account_id="444444444444")
    assert found(made, status("FAILED"), holder=holder("r-1")) == Finding(Outcome.CREATED, made, "444444444444")


def test_address_that_somebody_else_has_is_taken() -> None:
    assert found(holder=holder("r-2")).outcome is Outcome.ADDRESS_TAKEN
    assert found(holder=holder(joined=OLD)).outcome is Outcome.ADDRESS_TAKEN


def test_unmarked_account_that_joined_since_is_in_doubt() -> None:
    assert found(holder=holder()).outcome is Outcome.IN_DOUBT


def test_only_request_of_that_name_since_is_ours() -> None:
    assert found(status("IN_PROGRESS")) == Finding(Outcome.UNDER_WAY, status("IN_PROGRESS"))
    assert found(status("FAILED")) == Finding(Outcome.FAILED, status("FAILED"))


def test_which_of_several_failed_requests_is_ours_is_in_doubt() -> None:
    assert found(status("FAILED"), status("FAILED", at=SENT + timedelta(hours=1))).outcome is Outcome.IN_DOUBT


def test_while_another_of_the_name_is_under_way_nothing_is_decided() -> None:
    assert found(status("FAILED"), status("IN_PROGRESS")) == Finding(Outcome.UNDER_WAY)


def test_account_that_is_made_and_not_listed_yet_is_waited_for() -> None:
    made = status("SUCCEEDED", account_id="555555555555")
    assert found(made) == Finding(Outcome.UNDER_WAY, made)
    seen = judge(request_id="r", name="new", sent_at=SENT, statuses=[made], holder=None, others={"555555555555"})
    assert seen.outcome is Outcome.NOTHING


def test_requests_of_another_name_or_of_long_ago_are_not_ours() -> None:
    assert found(status("FAILED", name="old"), status("IN_PROGRESS", at=OLD)).outcome is Outcome.NOTHING
    assert found().outcome is Outcome.NOTHING
