"""A baseline of one's own, from its text to the accounts that are kept by it."""

from typing import Any

from tests.scenarios.firstline import Firstline, Row


def keep(firstline: Firstline, name: str, text: str, **parameters: Any) -> Row:
    """ann drafts and publishes it, olga assigns it to all workloads; the version as it was answered."""
    ann, olga = firstline.person("ann", "baseline_author"), firstline.person("olga", "operator")
    firstline.post(ann, "baselines", {"name": name}, 201)
    draft = ann.post(f"/api/v1/baselines/{name}/versions", text, content_type="application/yaml")
    assert draft.status_code == 201, draft.content
    version: Row = firstline.post(ann, f"baselines/{name}/versions/1/publish", seen=draft["ETag"])
    wanted = {"baseline": name, "version": 1, "selector": "ou", "value": "/workloads"}
    firstline.post(olga, "assignments", wanted | {"parameters": parameters, "mode": {"default": "enforce"}}, 201)
    return version


def approve_all(firstline: Firstline, account_id: str) -> Row:
    """paula approves what waits, once nothing else is being applied there; the plan she approved."""
    firstline.waiting_plan(account_id)
    for run in firstline.rows("runs", account=account_id, kind="apply"):
        firstline.ended(run)
    plan = firstline.waiting_plan(account_id)
    firstline.decide("paula", plan)
    return plan


def drift(firstline: Firstline, account_id: str) -> dict[str, tuple[str, str]]:
    """Where an account differs now: kind and path -> who repairs it, and why a person must."""
    rows = firstline.rows("drift", account=account_id, state="open")
    return {f"{row['kind']} {row['path']}".strip(): (row["remedy"], row["reason"]) for row in rows}
