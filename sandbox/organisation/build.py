"""Builds accounts, OUs, the hub and each account's content; the same description and seed give the same ids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.call import Principal
from sandbox.iam.entities import find
from sandbox.organisation.access import (
    add_access_roles,
    add_aws_roles,
    add_discovery_role,
    add_hub_roles,
    add_payer_roles,
    add_vending_role,
)
from sandbox.organisation.broken import break_access
from sandbox.organisation.content import add_content
from sandbox.organisation.tree import Tree
from sandbox.sessions import Session, new_session
from sandbox.world import Account, world

EXTERNAL_ID = "fl-3f8c1d7e9a2b4c60"
MANAGEMENT_ACCOUNT = "777766665555"
HUB_ACCOUNT = "999988887777"
WORKERS = {
    "look": "firstline-look-worker",
    "apply": "firstline-apply-worker",
    "hand-over": "firstline-hand-over",
    "vend": "firstline-vend-worker",
}
LONG = 10 * 365 * 24 * 3600.0

_EXAMPLES = Path(__file__).parent.parent / "examples"


def example(name: str) -> dict[str, Any]:
    """Raises ValueError naming the examples there are."""
    path = _EXAMPLES / f"{name}.json"
    if not path.is_file():
        raise ValueError(
            f"example: no {name!r}; use one of {', '.join(sorted(p.stem for p in _EXAMPLES.glob('*.json')))}"
        )
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def build(description: Mapping[str, Any]) -> dict[str, Any]:
    """Replaces everything there is. Returns what a client needs to know to enter the accounts.

    `hub_roles` and `firstline_roles` false leave out our own roles, for whoever deploys the templates himself;
    `payer_roles` true adds those of the management account.
    """
    if "example" in description:
        description = {**example(description["example"]), **{k: v for k, v in description.items() if k != "example"}}
    with world.lock:
        world.reset(int(description.get("seed", 0)))
        management = description.get("management_account", MANAGEMENT_ACCOUNT)
        hub = description.get("hub_account", HUB_ACCOUNT)
        external_id = description.get("external_id", EXTERNAL_ID)
        tree = Tree(management)
        tree.add(hub, "hub", ou="/security")
        if description.get("hub_roles", True):
            add_hub_roles(hub)
        world.hub.update(account=hub, management=management, org_id=tree.org_id, external_id=external_id)
        if description.get("hub_roles", True):
            add_vending_role(management, external_id)
        if description.get("payer_roles"):
            add_payer_roles(management, external_id)
        for one in description.get("accounts", []):
            _add_account(tree, one, description.get("firstline_roles", True))
        if description.get("hub_roles", True):
            add_discovery_role(description.get("discovery_account", management), external_id)
        return summary()


def _add_account(tree: Tree, one: Mapping[str, Any], with_roles: bool) -> None:
    account = one["id"]
    if one.get("in_organisation", True):
        tree.add(account, one.get("name", account), one.get("ou", "/"), one.get("tags", {}))
    else:
        world.accounts[account] = Account(account, one.get("name", account))
    known = world.accounts[account]
    known.environment, known.root_mfa = one.get("environment", ""), one.get("root_mfa", True)
    world.iam(account)
    add_aws_roles(account)
    if one.get("firstline_roles", with_roles):
        add_access_roles(account, one.get("external_id", world.hub["external_id"]))
    add_content(account, one)
    world.set_status(account, one.get("status", "ACTIVE"))
    if "broken" in one:
        break_access(account, one["broken"])


def summary() -> dict[str, Any]:
    hub = world.hub
    return {
        "org_id": hub.get("org_id", ""),
        "management_account": hub.get("management", ""),
        "hub_account": hub.get("account", ""),
        "external_id": hub.get("external_id", ""),
        "look_worker": f"arn:aws:iam::{hub.get('account')}:role/firstline/firstline-look-worker",
        "apply_worker": f"arn:aws:iam::{hub.get('account')}:role/firstline/firstline-apply-worker",
        "hand_over_worker": f"arn:aws:iam::{hub.get('account')}:role/firstline/firstline-hand-over",
        "accounts": [_account_summary(known) for known in world.accounts.values()],
    }


def _account_summary(known: Account) -> dict[str, Any]:
    return {
        "id": known.id,
        "name": known.name,
        "environment": known.environment,
        "ou": known.ou,
        "status": known.status,
        "look_role": f"arn:aws:iam::{known.id}:role/firstline/FirstlineLook",
        "apply_role": f"arn:aws:iam::{known.id}:role/firstline/FirstlineApply",
        "hand_over_role": f"arn:aws:iam::{known.id}:role/firstline/FirstlineHandOver",
    }


def administrator(account: str) -> Session:
    """Credentials that no policy is asked about, for a tester behind Firstline's back. Raises KeyError."""
    known = world.accounts[account]
    arn = f"arn:aws:iam::{known.id}:root"
    return _issue(Principal(account=known.id, arn=arn, user_id=known.id, kind="administrator", name="tamper"))


def worker(kind: str) -> Session:
    """One of the hub's own identities (look, apply, hand-over): a role session, as on ECS. Raises KeyError."""
    name, account = WORKERS[kind], world.hub["account"]
    role = find(world.iam(account), "role", name)
    if role is None:
        raise KeyError(f"{name} in the hub {account}")
    principal = Principal(
        account=account,
        arn=f"arn:aws:sts::{account}:assumed-role/{name}/worker",
        user_id=f"{role.id}:worker",
        kind="role",
        name=name,
        role_arn=role.arn,
        session_name="worker",
    )
    return _issue(principal)


def _issue(principal: Principal) -> Session:
    session = new_session(principal, LONG)
    world.sessions[session.access_key] = session
    return session
