"""The user's way from a text to accounts that are kept like it, over REST."""

from typing import Any

from tests.scenarios.firstline import Firstline


def keep(firstline: Firstline, name: str, text: str, account_id: str, **given: Any) -> dict[str, Any]:
    """ann drafts and publishes it; olga assigns it to the account to be enforced. The assignment."""
    ann, olga = firstline.person("ann", "baseline_author"), firstline.person("olga", "operator")
    firstline.post(ann, "baselines", {"name": name}, 201)
    publish(firstline, name, text, 1)
    wanted = {"baseline": name, "version": 1, "selector": "account", "value": account_id}
    row: dict[str, Any] = firstline.post(olga, "assignments", wanted | {"mode": {"default": "enforce"}} | given, 201)
    return row


def publish(firstline: Firstline, name: str, text: str, number: int) -> None:
    """One more version of a baseline, ready to be assigned."""
    ann = firstline.person("ann", "baseline_author")
    draft = ann.post(f"/api/v1/baselines/{name}/versions", text, content_type="application/yaml")
    assert draft.status_code == 201, draft.content
    firstline.post(ann, f"baselines/{name}/versions/{number}/publish", seen=draft["ETag"])


def move(firstline: Firstline, assignment: dict[str, Any], **changes: Any) -> None:
    """olga moves an assignment to another version or other parameters."""
    olga = firstline.person("olga", "operator")
    where = f"/api/v1/assignments/{assignment['id']}"
    firstline.post(olga, f"assignments/{assignment['id']}/move", changes, seen=olga.get(where)["ETag"])


def refused(firstline: Firstline, text: str) -> dict[str, str]:
    """Why ann's text is refused: pointer -> what to do."""
    ann = firstline.person("ann", "baseline_author")
    answer = ann.post("/api/v1/baselines/validate", text, content_type="application/yaml")
    assert answer.status_code == 422, answer.content
    return {error["pointer"]: error["detail"] for error in answer.json()["errors"]}


def budget(firstline: Firstline, account_id: str, name: str) -> dict[str, Any]:
    """A budget as it is in AWS."""
    found: dict[str, Any] = firstline.sandbox.state(account_id)["budgets"].get(name, {})
    return found
