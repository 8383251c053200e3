"""What must have come of what only people can do, and whether answers agree with the simulated AWS's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.client import Sandbox
from sandbox.demo.expected import ADMIN_USER, Check, State, check

DECISIONS = {"allowed": {"allowed"}, "denied": {"implicitDeny", "explicitDeny"}}


def people_checks(before: State, after: State) -> list[Check]:
    """Between these two moments a first password was handed over, and everybody who signs in enrolled a device."""
    return [
        check("the admin user signs in with a password of their own", _own_password(before, after)),
        check("whoever signs in to the console has MFA", _without_mfa(after)),
        check("no other credential was made, and nothing else changed", _others(before, after)),
    ]


def answers_check(sandbox: Sandbox, account_id: str, answers: Mapping[str, str]) -> Check:
    """IAM's own simulator gives the same answers of the admin user without MFA. `answers`: decision by action."""
    context = {
        "ContextKeyName": "aws:MultiFactorAuthPresent",
        "ContextKeyValues": ["false"],
        "ContextKeyType": "boolean",
    }
    asked = sandbox.client("iam", account_id).simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{account_id}:user/{ADMIN_USER}",
        ActionNames=[*answers],
        ContextEntries=[context],
    )
    said = {one["EvalActionName"]: one["EvalDecision"] for one in asked["EvaluationResults"]}
    wrong = [
        f"{action}: Firstline says {decision}, the simulator {said.get(action)}"
        for action, decision in answers.items()
        if said.get(action) not in DECISIONS.get(decision, set())
    ]
    return check(f"the policy simulator says the same of {ADMIN_USER} without MFA", wrong if answers else ["not asked"])


def found_check(organisation: Mapping[str, Any], found: Mapping[str, Mapping[str, Any]]) -> Check:
    """Discovery found every account, where it is. `found`: rows of the API by account id."""
    there = {one["id"]: (one["name"], one["ou"], one["environment"]) for one in organisation["accounts"]}
    seen = {key: (row["name"], row["ou_path"], row["environment"]) for key, row in found.items()}
    wrong = [f"{key}: {seen.get(key)}, not {there.get(key)}" for key in there | seen if seen.get(key) != there.get(key)]
    return check("every account of the organisation was found where it is", wrong)


def _own_password(before: State, after: State) -> Iterator[str]:
    if before["users"][ADMIN_USER]["console"]:
        yield f"{ADMIN_USER} had a password before"
    user = after["users"][ADMIN_USER]
    if not user["console"] or user["password_to_change"]:
        yield f"{ADMIN_USER}: {'the password is still the one handed over' if user['console'] else 'no password'}"


def _without_mfa(state: State) -> Iterator[str]:
    yield from (name for name, user in state["users"].items() if user["console"] and not user["mfa_devices"])


def _others(before: State, after: State) -> Iterator[str]:
    yield from (f"{part} changed" for part in before if part != "users" and before[part] != after[part])
    for name in before["users"] | after["users"]:
        held, now = (_apart_from_sign_in(name, state["users"].get(name, {})) for state in (before, after))
        if held != now:
            yield f"user {name} changed"


def _apart_from_sign_in(name: str, user: State) -> dict[str, Any]:
    freely = {"mfa_devices"} | ({"console", "password_to_change"} if name == ADMIN_USER else set())
    return {key: value for key, value in user.items() if key not in freely}
