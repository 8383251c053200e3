"""Service control policies, kept in moto's organisation so that the Organizations API shows, attaches and removes them.

Only their denials count: an organisation that starts with FullAWSAccess, as AWS makes it, allows the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from moto.organizations.models import OrganizationsBackend, organizations_backends

from sandbox.world import PARTITION, world

_KIND = "SERVICE_CONTROL_POLICY"


def backend_of(account: str) -> OrganizationsBackend:
    """moto's organisation of a management account."""
    return organizations_backends[account][PARTITION]


def service_control_policies(account: str) -> list[str]:
    """Those that bind the account's users and roles: its own and its OUs'. None bind the management account."""
    known = world.accounts.get(account)
    member = known.member if known else None
    if member is None or member.master_account_id == account:
        return []
    return [
        policy.content
        for place in _upwards(member)
        for policy in place.attached_policies
        if policy.type == _KIND and not policy.aws_managed
    ]


def _upwards(member: Any) -> Iterator[Any]:
    units = {unit.id: unit for unit in backend_of(member.master_account_id).ou}
    place: Any = member
    while place is not None:
        yield place
        place = units.get(getattr(place, "parent_id", ""))


def attach_scp(account: str, name: str, document: Mapping[str, Any]) -> None:
    """A new policy on one account. Raises KeyError for an account outside the organisation."""
    member = world.accounts[account].member
    if member is None:
        raise KeyError(account)
    backend = backend_of(member.master_account_id)
    made = backend.create_policy(
        Name=name, Description="Made by a test.", Type=_KIND, Content=json.dumps(document), Tags=[]
    )
    backend.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=account)
