"""Sorts every failure of botocore into an error class (design: AWS errors, docs/architecture.md).

What decides is whether the request may have had an effect: an answered refusal had none, silence after a write may.
"""

import re
from dataclasses import dataclass

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from provisioning.aws.clean import cleaned
from provisioning.core.errors import AwsError, ErrorClass

SCP_DENIAL = "explicit deny in a service control policy"

_BY_CODE = {
    ErrorClass.THROTTLED: """
        Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException
        TooManyRequestsException RequestLimitExceeded BandwidthLimitExceeded SlowDown""",
    ErrorClass.SESSION: """
        ExpiredToken ExpiredTokenException TokenRefreshRequired InvalidClientTokenId UnrecognizedClientException
        InvalidToken InvalidAccessKeyId""",
    ErrorClass.CONSISTENCY: "DeleteConflict EntityTemporarilyUnmodifiable",
    ErrorClass.CONFLICT: """
        ConcurrentModification ConcurrentModificationException EntityAlreadyExists DuplicateRecordException
        ResourceLockedException""",
    ErrorClass.INVALID: """
        LimitExceeded LimitExceededException CreationLimitExceededException ServiceQuotaExceededException
        MalformedPolicyDocument UnmodifiableEntity PolicyNotAttachable InvalidInput ValidationError
        ValidationException InvalidParameterException PasswordPolicyViolation PackedPolicyTooLarge""",
    ErrorClass.DENIED: """
        AccessDenied AccessDeniedException UnauthorizedOperation AuthFailure OptInRequired
        SubscriptionRequiredException AccountProblem""",
    # The request was refused because of the time it carries: this machine's clock, so no account's fault.
    ErrorClass.TRANSIENT: "RequestTimeTooSkewed RequestExpired RequestInTheFuture PriorRequestNotComplete",
    ErrorClass.GONE: "NoSuchEntity NotFoundException ResourceNotFoundException",
}
_CLASS_OF_CODE = {code: error_class for error_class, codes in _BY_CODE.items() for code in codes.split()}
_SERVER_CODES = frozenset(
    {
        "ServiceFailure",
        "InternalFailure",
        "InternalError",
        "InternalErrorException",
        "InternalServerError",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "ServiceException",
        "PolicyEvaluation",
    }
)
_NEVER_SENT = (boto.ConnectTimeoutError, boto.EndpointConnectionError, boto.ProxyConnectionError)
_NO_ANSWER = (
    boto.HTTPClientError,
    boto.ConnectionError,
    boto.IncompleteReadError,
    boto.ChecksumError,
    ResponseParserError,
)
BOTO_FAILURES = (boto.BotoCoreError, boto.ClientError, ResponseParserError)
"""All that botocore raises; anything else is a fault of ours and is not sorted."""
_PARAMETER = re.compile(
    r"^Invalid \w+ for parameter ([\w.\[\]]+),|^(?:Missing required|Unknown) parameter in [\w.\[\]]+: \"(\w+)\"",
    re.MULTILINE,
)
_NO_KEYS = (boto.NoCredentialsError, boto.PartialCredentialsError, boto.CredentialRetrievalError, boto.NoAuthTokenError)


_TAKEN = {
    ("CreateAccountAlias", "EntityAlreadyExists"): "Aliases are unique over all of AWS, so it may be another "
    "customer's: declare another one."
}
"""What is taken by somebody we can't see: trying again changes nothing."""


@dataclass(frozen=True)
class Request:
    """What was asked: `label` is "iam CreateRole"; `writes` tells silence after a read from silence after a write."""

    service: str
    operation: str
    writes: bool = False
    region: str = ""

    def __str__(self) -> str:
        return f"{self.service} {self.operation}"


def classify(error: Exception, request: Request) -> AwsError:
    """The product's error for one of botocore's. Its message holds no parameters, documents, addresses or keys."""
    if isinstance(error, boto.ClientError):
        return _answered(error, request)
    name = type(error).__name__
    if isinstance(error, boto.ParamValidationError):
        return AwsError(ErrorClass.INVALID, name, f"{request}: refused before sending: {_wrong_parameters(error)}")
    if isinstance(error, _NO_KEYS):
        return AwsError(ErrorClass.SESSION, name, f"{request}: this process has no usable AWS credentials ({name})")
    if isinstance(error, _NEVER_SENT):
        return AwsError(ErrorClass.TRANSIENT, name, f"{request}: AWS could not be reached ({name})")
    if isinstance(error, _NO_ANSWER):
        return AwsError(_silence(request), name, f"{request}: no readable answer came ({name})")
    return AwsError(ErrorClass.BUG, name, f"{request}: {name}")


def _answered(error: boto.ClientError, request: Request) -> AwsError:
    answer = error.response.get("Error", {})
    code = str(answer.get("Code") or "Unknown")
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
    message = str(answer.get("Message") or "")
    error_class = _class_of(code, status, message, request)
    return AwsError(error_class, code, f"{request}: {code}: {_said(code, message, request)}".rstrip(": "))


def _class_of(code: str, status: int, message: str, request: Request) -> ErrorClass:
    if code == "MalformedPolicyDocument" and "invalid principal" in message.lower():
        # IAM says so for some seconds about a principal that was just created.
        return ErrorClass.CONSISTENCY
    if (request.operation, code) in _TAKEN:
        return ErrorClass.INVALID
    if code in _SERVER_CODES:
        return _silence(request)
    if code == "SignatureDoesNotMatch":
        return ErrorClass.TRANSIENT if "expired" in message or "not yet current" in message else ErrorClass.SESSION
    known = _CLASS_OF_CODE.get(code)
    if known is ErrorClass.GONE and request.writes:
        return ErrorClass.CONSISTENCY
    return known or _class_of_status(status, request)


def _class_of_status(status: int, request: Request) -> ErrorClass:
    if status == 429:
        return ErrorClass.THROTTLED
    if status in (401, 403):
        return ErrorClass.DENIED
    if 400 <= status < 500:
        return ErrorClass.INVALID
    return _silence(request)


def _silence(request: Request) -> ErrorClass:
    return ErrorClass.UNKNOWN_OUTCOME if request.writes else ErrorClass.TRANSIENT


def _said(code: str, message: str, request: Request) -> str:
    # This one repeats the whole signed request, session token included.
    if code == "SignatureDoesNotMatch":
        return ""
    return f"{cleaned(message)} {_TAKEN.get((request.operation, code), '')}".strip()


def _wrong_parameters(error: boto.ParamValidationError) -> str:
    """The names alone: botocore's report repeats the values."""
    found = _PARAMETER.findall(str(error.kwargs.get("report", "")))
    names = sorted({name for names in found for name in names if name})
    return "wrong or missing " + ", ".join(names) if names else "wrong parameters"
