"""Enters an account: AssumeRole by the hub, and what a refusal may mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.aws.call_context import AccountCredentials, CallContext, CallCounter, making
from provisioning.aws.classify import BOTO_FAILURES, SCP_DENIAL, Request, classify
from provisioning.aws.clean import cleaned
from provisioning.aws.clients import clients_for
from provisioning.aws.settings import AwsSettings
from provisioning.core.errors import AccessFailedError, AwsError, ErrorClass, FirstlineError

SESSION_SECONDS = 3600
"""Role chaining allows no more (STS API reference, AssumeRole)."""

_ASSUME = Request("sts", "AssumeRole")
_ROLE_ARN = re.compile(r"arn:(?P<partition>[\w-]+):iam::(?P<account>\d{12}):role/(?:.*/)?(?P<name>[^/]+)")
_SCP_CAUSE = (
    "A service control policy denies it: AWS says so. Test, in the management account: "
    "aws organizations list-policies-for-target --filter SERVICE_CONTROL_POLICY"
)
_STRANGE = re.compile(r"[^\w+=,.@-]", re.ASCII)


@dataclass(frozen=True)
class AccountEntry:
    """How one account is entered."""

    account_id: str
    partition: str
    role_arn: str
    external_id: str


@dataclass(frozen=True)
class Entrance:
    """One kind of session: whose, under which name, narrowed by which policy (JSON text).

    `through`: the credentials that assume the role; None for the hub's own.
    """

    entry: AccountEntry
    session_name: str
    session_policy: str | None
    settings: AwsSettings
    through: AccountCredentials | None = None


def clean_session_name(name: str) -> str:
    """As STS takes it: 2 to 64 of [A-Za-z0-9_+=,.@-]. Raises ValueError when less is left."""
    clean = _STRANGE.sub("-", name)[:64]
    if len(clean) < 2:
        raise ValueError("session_name: give at least 2 characters")
    return clean


def assume(entrance: Entrance, counter: CallCounter) -> AccountCredentials:
    """Credentials for the account, proven to be the expected one's.

    Raises AccessFailedError (`cannot_enter`, `another_account`, `region_disabled`, `no_hub_credentials`), or AwsError
    where AWS throttled or gave no answer.
    """
    _check_names_account(entrance.entry, entrance.entry.role_arn)
    try:
        answer = request_session(entrance, counter)
    except AwsError as error:
        raise _refused(error, entrance.entry) from None
    _check_names_account(entrance.entry, answer["AssumedRoleUser"]["Arn"])
    keys = answer["Credentials"]
    return AccountCredentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def request_session(entrance: Entrance, counter: CallCounter) -> Mapping[str, Any]:
    """AssumeRole's answer, unread. Raises AwsError."""
    try:
        clients = clients_for(entrance.settings)
        sts: Any = clients.account("sts") if entrance.through else clients.hub_sts()
        with making(CallContext(entrance.through, counter)):
            answer: Mapping[str, Any] = sts.assume_role(**_parameters(entrance))
    except BOTO_FAILURES as error:
        raise counter.note(classify(error, _ASSUME)) from None
    return answer


def _parameters(entrance: Entrance) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "RoleArn": entrance.entry.role_arn,
        "RoleSessionName": clean_session_name(entrance.session_name),
        "DurationSeconds": SESSION_SECONDS,
    }
    if entrance.entry.external_id:
        parameters["ExternalId"] = entrance.entry.external_id
    if entrance.session_policy:
        parameters["Policy"] = entrance.session_policy
    return parameters


def _check_names_account(entry: AccountEntry, arn: str) -> None:
    if arn.split(":")[1:2] != [entry.partition] or arn.split(":")[4:5] != [entry.account_id]:
        raise another_account(entry, arn)


def another_account(entry: AccountEntry, arn: str) -> AccessFailedError:
    """AWS, or the registration, names an account that is not the expected one: nothing may be read or written."""
    return AccessFailedError(
        f"account {entry.account_id} ({entry.partition}) was expected, {cleaned(arn)} was found: correct the role ARN",
        [
            f"The role ARN registered for {entry.account_id} belongs to another account or partition. "
            "Test: compare the account id in the ARN."
        ],
        code="another_account",
    )


def _refused(failure: AwsError, entry: AccountEntry) -> FirstlineError:
    if failure.aws_code == "RegionDisabledException":
        return _region_disabled(entry, failure)
    if failure.error_class is ErrorClass.SESSION:
        return _no_hub_credentials(entry, failure)
    if failure.error_class in (ErrorClass.DENIED, ErrorClass.GONE):
        return AccessFailedError(
            f"account {entry.account_id} can't be entered as {entry.role_arn}: AWS answered {failure.aws_code}, "
            "which has several possible causes",
            _causes(entry, failure),
        )
    return failure


def _no_hub_credentials(entry: AccountEntry, failure: AwsError) -> AccessFailedError:
    return AccessFailedError(
        f"account {entry.account_id} was not asked: this worker's own AWS credentials are missing or no longer valid",
        [
            f"AWS's client said {failure.aws_code}. Give the worker process an identity that boto3's default chain "
            "finds (instance, pod or task role). Test, as the worker: aws sts get-caller-identity"
        ],
        code="no_hub_credentials",
    )


def _region_disabled(entry: AccountEntry, failure: AwsError) -> AccessFailedError:
    return AccessFailedError(
        f"account {entry.account_id} can't be entered: {failure.message}",
        ["STS is switched off for this region in the account. Test: IAM console, Account settings, STS endpoints."],
        code="region_disabled",
    )


def _causes(entry: AccountEntry, failure: AwsError) -> list[str]:
    """AWS answers alike for all of these, so all are named, the likeliest first."""
    found = _ROLE_ARN.fullmatch(entry.role_arn)
    role = found["name"] if found else entry.role_arn
    look = f"in account {entry.account_id}: aws iam get-role --role-name {role}"
    causes = [
        f"The role does not exist, or has another path. Test, {look}",
        "The role's trust policy does not name this worker's identity. Test: compare Principal in the output of "
        "get-role with the output of `aws sts get-caller-identity`, run as the worker; and, if it has a Condition on "
        "aws:PrincipalOrgID, that id with the output of `aws organizations describe-organization`.",
        "The role's trust policy asks for another external id, or for none where one is registered. Test: compare "
        "Condition sts:ExternalId in the output of get-role with the external id registered for the account.",
        "The account is suspended or closed. Test, in the management account: aws organizations describe-account "
        f"--account-id {entry.account_id}",
        f"This worker's identity may not call sts:AssumeRole on {entry.role_arn}. Test, in the hub account: "
        "aws iam simulate-principal-policy --action-names sts:AssumeRole for the worker's role and this ARN.",
    ]
    if SCP_DENIAL in failure.message:
        causes.insert(0, _SCP_CAUSE)
    return causes
