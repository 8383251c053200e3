"""The ARN of each declared resource, as it is or will be."""

from typing import Any

from provisioning.core.errors import DeclarationError
from provisioning.kinds import all_kinds
from provisioning.services.work import Work, load_work


def with_arns(account_id: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items of a stored desired state, each with its `arn`."""
    work = load_work(account_id) if items else None
    return [{**item, "arn": _arn(work, item)} for item in items] if work else []


def _arn(work: Work, item: dict[str, Any]) -> str:
    kind = all_kinds().get(item["kind"])
    try:
        spec = kind.parse(item["name"], item["declared"], work.context) if kind else None
        return kind.arn(item["name"], spec, work.context) if kind else ""
    except DeclarationError:  # it was rendered by an older release
        return ""
