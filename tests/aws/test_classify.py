"""Every failure has one class, and no message holds what must not be logged."""

from typing import Any

import pytest
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from provisioning.aws.classify import Request, classify
from provisioning.aws.clean import cleaned
from provisioning.core.errors import ErrorClass

READ, WRITE = Request("iam", "GetRole"), Request("iam", "CreateRole", writes=True)
URL = "https://iam.amazonaws.com/"


def answered(code: str, status: int = 400, message: str = "") -> boto.ClientError:
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return boto.ClientError(answer, "CreateRole")


@pytest.mark.parametrize(
    ("code", "status", "read", "write"),
    [
        ("Throttling", 400, "throttled", "throttled"),
        ("ThrottlingException", 400, "throttled", "throttled"),
        ("TooManyRequestsException", 429, "throttled", "throttled"),
        ("Whatever", 429, "throttled", "throttled"),
        ("ServiceFailure", 500, "transient", "unknown_outcome"),
        ("InternalErrorException", 400, "transient", "unknown_outcome"),
        ("Whatever", 503, "transient", "unknown_outcome"),
        ("NoSuchEntity", 404, "gone", "consistency"),
        ("NotFoundException", 400, "gone", "consistency"),
        ("DeleteConflict", 409, "consistency", "consistency"),
        ("EntityTemporarilyUnmodifiable", 409, "consistency", "consistency"),
        ("ConcurrentModification", 409, "conflict", "conflict"),
        ("EntityAlreadyExists", 409, "conflict", "conflict"),
        ("DuplicateRecordException", 400, "conflict", "conflict"),
        ("LimitExceeded", 409, "invalid", "invalid"),
        ("CreationLimitExceededException", 400, "invalid", "invalid"),
        ("MalformedPolicyDocument", 400, "invalid", "invalid"),
        ("UnmodifiableEntity", 400, "invalid", "invalid"),
        ("InvalidParameterException", 400, "invalid", "invalid"),
        ("NeverHeardOf", 400, "invalid", "invalid"),
        ("AccessDenied", 403, "denied", "denied"),
        ("AccessDeniedException", 400, "denied", "denied"),
        ("NeverHeardOf", 403, "denied", "denied"),
        ("ExpiredToken", 403, "session", "session"),
        ("ExpiredTokenException", 400, "session", "session"),
        ("InvalidClientTokenId", 403, "session", "session"),
        ("UnrecognizedClientException", 400, "session", "session"),
        ("RequestExpired", 400, "transient", "transient"),
    ],
)
def test_answer_is_sorted_by_its_code_then_its_status(code: str, status: int, read: str, write: str) -> None:
    error = answered(code, status)
    assert (classify(error, READ).code, classify(error, WRITE).code) == (read, write)
    assert classify(error, WRITE).aws_code == code


def test_principal_that_is_not_visible_yet_is_a_matter_of_time() -> None:
    error = answered("MalformedPolicyDocument", message='Invalid principal in policy: "AWS":"arn:aws:iam::1:role/x"')
    assert classify(error, WRITE).error_class is ErrorClass.CONSISTENCY


@pytest.mark.parametrize(
    ("error", "read", "write"),
    [
        (boto.ConnectTimeoutError(endpoint_url=URL), "transient", "transient"),
        (boto.EndpointConnectionError(endpoint_url=URL), "transient", "transient"),
        (boto.ReadTimeoutError(endpoint_url=URL), "transient", "unknown_outcome"),
        (boto.ConnectionClosedError(endpoint_url=URL), "transient", "unknown_outcome"),
        (boto.SSLError(endpoint_url=URL, error="eof"), "transient", "unknown_outcome"),
        (boto.HTTPClientError(error="odd"), "transient", "unknown_outcome"),
        (ResponseParserError("no xml"), "transient", "unknown_outcome"),
        (boto.ParamValidationError(report='Missing required parameter in input: "RoleName"'), "invalid", "invalid"),
        (boto.NoCredentialsError(), "session", "session"),
        (boto.UnknownServiceError(service_name="iamm", known_service_names=""), "bug", "bug"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_silence_is_told_from_never_sent(error: Exception, read: str, write: str) -> None:
    assert (classify(error, READ).code, classify(error, WRITE).code) == (read, write)


def test_message_says_what_was_asked_and_what_aws_said() -> None:
    error = classify(answered("LimitExceeded", 409, "Cannot exceed quota for PoliciesPerRole: 10"), WRITE)
    assert error.message == "iam CreateRole: LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10"


def test_signed_request_that_aws_repeats_is_left_out() -> None:
    text = "The Canonical String for this request should have been 'POST / x-amz-security-token:FwoGZXIvYXdzEPn'"
    error = classify(answered("SignatureDoesNotMatch", 403, text), READ)
    assert error.error_class is ErrorClass.SESSION
    assert "FwoGZ" not in error.message


@pytest.mark.parametrize(
    "secret",
    [
        "ann.smith+alerts@mail.example.com",
        "arn:aws:sns:us-east-1:111111111111:alarms",
        "ASIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "FwoGZXIvYXdzEPn" + "A1b2" * 40,
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}',
    ],
)
@pytest.mark.parametrize("around", ["Subscriber {} is not valid", "Bad: '{}'", "<{}>", "({}), twice {}"])
def test_secrets_addresses_and_documents_are_masked(secret: str, around: str) -> None:
    assert secret not in cleaned(around.replace("{}", secret))


def test_values_that_were_sent_are_masked() -> None:
    text = "1 validation error detected: Value 'hunter2\nx' at 'userName' failed to satisfy constraint: pattern"
    assert cleaned(text) == "1 validation error detected: Value '…' at 'userName' failed to satisfy constraint: pattern"


def test_who_was_refused_what_stays_readable() -> None:
    text = (
        "User: arn:aws:sts::111111111111:assumed-role/FirstlineApply/run-1.1 is not authorized to perform: "
        "iam:CreateRole on resource: arn:aws:iam::111111111111:role/workloads/EC2_S3ReadOnlyAccess_for_everybody "
        "with an explicit deny in a service control policy"
    )
    assert cleaned(text) == text


def test_message_is_one_line_of_bounded_length() -> None:
    assert "\n" not in cleaned("a\r\nforged line") and len(cleaned("word " * 1000)) <= 1000
