"""What a session does with each kind of answer, over HTTP against the sandbox."""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from provisioning.aws.call_context import CallCounter, lease_deadline
from provisioning.aws.session import Sent
from provisioning.core.change import Call, Read
from provisioning.core.errors import AwsError, ErrorClass
from provisioning.core.fields import FrozenMap
from sandbox.client import Sandbox
from tests.aws.conftest import ACCOUNT, Enter
from tests.aws.thin_aws import Answer, Asked, ThinAws, assumed, xml, xml_error

pytestmark = pytest.mark.usefixtures("reads_more")

CREATE = Call(
    "iam", "CreateGroup", FrozenMap({"GroupName": "Developers"}), frozenset(), frozenset({"EntityAlreadyExists"})
)
GET = Read("iam", "GetGroup", {"GroupName": "Developers"}, frozenset(), result_key="Users")
LIST = Read("iam", "ListUsers", {}, frozenset(), result_key="Users")


@pytest.fixture(autouse=True)
def _lease() -> Iterator[None]:
    with lease_deadline(math.inf):
        yield


def operations(sandbox: Sandbox) -> list[str]:
    return [call["operation"] for call in sandbox.calls(ACCOUNT)]


def groups(sandbox: Sandbox) -> list[str]:
    answer = sandbox.client("iam", ACCOUNT).list_groups()
    return [group["GroupName"] for group in answer["Groups"]]


def failure(session: Any, call: Call) -> ErrorClass:
    with pytest.raises(AwsError) as caught:
        session.send(call)
    return caught.value.error_class


