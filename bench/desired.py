"""What every bench account should look like: IAM and budgets of the workshop's baseline, and two more, in force.

What else that baseline holds (MFA, keys, passwords, an analyzer) is left out: its calls depend on how many users an
account has, and figures of different days must be of the same account.
"""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from iam_templates.render import render
from provisioning.core.assessment import Applied
from provisioning.core.change import ResourceKey
from provisioning.core.desired import ClosedScope, DesiredAccount, DesiredItem, Mode, Origin
from provisioning.kinds import all_kinds

_LIBRARY = Path(__file__).parent.parent / "iam_templates" / "library" / "first-line-of-defense.yaml"
_ORIGIN = Origin("first-line-of-defense", 1, "bench", "ann")
_SUBSCRIBERS = [{"email": "finance@{{ account_id }}.example.com"}, {"email": "platform@{{ account_id }}.example.com"}]
_KINDS = ("iam.policy", "iam.group", "iam.user", "iam.role", "budget")
_SIGN_IN = ("console_access", "password_reset_required")
_ZERO_SPEND = {
    "type": "cost",
    "limit": {"amount": "1", "unit": "USD"},
    "period": "monthly",
    "cost_types": {"include_credit": False, "include_refund": False},
}
ADMIN = "ann"


def desired_account(account_id: str) -> DesiredAccount:
    """As rendering gives it: 1 policy, 4 groups, 1 user, 1 role, 4 budgets of 3 notifications of 2 subscribers."""
    values = {"account_id": account_id, "partition": "aws", "alert_email": "x@example.com", "s3_limit": "10"}
    rendered = render(_resources(), {**values, "admins": [ADMIN], "admin_user": ADMIN})
    items = [
        DesiredItem(kind, name, fields, Mode.ENFORCE, (_ORIGIN,))
        for kind, named in rendered.items()
        for name, fields in named.items()
    ]
    return DesiredAccount(tuple(items), (ClosedScope("iam.role", "/baseline/", (_ORIGIN,)),))


def owned(desired: DesiredAccount) -> dict[ResourceKey, Applied]:
    """The ledger of an account in which all of it was applied."""
    kinds = all_kinds()
    return {
        ResourceKey(item.kind, kinds[item.kind].identity(item.name)): Applied(item.declared) for item in desired.items
    }


@cache
def _resources() -> dict[str, Any]:
    resources: dict[str, Any] = yaml.safe_load(_LIBRARY.read_text())["resources"]
    resources = {kind: resources[kind] for kind in _KINDS}
    for user in resources["iam.user"].values():
        for field in _SIGN_IN:
            del user[field]
    budgets = resources["budget"] = {"s3-monthly": resources["budget"]["s3-monthly"], "zero-spend": {**_ZERO_SPEND}}
    for name, limit in (("compute-monthly", "250.5"), ("data-monthly", "75")):
        budgets[name] = {**deepcopy(budgets["s3-monthly"]), "limit": {"amount": limit, "unit": "USD"}}
    for budget in budgets.values():
        budget["notifications"] = [
            {"when": "actual", "above": above, "unit": "percent", "subscribers": _SUBSCRIBERS}
            for above in (50, 80, 100)
        ]
    return resources
