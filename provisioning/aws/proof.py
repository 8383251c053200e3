"""Proves that an account's role asks for the external id: without it, and with a wrong one, nobody gets in.

AWS IAM User Guide, "Access to AWS accounts owned by third parties": a trust without sts:ExternalId can be abused
through whoever the role trusts (the confused deputy).
"""

import json
import secrets
import time
from dataclasses import replace
from functools import partial

from provisioning.aws.assume import Entrance, request_session
from provisioning.aws.call_context import CallCounter
from provisioning.aws.retry import READ_AGAIN, Patience, Pause
from provisioning.core.errors import AccessFailedError, AwsError

NO_RIGHTS = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}, separators=(",", ":")
)
"""Narrows a session that should not exist to nothing, so that even if it is given it can do nothing."""
REFUSAL = "AccessDenied"


def prove_external_id(entrance: Entrance, counter: CallCounter, pause: Pause = time.sleep) -> None:
    """Ask twice for a session that must be refused; one that is given is dropped unused.

    Raises AccessFailedError (`external_id_not_required`), or AwsError where AWS gave no plain refusal.
    """
    attempts = {"without an external id": "", "with a wrong external id": f"wrong-{secrets.token_hex(16)}"}
    patience = Patience(pause)
    let_in = [
        how
        for how, external_id in attempts.items()
        if patience.call(partial(_is_let_in, _with(entrance, external_id), counter), READ_AGAIN)
    ]
    if let_in:
        raise _careless(entrance, let_in)


def _with(entrance: Entrance, external_id: str) -> Entrance:
    return replace(entrance, entry=replace(entrance.entry, external_id=external_id), session_policy=NO_RIGHTS)


def _is_let_in(entrance: Entrance, counter: CallCounter) -> bool:
    try:
        request_session(entrance, counter)
    except AwsError as error:
        if error.aws_code == REFUSAL:
            return False
        raise
    return True


def _careless(entrance: Entrance, let_in: list[str]) -> AccessFailedError:
    role = entrance.entry.role_arn
    return AccessFailedError(
        f"{role} can be entered {' and '.join(let_in)}: its trust policy does not ask for ours, so it is not used",
        [
            "The role's trust policy has no Condition on sts:ExternalId, or one that takes any value. Test, in account "
            f"{entrance.entry.account_id}: aws iam get-role --role-name {role.rpartition('/')[2]}, and compare its "
            'Condition with {"StringEquals": {"sts:ExternalId": "<the registered external id>"}}.',
            *(
                []
                if entrance.entry.external_id
                else ["No external id is registered: set FIRSTLINE_EXTERNAL_ID, or the account's own."]
            ),
        ],
        code="external_id_not_required",
    )
