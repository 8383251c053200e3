"""Organizations is moto's own; this keeps the sandbox's accounts in step with it and shuts members out."""

from __future__ import annotations

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.organisation.access import add_aws_roles
from sandbox.scp import backend_of
from sandbox.world import Account, world

_FOR_MEMBERS = ("DescribeOrganization",)


def check_member(call: Call) -> None:
    """A member account may look at the organisation and nothing else."""
    if call.operation in _FOR_MEMBERS or not world.org_id(call.account):
        return
    if backend_of(call.account).org is None:
        text = "You don't have permissions to access this resource."
        raise AwsError("AccessDeniedException", text)


def after_organizations(call: Call) -> None:
    """New, closed and removed accounts, after any write of the management account."""
    backend = backend_of(call.account)
    org_id = backend.org.id if backend.org else ""
    members = {member.id: member for member in backend.accounts}
    for account_id, member in members.items():
        if account_id not in world.accounts:
            add_aws_roles(account_id)
        known = world.accounts.setdefault(account_id, Account(account_id, member.name))
        known.member, known.org_id, known.status = member, org_id, member.status
    for known in world.accounts.values():
        if org_id and known.org_id == org_id and known.id not in members:
            known.member, known.org_id = None, ""