class TestReads:
    def test_pages_are_joined(self, look: Enter, organisation: Sandbox) -> None:
        read = Read("iam", "ListUsers", {"MaxItems": 1}, frozenset(), result_key="Users")
        with look() as session:
            answer = session.read(read)
        assert [user["UserName"] for user in answer["Users"]] == ["ann", "ben"]
        assert operations(organisation) == ["AssumeRole", "ListUsers", "ListUsers"]

    def test_absent_is_none(self, look: Enter) -> None:
        with look() as session:
            assert session.read(GET) is None

    def test_missing_list_is_an_empty_one(self, thin: ThinAws, thin_session: Enter) -> None:
        thin.answer = lambda asked: assumed(ACCOUNT) if asked.operation == "AssumeRole" else xml(asked.operation, "")
        with thin_session() as session:
            assert session.read(LIST)["Users"] == []

    @pytest.mark.parametrize("kind", ["throttle", "server_error"])
    def test_passing_trouble_is_tried_again_with_jitter(
        self, look: Enter, organisation: Sandbox, pauses: list[float], kind: str
    ) -> None:
        organisation.fault(kind, operation="ListUsers", count=2)
        with look() as session:
            assert len(session.read(LIST)["Users"]) == 2
            assert session.calls_made == 4
        assert len(pauses) == 2

    def test_only_the_page_that_failed_is_asked_again(self, look: Enter, organisation: Sandbox) -> None:
        organisation.fault("throttle", operation="ListUsers", nth=2, count=1)
        read = Read("iam", "ListUsers", {"MaxItems": 1}, frozenset(), result_key="Users")
        with look() as session:
            assert len(session.read(read)["Users"]) == 2
        assert operations(organisation).count("ListUsers") == 3

    def test_lasting_trouble_ends_after_three_tries(self, look: Enter, organisation: Sandbox) -> None:
        organisation.fault("throttle", operation="ListUsers")
        with look() as session, pytest.raises(AwsError) as caught:
            session.read(LIST)
        assert caught.value.error_class is ErrorClass.THROTTLED
        assert operations(organisation).count("ListUsers") == 3

    def test_throttled_account_is_not_asked_three_times_as_often(self, look: Enter, organisation: Sandbox) -> None:
        organisation.fault("throttle", operation="ListUsers")
        with look() as session:
            for _ in range(10):
                with pytest.raises(AwsError):
                    session.read(LIST)
            assert session.calls_made <= 1 + 10 + 5

    def test_denied_is_not_tried_again(self, look: Enter, organisation: Sandbox) -> None:
        organisation.fault("denied", operation="ListUsers")
        with look() as session, pytest.raises(AwsError) as caught:
            session.read(LIST)
        assert (caught.value.code, caught.value.aws_code) == ("denied", "AccessDenied")
        assert operations(organisation).count("ListUsers") == 1

    def test_unanswered_read_is_transient(self, look: Enter, organisation: Sandbox) -> None:
        organisation.fault("cut", operation="ListUsers")
        with look() as session, pytest.raises(AwsError) as caught:
            session.read(LIST)
        assert caught.value.error_class is ErrorClass.TRANSIENT

    def test_expired_session_is_assumed_once_more(self, look: Enter, organisation: Sandbox) -> None:
        with look() as session:
            organisation.expire_sessions(ACCOUNT)
            assert len(session.read(LIST)["Users"]) == 2
        assert operations(organisation) == ["AssumeRole", "ListUsers", "AssumeRole", "ListUsers"]

    def test_session_near_its_end_is_renewed_before_the_call(
        self, look: Enter, organisation: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("provisioning.aws.session.SESSION_SECONDS", 299)
        with look() as session:
            session.read(LIST)
        assert operations(organisation) == ["AssumeRole", "AssumeRole", "ListUsers"]

    def test_session_refused_twice_is_given_up(self, look: Enter, organisation: Sandbox) -> None:
        organisation.fault("expired", operation="ListUsers")
        with look() as session, pytest.raises(AwsError) as caught:
            session.read(LIST)
        assert caught.value.error_class is ErrorClass.SESSION
        assert operations(organisation).count("ListUsers") == 2

    def test_stale_page_token_starts_the_read_anew_once(self, thin: ThinAws, thin_session: Enter) -> None:
        thin.answer = stale_once()
        with thin_session() as session:
            answer = session.read(LIST)
        assert [user["UserName"] for user in answer["Users"]] == ["ann", "ben"]
        assert thin.operations() == ["AssumeRole"] + ["ListUsers"] * 4

    def test_answer_that_is_no_xml_is_transient(self, thin: ThinAws, thin_session: Enter) -> None:
        thin.answer = lambda asked: assumed(ACCOUNT) if asked.operation == "AssumeRole" else Answer("<html><body>oops")
        with thin_session() as session, pytest.raises(AwsError) as caught:
            session.read(LIST)
        assert caught.value.error_class is ErrorClass.TRANSIENT


class TestWrites:
    def test_write_is_sent_once(self, apply: Enter, organisation: Sandbox) -> None:
        with apply() as session:
            assert session.send(CREATE) is Sent.OK
        assert groups(organisation) == ["Developers"]
        assert operations(organisation).count("CreateGroup") == 1

    def test_already_so_is_no_failure(self, apply: Enter) -> None:
        with apply() as session:
            session.send(CREATE)
            assert session.send(CREATE) is Sent.ALREADY

    def test_name_taken_is_a_conflict_where_the_call_does_not_accept_it(self, apply: Enter) -> None:
        strict = Call(CREATE.service, CREATE.operation, CREATE.params, frozenset())
        with apply() as session:
            session.send(CREATE)
            assert failure(session, strict) is ErrorClass.CONFLICT

    def test_throttled_write_is_sent_again_because_it_had_no_effect(self, apply: Enter, organisation: Sandbox) -> None:
        organisation.fault("throttle", operation="CreateGroup", count=2)
        with apply() as session:
            assert session.send(CREATE) is Sent.OK
        assert operations(organisation).count("CreateGroup") == 3

    @pytest.mark.parametrize("kind", ["timeout", "cut", "cut_after", "server_error"])
    def test_unanswered_write_has_an_unknown_outcome_and_is_not_sent_again(
        self, apply: Enter, organisation: Sandbox, kind: str
    ) -> None:
        organisation.fault(kind, operation="CreateGroup", seconds=1.2)
        with apply() as session:
            assert failure(session, CREATE) is ErrorClass.UNKNOWN_OUTCOME
        organisation.clear_faults()
        assert (groups(organisation) == ["Developers"]) == (kind in ("timeout", "cut_after"))

    def test_denied_write_is_sent_once(self, apply: Enter, organisation: Sandbox) -> None:
        with apply(session_policy='{"Version":"2012-10-17","Statement":[]}') as session:
            assert failure(session, CREATE) is ErrorClass.DENIED
        assert operations(organisation).count("CreateGroup") == 1

    def test_write_in_an_expired_session_is_sent_again_in_a_new_one(self, apply: Enter, organisation: Sandbox) -> None:
        with apply() as session:
            organisation.expire_sessions(ACCOUNT)
            assert session.send(CREATE) is Sent.OK
        assert operations(organisation)[:4] == ["AssumeRole", "CreateGroup", "AssumeRole", "CreateGroup"]

    def test_parameters_that_botocore_refuses_are_named_without_their_values(self, apply: Enter) -> None:
        wrong = Call("iam", "CreateGroup", {"GroupName": 5, "Secret": "hunter2"}, frozenset())
        with apply() as session, pytest.raises(AwsError) as caught:
            session.send(wrong)
        assert caught.value.error_class is ErrorClass.INVALID
        assert "GroupName" in caught.value.message
        assert "hunter2" not in caught.value.message

    def test_value_that_looks_like_a_report_is_not_taken_for_a_name(self, apply: Enter) -> None:
        wrong = Call("iam", "CreateGroup", {"GroupName": ["in input: hunter2 for parameter hunter2"]}, frozenset())
        with apply() as session, pytest.raises(AwsError) as caught:
            session.send(wrong)
        assert caught.value.message.endswith("wrong or missing GroupName")


def test_every_request_is_counted_once_over_all_sessions_of_a_run(look: Enter, organisation: Sandbox) -> None:
    counter = CallCounter()
    organisation.fault("throttle", operation="ListUsers", count=1)
    with look(counter=counter) as first:
        first.read(Read("iam", "ListUsers", {"MaxItems": 1}, frozenset(), result_key="Users"))
    with look(counter=counter) as second:
        second.verify_identity()
    assert counter.made == len(organisation.calls(ACCOUNT)) == 6


def stale_once() -> Any:
    seen: list[Asked] = []

    def answer(asked: Asked) -> Answer:
        if asked.operation == "AssumeRole":
            return assumed(ACCOUNT)
        seen.append(asked)
        if len(seen) == 2:
            return xml_error("ValidationError", "Invalid Marker")
        name = "ben" if "Marker" in asked.params else "ann"
        more = "" if "Marker" in asked.params else "<IsTruncated>true</IsTruncated><Marker>m</Marker>"
        user = f"<member><UserName>{name}</UserName></member>"
        return xml(asked.operation, f"<Users>{user}</Users>{more}")

    return answer
