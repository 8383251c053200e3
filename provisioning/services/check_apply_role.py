"""The apply worker's own access check: whether its role can be entered, and only with the external id."""

from provisioning.aws.call_context import CallCounter
from provisioning.core.errors import FirstlineError
from provisioning.services.entry import prove_access
from provisioning.services.leases import Claim
from provisioning.services.record_check import record_check, record_failed_check
from provisioning.services.work import load_work


def check_apply_role(claim: Claim) -> None:
    """Do one claimed check. Raises FencedError when its lease is lost."""
    calls = CallCounter()
    try:
        identity = prove_access(load_work(claim.account_id), claim, calls)
    except FirstlineError as error:
        record_failed_check(claim=claim, error=error, aws_calls=calls.made)
    else:
        record_check(claim=claim, identity=identity, aws_calls=calls.made)
