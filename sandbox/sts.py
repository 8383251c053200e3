"""STS: AssumeRole with every check that AWS makes, and GetCallerIdentity."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.actions import Needed
from sandbox.authorise import SCP, denied, denied_by_scp, refusal, request_context
from sandbox.call import Call, Principal
from sandbox.errors import AwsError, malformed, validation_error
from sandbox.evaluate import parsed
from sandbox.iam.entities import find_role_by_arn
from sandbox.iam.managed_policies import ensure
from sandbox.iam.principals import printed_trust
from sandbox.lookup import account_of_key
from sandbox.sessions import Session, new_session
from sandbox.trust import trusted
from sandbox.world import world

CHAINING_LIMIT = 3600
SESSION_POLICY_LIMIT = 2048
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::(?P<account>\d{12}):role(?P<path>/(?:.+/)?)(?P<name>[^/]+)")


@dataclass(frozen=True)
class _Target:
    account: str
    role: Any


def assume_role(call: Call) -> dict[str, Any]:
    """One AccessDenied for a missing role, a foreign trust, a wrong external id and a suspended account alike.

    Raises ValidationError for a duration over the role's or the chaining limit, PackedPolicyTooLarge,
    MalformedPolicyDocument for a session policy that is no JSON object.
    """
    target = _target(call)
    seconds = int(call.params.get("DurationSeconds") or CHAINING_LIMIT)
    _check_duration(call.caller, target.role, seconds)
    policies, arns = _session_policy(call, target.account)
    principal = _assumed(target, call.text("RoleSessionName"), policies, arns)
    session = new_session(principal, seconds)
    world.sessions[session.access_key] = session
    target.role.last_used = datetime.now(UTC).replace(tzinfo=None)
    return _assumed_answer(session, policies)


def _target(call: Call) -> _Target:
    caller, needed = call.caller, Needed("sts:AssumeRole", call.text("RoleArn"))
    found = _ROLE_ARN.fullmatch(call.text("RoleArn"))
    account = found["account"] if found else ""
    if account not in world.accounts or world.is_suspended(account) or world.is_suspended(caller.account):
        raise denied("sts", caller, needed, "")
    external_id = {"sts:externalid": call.params["ExternalId"]} if call.params.get("ExternalId") else {}
    context = request_context(caller) | external_id
    if caller.kind != "administrator" and denied_by_scp(caller, needed, context):
        # The one cause that AWS names.
        raise denied("sts", caller, needed, f"with an explicit deny in a {SCP}")
    role = find_role_by_arn(world.iam(account), call.text("RoleArn"))
    how = trusted(printed_trust(role), caller, context) if role else "none"
    if world.accounts[account].enterable_at > time.time():
        raise denied("sts", caller, needed, "")
    if role is None or how == "none" or _lacks_permission(caller, account, how, needed, external_id):
        raise denied("sts", caller, needed, "")
    return _Target(account, role)


def _lacks_permission(caller: Principal, account: str, how: str, needed: Needed, external_id: dict[str, str]) -> bool:
    """A trust that names a caller of its own account exactly is enough; otherwise its own policies must allow."""
    if caller.kind == "administrator" or (how == "exact" and caller.account == account):
        return False
    return bool(refusal(caller, Needed(needed.action, needed.resource, dict(external_id))))


def _check_duration(caller: Principal, role: Any, seconds: int) -> None:
    if seconds > int(role.max_session_duration or CHAINING_LIMIT):
        raise validation_error("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    if caller.kind == "role" and seconds > CHAINING_LIMIT:
        raise validation_error(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
        )


def _session_policy(call: Call, account: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    document = call.text("Policy")
    arns = tuple(item.get("arn", "") for item in call.params.get("PolicyArns") or [])
    if len(document) + sum(map(len, arns)) > SESSION_POLICY_LIMIT or len(arns) > 10:
        raise AwsError("PackedPolicyTooLarge", "Packed policy exceeds the maximum size")
    if document and not parsed(document):
        raise malformed("This policy contains invalid Json")
    for arn in arns:
        ensure(world.iam(account), arn)
    return ((document,) if document else ()), arns


def _assumed(target: _Target, name: str, policies: tuple[str, ...], arns: tuple[str, ...]) -> Principal:
    role = target.role
    return Principal(
        account=target.account,
        arn=f"arn:aws:sts::{target.account}:assumed-role/{role.name}/{name}",
        user_id=f"{role.id}:{name}",
        kind="role",
        name=role.name,
        role_arn=role.arn,
        session_name=name,
        session_policies=policies,
        session_policy_arns=arns,
    )


def _assumed_answer(session: Session, policies: tuple[str, ...]) -> dict[str, Any]:
    principal = session.principal
    answer: dict[str, Any] = {
        "Credentials": {
            "AccessKeyId": session.access_key,
            "SecretAccessKey": session.secret_key,
            "SessionToken": session.token,
            "Expiration": datetime.fromtimestamp(session.expires_at, UTC),
        },
        "AssumedRoleUser": {"AssumedRoleId": principal.user_id, "Arn": principal.arn},
    }
    if policies:
        answer["PackedPolicySize"] = max(1, 100 * len(policies[0]) // (2 * SESSION_POLICY_LIMIT))
    return answer


def get_caller_identity(call: Call) -> dict[str, Any]:
    return {"UserId": call.caller.user_id, "Account": call.account, "Arn": call.caller.arn}


def get_access_key_info(call: Call) -> dict[str, Any]:
    account = account_of_key(call.text("AccessKeyId"))
    if not account:
        raise validation_error("The access key id is not valid.")
    return {"Account": account}


OPERATIONS = {
    "AssumeRole": assume_role,
    "GetCallerIdentity": get_caller_identity,
    "GetAccessKeyInfo": get_access_key_info,
}
