"""A rich baseline from the kinds' own examples, and what an account must hold of it: by the simulator's state alone."""

import copy
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from access.roles import Role, actor
from iam_templates.services.assign import assign as assign_version
from iam_templates.services.create_baseline import create_baseline
from iam_templates.services.create_version import create_version
from iam_templates.services.publish_version import publish_version
from provisioning.core.desired import DesiredItem
from provisioning.kinds import all_kinds
from sandbox.client import Sandbox
from tests.services.fleet import AUTHOR, item

AWS = "arn:aws:iam::aws:policy/"
CREATES = {"CreateGroup", "CreateRole", "CreatePolicy", "CreateInstanceProfile", "CreateBudget"}
NAMES = ("GroupName", "RoleName", "PolicyName", "InstanceProfileName", "BudgetName")


Items = tuple[DesiredItem, ...]


def rich() -> Items:
    """More than 40 writes: groups, roles, policies and budgets, the examples under several names."""
    counts = {"iam.group": 5, "iam.role": 4, "iam.policy": 3, "budget": 2}
    return tuple(_example(kind, number) for kind, count in counts.items() for number in range(1, count + 1))


def small() -> Items:
    """Each kind's example once: 11 writes or so."""
    return tuple(_example(kind, 1) for kind in ("iam.group", "iam.role", "iam.policy", "budget"))


def _example(kind: str, number: int) -> DesiredItem:
    ((name, declared),) = all_kinds()[kind].example.items()
    return item(kind, f"{name}{number}", copy.deepcopy(dict(declared)))


def assign(items: Items, *, selector: str = "ou", value: str = "/") -> None:
    """Declare these items as a baseline, publish it and enforce it wherever the selector reaches."""
    author = actor(AUTHOR, [Role.BASELINE_AUTHOR, Role.OPERATOR])
    resources: dict[str, dict[str, Any]] = {}
    for one in items:
        resources.setdefault(one.kind, {})[one.name] = one.declared
    create_baseline(name="first-line", actor=author)
    source = json.dumps({"resources": resources})
    number = create_version(baseline="first-line", source=source, content_type="json", actor=author).number
    publish_version(baseline="first-line", number=number, actor=author)
    wanted = {"selector": selector, "value": value, "mode": {"default": "enforce"}}
    assign_version(baseline="first-line", version=number, **wanted, actor=author)  # type: ignore[arg-type]


def shortfalls(state: Mapping[str, Any], items: Iterable[DesiredItem]) -> list[str]:
    """What the account lacks of these items; [] when it is as desired."""
    judges = {"iam.group": _group, "iam.role": _role, "iam.policy": _policy, "budget": _budget}
    return [f"{one.kind}/{one.name} {lack}" for one in items for lack in judges[one.kind](state, one)]


def _group(state: Mapping[str, Any], wanted: DesiredItem) -> list[str]:
    group = state["groups"].get(wanted.name)
    if group is None:
        return ["is not there"]
    declared = wanted.declared
    return _lacks(
        path=group["path"] == declared["path"],
        attached=group["attached_policies"] == sorted(AWS + name for name in declared["attached_policies"]),
        inline=group["inline_policies"] == declared["inline_policies"],
        members=set(declared["members"]["include"]) <= set(group["members"]),
    )


def _role(state: Mapping[str, Any], wanted: DesiredItem) -> list[str]:
    role = state["roles"].get(wanted.name)
    if role is None:
        return ["is not there"]
    declared = wanted.declared
    return _lacks(
        path=role["path"] == declared["path"],
        attached=role["attached_policies"] == [AWS + name for name in declared["attached_policies"]],
        inline=role["inline_policies"] == declared["inline_policies"]["include"],
        trust=_sorted(role["trust"]["Statement"][0]["Principal"]) == {"Service": ["ec2.amazonaws.com"]},
        boundary=role["boundary"] == AWS + declared["boundary"],
        tags=declared["tags"]["include"].items() <= role["tags"].items(),
        profile=role["instance_profiles"] == [wanted.name],
        description=role["description"] == declared["description"],
    )


def _policy(state: Mapping[str, Any], wanted: DesiredItem) -> list[str]:
    policy = state["policies"].get(wanted.name)
    if policy is None:
        return ["is not there"]
    shown = policy["versions"][policy["default_version"]]
    return _lacks(document=_sorted(shown) == _sorted(wanted.declared["document"]), versions=len(policy["versions"]) < 4)


def _budget(state: Mapping[str, Any], wanted: DesiredItem) -> list[str]:
    budget = state["budgets"].get(wanted.name)
    if budget is None:
        return ["is not there"]
    declared = wanted.declared
    heard = sum(len(notification["Subscribers"]) for notification in budget["notifications"])
    return _lacks(
        limit=float(budget["body"]["BudgetLimit"]["Amount"]) == float(declared["limit"]["amount"]),
        notifications=len(budget["notifications"]) == len(declared["notifications"]),
        subscribers=heard == sum(len(notification["subscribers"]) for notification in declared["notifications"]),
    )


def _lacks(**facts: bool) -> list[str]:
    return [name for name, holds in facts.items() if not holds]


def _sorted(value: Any) -> Any:
    """Lists in policy documents are sets."""
    if isinstance(value, dict):
        return {key: _sorted(inner) for key, inner in value.items()}
    return sorted((_sorted(inner) for inner in value), key=str) if isinstance(value, list) else value


def applied_writes(sandbox: Sandbox, account_id: str) -> list[tuple[str, str]]:
    """Operation and parameters of every write that took effect, by the simulator's log; a tester's are left out."""
    return [
        (call["operation"], repr(sorted(call["params"].items())))
        for call in sandbox.calls(account_id)
        if call["is_write"] and call["applied"] and call["service"] != "sts" and call["caller"] != "tamper"
    ]


def repeated(writes: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Writes that took effect more than once: how often too often."""
    return {operation: count - 1 for (operation, _), count in Counter(writes).items() if count > 1}


def creates(sandbox: Sandbox, account_id: str) -> Counter[tuple[str, str]]:
    """How often each name was created, by the simulator's log."""
    made: Counter[tuple[str, str]] = Counter()
    for call in sandbox.calls(account_id):
        if call["operation"] in CREATES and call["applied"] and call["caller"] != "tamper":
            params = call["params"]
            name = params["Budget"]["BudgetName"] if "Budget" in params else _named(params)
            made[call["operation"], name] += 1
    return made


def _named(params: Mapping[str, Any]) -> str:
    return next(str(params[name]) for name in NAMES if name in params)
