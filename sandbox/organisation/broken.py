"""Breaks the way into an account in each of the ways that AWS answers alike, for who has to find out which."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox.iam.entities import find
from sandbox.iam.principals import printed_trust
from sandbox.organisation.content import run
from sandbox.scp import attach_scp
from sandbox.world import world

ROLES = ("FirstlineLook", "FirstlineApply", "FirstlineHandOver")
SOMEBODY_ELSES = "somebody-elses-external-id"


def break_access(account: str, how: str) -> None:
    """Raises ValueError that names the ways there are, KeyError for an unknown account."""
    if how not in WAYS:
        raise ValueError(f"how: no {how!r}; use one of {', '.join(WAYS)}")
    WAYS[how](world.accounts[account].id)


def _no_role(account: str) -> None:
    for name in ROLES:
        if role := find(world.iam(account), "role", name):
            for arn in [*role.managed_policies]:
                run(account, "DetachRolePolicy", RoleName=name, PolicyArn=arn)
            for policy in [*role.policies]:
                run(account, "DeleteRolePolicy", RoleName=name, PolicyName=policy)
            run(account, "DeleteRole", RoleName=name)


def _wrong_trust(account: str) -> None:
    """Each role trusts another worker of the hub than its own."""
    hub = f"arn:aws:iam::{world.hub['account']}:role/firstline/"

    def another(statement: dict[str, Any], role: str) -> None:
        worker = "firstline-look-worker" if role == "FirstlineApply" else "firstline-apply-worker"
        statement["Principal"]["AWS"] = hub + worker

    _rewrite(account, another)


def _wrong_external_id(account: str) -> None:
    def another(statement: dict[str, Any], role: str) -> None:
        statement["Condition"]["StringEquals"]["sts:ExternalId"] = SOMEBODY_ELSES

    _rewrite(account, another)


def _rewrite(account: str, change: Callable[[dict[str, Any], str], None]) -> None:
    for name in ROLES:
        if role := find(world.iam(account), "role", name):
            document = json.loads(printed_trust(role))
            change(document["Statement"][0], name)
            run(account, "UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=json.dumps(document))


def _suspended(account: str) -> None:
    world.set_status(account, "SUSPENDED")


def _denied_by_scp(account: str) -> None:
    """An SCP binds who calls, so it hangs on the hub's account and names the roles that may not be assumed."""
    statement = {
        "Effect": "Deny",
        "Action": "sts:AssumeRole",
        "Resource": f"arn:aws:iam::{account}:role/*",
    }
    attach_scp(world.hub["account"], f"keep-out-of-{account}", {"Version": "2012-10-17", "Statement": [statement]})


WAYS: dict[str, Callable[[str], None]] = {
    "no_role": _no_role,
    "wrong_trust": _wrong_trust,
    "wrong_external_id": _wrong_external_id,
    "suspended": _suspended,
    "denied_by_scp": _denied_by_scp,
}
