"""One line of the call log."""

from __future__ import annotations

import re
from typing import Any

from sandbox.call import Call, Principal
from sandbox.faults import Fault
from sandbox.protocol import Answer

_ARN_ACCOUNT = re.compile(r"arn:[^:]*:iam::(\d{12}):")
_SECRETS = ("Password", "OldPassword", "NewPassword", "AuthenticationCode1", "AuthenticationCode2")


def target_account(call: Call, principal: Principal | None) -> str:
    """The account a call is about: for AssumeRole the role's, else the caller's."""
    found = _ARN_ACCOUNT.match(call.text("RoleArn")) if call.operation == "AssumeRole" else None
    return found[1] if found else principal.account if principal else ""


def entry(call: Call, principal: Principal | None, account: str, given: Answer, rule: Fault | None) -> dict[str, Any]:
    """`applied` says whether a write took effect, whatever the client got to hear of it."""
    refused = bool(given.error)
    return {
        "account": account,
        "service": call.service,
        "operation": call.operation,
        "params": {name: "***" if name in _SECRETS else value for name, value in call.params.items()},
        "caller": _caller(principal),
        "caller_account": principal.account if principal else "",
        "role": principal.role_arn if principal else "",
        "session_name": principal.session_name if principal else "",
        "assumed_session_name": call.text("RoleSessionName"),
        "is_write": call.is_write,
        "status": given.status,
        "error": given.error,
        "applied": call.is_write and not refused,
        "fault": rule.kind if rule else "",
    }


def _caller(principal: Principal | None) -> str:
    if principal is None:
        return "unknown"
    return "tamper" if principal.kind == "administrator" else principal.arn
