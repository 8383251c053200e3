"""What must have come out, read from the simulated AWS itself: its state and its call log, never Firstline's tables.

This is a second, independent reading of the workshop's baseline. It shares no code with the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.demo.tamper import ROLE

State = Mapping[str, Any]
Alert = tuple[str, str, tuple[float, str]]
"""Of what, in which direction, beyond what."""

ADMINS = ("ann", "dora")
ADMIN_USER = "ann"
ALERT_EMAIL = "cloud-costs@example.com"
PROD = "333333333333"
S3_LIMITS = {"111111111111": "10", "222222222222": "10", PROD: "100"}
MONTHLY_LIMITS = {"111111111111": "200", "222222222222": "200", PROD: "2000"}
AWS = "arn:aws:iam::aws:policy"
GROUPS = {
    "Admins": ("AdministratorAccess",),
    "Developers": ("ReadOnlyAccess", "IAMUserChangePassword"),
    "Test": ("ReadOnlyAccess", "IAMUserChangePassword"),
    "Billing": ("job-function/Billing",),
}
EC2_ROLE = "EC2_S3ReadOnlyAccess"
EC2_TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
GUARD = "MfaGuard"
ALLOWED_WITHOUT_MFA = (
    *("iam:ChangePassword", "iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetAccountPasswordPolicy"),
    *("iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice"),
    "sts:GetSessionToken",
)
WITHOUT_MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
DECLARED = {
    "groups": set(GROUPS),
    "roles": {
        EC2_ROLE,
        "AWSServiceRoleForAccessAnalyzer",
    },  # the latter is made by AWS with an account's first analyzer
    "policies": {GUARD},
    "instance_profiles": {EC2_ROLE},
    "budgets": {"s3-monthly", "zero-spend", "monthly-cost"},
    "users": {ADMIN_USER},
}
PASSWORDS = {
    "MinimumPasswordLength": 14,
    **dict.fromkeys(("RequireSymbols", "RequireNumbers"), True),
    **dict.fromkeys(("RequireUppercaseCharacters", "RequireLowercaseCharacters"), True),
    "AllowUsersToChangePassword": True,
    "PasswordReusePrevention": 24,
}
ANALYZER = ("us-east-1", "ACCOUNT")


@dataclass(frozen=True)
class Check:
    """One thing that must hold, and every way in which it does not."""

    text: str
    wrong: tuple[str, ...]


def account_checks(account_id: str, before: State, after: State) -> list[Check]:
    """What the baseline asks of one account, and that nothing else was touched or lost."""
    guard = f"arn:aws:iam::{account_id}:policy/{GUARD}"
    return [
        check("groups hold exactly the policies declared", _groups(after, guard)),
        check("Admins has exactly the members declared", _members(after)),
        check("the admin user is there, holds nothing of its own, and signs in as before", _admin_user(before, after)),
        check("the EC2 role trusts EC2 alone, reads S3 and no more", _role(after)),
        check("the MFA guard says what it should", _guard(after, account_id)),
        check("passwords are long, of every kind of character, and not used again", _passwords(after)),
        check("an analyzer watches who outside gets in", _analyzer(after)),
        check("budgets: amounts, alerts and who is told", _budgets(after, account_id)),
        check("nothing deleted; what nobody declared is as it was", _untouched(before, after)),
    ]


def repair_checks(account_id: str, before: State, tampered: State, after: State) -> list[Check]:
    """After tampering: all is as it was before, but for the role that nobody declared, which is still there."""
    changed = [name for name in ("groups", "policies", "users") if before[name] != after[name]]
    others = {name: role for name, role in after["roles"].items() if name != ROLE}
    changed += ["roles"] if others != before["roles"] else []
    changed += ["budgets"] if _alerts(before) != _alerts(after) else []
    left = after["roles"].get(ROLE)
    return [
        check("every tampered thing is as it was before", (f"{part} differ" for part in changed)),
        check(
            "the undeclared role is shown, not removed",
            [] if left and left == tampered["roles"][ROLE] else [f"{ROLE} was touched"],
        ),
        check(
            "it is on its baseline again",
            (
                wrong
                for one in account_checks(account_id, {**before, "roles": tampered["roles"]}, after)
                for wrong in one.wrong
            ),
        ),
    ]


def bystander_check(before: Mapping[str, State], after: Mapping[str, State]) -> Check:
    """Accounts that nobody tampered with are as they were."""
    return check(
        "the other accounts were left alone",
        (f"{account_id} changed" for account_id, state in before.items() if state != after[account_id]),
    )


def check(text: str, wrong: Iterable[str]) -> Check:
    """A check of what was found wrong, if anything."""
    return Check(text, tuple(wrong))


def _groups(state: State, guard: str) -> Iterator[str]:
    for name, policies in GROUPS.items():
        wanted = {guard, *(f"{AWS}/{policy}" for policy in policies)}
        held = set(state["groups"][name]["attached_policies"]) if name in state["groups"] else set()
        if held != wanted:
            yield f"{name} holds {_listed(held)}, not {_listed(wanted)}"


def _members(state: State) -> Iterator[str]:
    members = state["groups"].get("Admins", {}).get("members", [])
    if sorted(members) != sorted(ADMINS):
        yield f"Admins has {_listed(members)}, not {_listed(ADMINS)}"


def _admin_user(before: State, after: State) -> Iterator[str]:
    held, now = before["users"].get(ADMIN_USER, {}), after["users"].get(ADMIN_USER)
    if now is None:
        yield f"there is no user {ADMIN_USER}"
        return
    if now["attached_policies"] or now["inline_policies"]:
        yield f"{ADMIN_USER} holds {_listed(now['attached_policies'])} {_listed(now['inline_policies'])}"
    ways_in = {"console": False, "access_keys": {}} | {name: held[name] for name in ("console", "access_keys") if held}
    yield from (f"{ADMIN_USER}: {name} changed" for name, was in ways_in.items() if now[name] != was)


def _role(state: State) -> Iterator[str]:
    role = state["roles"].get(EC2_ROLE)
    if role is None:
        yield f"there is no role {EC2_ROLE}"
        return
    if [_without_lists(one) for one in role["trust"]["Statement"]] != [EC2_TRUST]:
        yield f"{EC2_ROLE} trusts {role['trust']['Statement']}"
    if role["attached_policies"] != [f"{AWS}/AmazonS3ReadOnlyAccess"] or role["inline_policies"]:
        yield f"{EC2_ROLE} holds {_listed(role['attached_policies'])} {_listed(role['inline_policies'])}"
    if state["instance_profiles"].get(EC2_ROLE, {}).get("roles") != [EC2_ROLE]:
        yield f"no instance profile {EC2_ROLE} holds it"


def _without_lists(part: Any) -> Any:
    """A list of one means the same as the one."""
    if isinstance(part, Mapping):
        return {key: _without_lists(value) for key, value in part.items()}
    return part[0] if isinstance(part, list) and len(part) == 1 else part


def _guard(state: State, account_id: str) -> Iterator[str]:
    policy = state["policies"].get(GUARD)
    if policy is None:
        yield f"there is no policy {GUARD}"
        return
    statements = {one["Sid"]: one for one in policy["versions"][policy["default_version"]]["Statement"]}
    allows = [one for one in statements.values() if one["Effect"] == "Allow"]
    if len(allows) != 3 or any(action.partition(":")[0] != "iam" for one in allows for action in one["Action"]):
        yield f"{GUARD} allows {allows}"
    deny = _without_lists(statements.get("DenyAllExceptListedWithoutMfa", {}))
    if sorted(deny.get("NotAction", [])) != sorted(ALLOWED_WITHOUT_MFA) or deny.get("Resource") != "*":
        yield f"{GUARD} spares {_listed(deny.get('NotAction', []))}"
    if deny.get("Condition") != WITHOUT_MFA:
        yield f"{GUARD} denies on the condition {deny.get('Condition')}"
    own = _without_lists(statements.get("AllowManageOwnMfaAndPassword", {})).get("Resource")
    if own not in {f"arn:aws:iam::{part}:user/${{aws:username}}" for part in (account_id, "*")}:
        yield f"{GUARD} is not about one's own user"


def _passwords(state: State) -> Iterator[str]:
    policy = (state["password_policy"] or {}).get("PasswordPolicy", {})
    yield from (f"{name} is {policy.get(name)}" for name, wanted in PASSWORDS.items() if policy.get(name) != wanted)


def _analyzer(state: State) -> Iterator[str]:
    found = [(name.partition("/")[0], one["type"]) for name, one in state["analyzers"].items()]
    if found != [ANALYZER]:
        yield f"analyzers: {found}"


def _budgets(state: State, account_id: str) -> Iterator[str]:
    spent = [("ACTUAL", "GREATER_THAN", (85.0, "PERCENTAGE")), ("ACTUAL", "GREATER_THAN", (100.0, "PERCENTAGE"))]
    forecast = ("FORECASTED", "GREATER_THAN", (100.0, "PERCENTAGE"))
    yield from _budget(state, "s3-monthly", S3_LIMITS[account_id], [("ACTUAL", "GREATER_THAN", (70.0, "PERCENTAGE"))])
    yield from _budget(state, "zero-spend", "1", [("ACTUAL", "GREATER_THAN", (0.01, "ABSOLUTE_VALUE"))])
    yield from _budget(state, "monthly-cost", MONTHLY_LIMITS[account_id], [*spent, forecast])
    filters = state["budgets"].get("s3-monthly", {}).get("body", {})
    if "Amazon Simple Storage Service" not in str(filters.get("CostFilters") or filters.get("FilterExpression")):
        yield "s3-monthly counts more than S3"


def _budget(state: State, name: str, amount: str, wanted: list[Alert]) -> Iterator[str]:
    budget = state["budgets"].get(name)
    if budget is None:
        yield f"there is no budget {name}"
        return
    body = budget["body"]
    limit = body["BudgetLimit"]
    if (float(limit["Amount"]), limit["Unit"], body["TimeUnit"]) != (float(amount), "USD", "MONTHLY"):
        yield f"{name} is {limit['Amount']} {limit['Unit']} {body['TimeUnit']}, not {amount} USD MONTHLY"
    alerts = [
        (one["NotificationType"], one["ComparisonOperator"], (one["Threshold"], one.get("ThresholdType", "PERCENTAGE")))
        for one in budget["notifications"]
    ]
    if sorted(alerts) != sorted(wanted):
        yield f"{name} alerts at {alerts}"
    told = [one["Address"] for item in budget["notifications"] for one in item["Subscribers"]]
    if told != [ALERT_EMAIL] * len(wanted):
        yield f"{name} tells {len(told)} addresses, and not just the one declared"


def _untouched(before: State, after: State) -> Iterator[str]:
    for section, declared in DECLARED.items():
        held, now = before[section], after[section]
        yield from (f"{section}: {name} is gone" for name in held if name not in now)
        yield from (f"{section}: {name} appeared" for name in now if name not in held and name not in declared)
        yield from (
            f"{section}: {name} changed"
            for name in held
            if name in now and name not in declared and _own(held[name]) != _own(now[name])
        )
        yield from (
            f"{section}: {name} was made anew"
            for name in held
            if name in now and held[name].get("id") != now[name].get("id")
        )
    yield from _unmanaged_parts(before, after)


def _own(thing: State) -> dict[str, Any]:
    """Without a user's groups: those are the groups' business."""
    return {key: value for key, value in thing.items() if key != "groups"}


def _unmanaged_parts(before: State, after: State) -> Iterator[str]:
    """What the baseline leaves out of a group that it declares: inline policies, and the members of all but Admins."""
    for name in GROUPS:
        parts = ("inline_policies",) if name == "Admins" else ("inline_policies", "members")
        if name in before["groups"] and name in after["groups"]:
            held, now = before["groups"][name], after["groups"][name]
            yield from (f"{name}: {part} changed" for part in parts if held[part] != now[part])


def _alerts(state: State) -> dict[str, Any]:
    return {
        name: (
            budget["body"]["BudgetLimit"],
            [(one["Threshold"], one["Subscribers"]) for one in budget["notifications"]],
        )
        for name, budget in state["budgets"].items()
    }


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
