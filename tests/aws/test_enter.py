"""Entering an account: proven to be the right one, or refused with every possible cause."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from provisioning.aws.assume import AccountEntry, clean_session_name
from provisioning.aws.clients import forget_clients
from provisioning.aws.session import enter
from provisioning.core.errors import AccessFailedError, AwsError, ErrorClass
from sandbox.client import Sandbox
from tests.aws.conftest import ACCOUNT, OTHER, QUICK, Enter, entry
from tests.aws.thin_aws import ThinAws, assumed, xml, xml_error

Become = Callable[[str], None]
THIN = AccountEntry(ACCOUNT, "aws", f"arn:aws:iam::{ACCOUNT}:role/FirstlineLook", "external")


def refusal(found: Any, **more: Any) -> AccessFailedError:
    with (
        pytest.raises(AccessFailedError) as caught,
        enter(found, **{"session_name": "run-1.1", "settings": QUICK, "pause": lambda _: None, **more}),
    ):
        pass
    return caught.value


def test_session_is_named_after_the_run_and_its_fence(look: Enter) -> None:
    with look(session_name="run 7f/3.12") as session:
        assert session.verify_identity() == f"arn:aws:sts::{ACCOUNT}:assumed-role/FirstlineLook/run-7f-3.12"


def test_session_lasts_an_hour_and_carries_external_id_and_policy(look: Enter, organisation: Sandbox) -> None:
    policy = '{"Version":"2012-10-17","Statement":[]}'
    with look(session_policy=policy):
        pass
    sent = organisation.calls(ACCOUNT)[-1]["params"]
    assert (sent["DurationSeconds"], sent["ExternalId"], sent["Policy"]) == (3600, organisation.external_id, policy)


@pytest.mark.parametrize(
    "wrong",
    [
        {"external_id": "somebody-elses"},
        {"external_id": ""},
        {"role": "Missing"},
        {"role": "FirstlineApply"},
    ],
    ids=["wrong external id", "no external id", "no such role", "role of the other worker"],
)
def test_refused_entry_names_every_possible_cause(organisation: Sandbox, become: Become, wrong: dict[str, str]) -> None:
    become("look")
    error = refusal(entry(organisation, **{"external_id": organisation.external_id, **wrong}))
    assert error.code == "cannot_enter"
    causes = " ".join(error.causes)
    for word in ("does not exist", "trust policy", "external id", "suspended", "sts:AssumeRole"):
        assert word in causes
    assert all("Test" in cause for cause in error.causes)
    assert "service control policy" not in causes


def test_suspended_account_reads_like_every_other_refusal(organisation: Sandbox, become: Become) -> None:
    become("look")
    organisation.set_status(ACCOUNT, "SUSPENDED")
    error = refusal(entry(organisation, external_id=organisation.external_id))
    assert error.code == "cannot_enter"


def test_external_id_is_never_shown(organisation: Sandbox, become: Become) -> None:
    become("look")
    error = refusal(entry(organisation, external_id="fl-secret-of-ours"))
    assert "fl-secret-of-ours" not in error.message + " ".join(error.causes)


def test_service_control_policy_is_a_cause_where_aws_names_it(thin: ThinAws) -> None:
    text = "User: arn:aws:sts::999988887777:assumed-role/w/x is not authorized to perform: sts:AssumeRole on resource: "
    text += f"arn:aws:iam::{ACCOUNT}:role/FirstlineLook with an explicit deny in a service control policy"
    thin.answer = lambda asked: xml_error("AccessDenied", text, 403)
    error = refusal(THIN)
    assert "service control policy" in error.causes[0]


@pytest.mark.parametrize("how", ["no_role", "wrong_trust", "wrong_external_id", "suspended", "denied_by_scp"])
def test_only_a_service_control_policy_is_told_from_the_other_ways_to_be_kept_out(
    organisation: Sandbox, become: Become, how: str
) -> None:
    become("look")
    organisation.break_access(ACCOUNT, how)
    error = refusal(entry(organisation, external_id=organisation.external_id))
    assert ("service control policy" in " ".join(error.causes)) is (how == "denied_by_scp")


def test_answer_that_names_another_account_is_refused(thin: ThinAws) -> None:
    thin.answer = lambda asked: assumed(OTHER)
    error = refusal(THIN)
    assert error.code == "another_account"
    assert ACCOUNT in error.message and OTHER in error.message


@pytest.mark.parametrize("arn", [f"arn:aws:iam::{OTHER}:role/x", f"arn:aws-cn:iam::{ACCOUNT}:role/x"])
def test_role_of_another_account_or_partition_is_not_even_asked_for(thin: ThinAws, arn: str) -> None:
    error = refusal(replace(THIN, role_arn=arn))
    assert error.code == "another_account"
    assert thin.asked == []


def test_identity_of_another_account_stops_an_apply(thin: ThinAws, thin_session: Enter) -> None:
    identity = f"<UserId>A</UserId><Account>{OTHER}</Account><Arn>arn:aws:sts::{OTHER}:assumed-role/r/s</Arn>"
    thin.answer = lambda asked: assumed(ACCOUNT) if asked.operation == "AssumeRole" else xml(asked.operation, identity)
    with thin_session() as session, pytest.raises(AccessFailedError) as caught:
        session.verify_identity()
    assert caught.value.code == "another_account"


def test_worker_without_credentials_says_so(thin: ThinAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    forget_clients()
    error = refusal(THIN)
    assert error.code == "no_hub_credentials"
    assert "get-caller-identity" in error.causes[0]
    assert thin.asked == []


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch"])
def test_refused_credentials_of_the_worker_are_not_blamed_on_the_account(thin: ThinAws, code: str) -> None:
    thin.answer = lambda asked: xml_error(code, "The security token included in the request is invalid.", 403)
    assert refusal(THIN).code == "no_hub_credentials"


def test_region_without_sts_has_a_code_of_its_own(thin: ThinAws) -> None:
    thin.answer = lambda asked: xml_error("RegionDisabledException", "STS is not activated in this region", 403)
    assert refusal(THIN).code == "region_disabled"


def test_throttled_entry_is_tried_three_times_with_jitter(
    look: Enter, organisation: Sandbox, pauses: list[float]
) -> None:
    organisation.fault("throttle", operation="AssumeRole")
    with pytest.raises(AwsError) as caught, look():
        pass
    assert caught.value.error_class is ErrorClass.THROTTLED
    assert len(organisation.calls(ACCOUNT)) == 3
    assert len(pauses) == 2 and all(0 <= pause <= 2 for pause in pauses)


def test_unreachable_sts_is_transient_not_a_refusal(monkeypatch: pytest.MonkeyPatch, thin: ThinAws) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    forget_clients()
    with (
        pytest.raises(AwsError) as caught,
        enter(THIN, session_name="run-1.1", settings=QUICK, pause=lambda _: None),
    ):
        pass
    assert caught.value.error_class is ErrorClass.TRANSIENT


@pytest.mark.parametrize(
    ("name", "clean"),
    [("run.1", "run.1"), ("a b/c:d", "a-b-c-d"), ("ü" * 3, "---"), ("x" * 70, "x" * 64)],
)
def test_session_names_are_made_as_sts_takes_them(name: str, clean: str) -> None:
    assert clean_session_name(name) == clean


def test_session_name_of_one_character_is_refused() -> None:
    with pytest.raises(ValueError, match="session_name"):
        clean_session_name("x")
