"""IAM Access Analyzer: analyzers per region, and the findings that a test puts there. Nothing is analysed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.iam.pages import cut
from sandbox.world import PARTITION, world

SIGNING_NAME = "access-analyzer"
LINKED_ROLE = "AWSServiceRoleForAccessAnalyzer"
LINKED_ROLE_PATH = f"/aws-service-role/{SIGNING_NAME}.amazonaws.com/"
_ONE_PER_REGION = ("ACCOUNT", "ACCOUNT_UNUSED_ACCESS")


@dataclass
class Analyzer:
    account: str
    region: str
    name: str
    type: str
    unused_days: int | None
    tags: dict[str, str]
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    findings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def arn(self) -> str:
        return analyzer_arn(self.account, self.region, self.name)

    def shown(self) -> dict[str, Any]:
        unused = {"unusedAccess": {"unusedAccessAge": self.unused_days}} if self.unused_days else None
        shown = {
            "arn": self.arn,
            "name": self.name,
            "type": self.type,
            "createdAt": self.created_at.isoformat(),
            "status": "ACTIVE",
            "tags": dict(self.tags),
            "configuration": unused,
        }
        return {key: value for key, value in shown.items() if value is not None}


def analyzer_arn(account: str, region: str, name: str) -> str:
    return f"arn:{PARTITION}:{SIGNING_NAME}:{region}:{account}:analyzer/{name}"


def linked_role_arn(account: str) -> str:
    return f"arn:{PARTITION}:iam::{account}:role{LINKED_ROLE_PATH}{LINKED_ROLE}"


def _stored(account: str) -> dict[tuple[str, str], Analyzer]:
    return world.analyzers.setdefault(account, {})


def _by_arn(call: Call, arn: str) -> Analyzer:
    for analyzer in _stored(call.account).values():
        if analyzer.arn == arn and analyzer.region == call.region:
            return analyzer
    raise AwsError("ResourceNotFoundException", f"The analyzer {arn} does not exist.", 404)


def create_analyzer(call: Call) -> dict[str, Any]:
    name, kind = call.params["analyzerName"], call.params["type"]
    there = [one for one in _stored(call.account).values() if one.region == call.region]
    if any(one.name == name for one in there):
        raise AwsError("ConflictException", f"An analyzer named {name} already exists.", 409)
    if kind in _ONE_PER_REGION and any(one.type == kind for one in there):
        raise AwsError("ServiceQuotaExceededException", "The maximum number of analyzers of this type is 1.", 402)
    days = _unused_days(call, kind)
    analyzer = Analyzer(call.account, call.region, name, kind, days, dict(call.params.get("tags") or {}))
    _stored(call.account)[(call.region, name)] = analyzer
    _make_linked_role(call.account)
    return {"arn": analyzer.arn}


def _unused_days(call: Call, kind: str) -> int | None:
    given = ((call.params.get("configuration") or {}).get("unusedAccess") or {}).get("unusedAccessAge")
    if kind != "ACCOUNT_UNUSED_ACCESS":
        if call.params.get("configuration"):
            raise AwsError("ValidationException", f"An analyzer of type {kind} takes no configuration.")
        return None
    days = 90 if given is None else int(given)
    if not 1 <= days <= 365:
        raise AwsError("ValidationException", "unusedAccessAge must be between 1 and 365.")
    return days


def _make_linked_role(account: str) -> None:
    from sandbox.organisation.access import aws_role

    if not any(role.name == LINKED_ROLE for role in world.iam(account).roles.values()):
        aws_role(account, LINKED_ROLE, LINKED_ROLE_PATH, {"Service": f"{SIGNING_NAME}.amazonaws.com"})


def list_analyzers(call: Call) -> dict[str, Any]:
    wanted = call.params.get("type")
    found = [one for one in _stored(call.account).values() if one.region == call.region]
    shown = [one.shown() for one in found if wanted in (None, one.type)]
    return _page(call, "analyzers", shown)


def get_analyzer(call: Call) -> dict[str, Any]:
    return {"analyzer": _by_arn(call, analyzer_arn(call.account, call.region, call.params["analyzerName"])).shown()}


def delete_analyzer(call: Call) -> None:
    analyzer = _by_arn(call, analyzer_arn(call.account, call.region, call.params["analyzerName"]))
    del _stored(call.account)[(analyzer.region, analyzer.name)]


def list_findings_v2(call: Call) -> dict[str, Any]:
    """Of the filters only those on `status` and by `eq` are known."""
    wanted = ((call.params.get("filter") or {}).get("status") or {}).get("eq")
    found = [one for one in _by_arn(call, call.params["analyzerArn"]).findings if not wanted or one["status"] in wanted]
    return _page(call, "findings", found)


def tag_resource(call: Call) -> None:
    _by_arn(call, call.params["resourceArn"]).tags.update(call.params["tags"])


def untag_resource(call: Call) -> None:
    tags = _by_arn(call, call.params["resourceArn"]).tags
    for key in call.params["tagKeys"]:
        tags.pop(key, None)


def list_tags_for_resource(call: Call) -> dict[str, Any]:
    return {"tags": dict(_by_arn(call, call.params["resourceArn"]).tags)}


def put_findings(account: str, region: str, kind: str, findings: list[dict[str, Any]]) -> None:
    """What the analyzer of this type found, instead of what it had. Raises KeyError without one."""
    analyzers = {(one.region, one.type): one for one in _stored(account).values()}
    analyzers[(region, kind)].findings = [_finding(account, one) for one in findings]


def _finding(account: str, given: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.now(UTC).isoformat()
    return {
        "id": str(uuid4()),
        "status": "ACTIVE",
        "analyzedAt": moment,
        "createdAt": moment,
        "updatedAt": moment,
        "resourceOwnerAccount": account,
        **given,
    }


def _page(call: Call, member: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    chosen, token = cut(items, int(call.params.get("maxResults") or 100), call.text("nextToken"))
    return {member: chosen, **({"nextToken": token} if token else {})}


OPERATIONS: dict[str, Callable[[Call], Any]] = {
    "CreateAnalyzer": create_analyzer,
    "ListAnalyzers": list_analyzers,
    "GetAnalyzer": get_analyzer,
    "DeleteAnalyzer": delete_analyzer,
    "ListFindingsV2": list_findings_v2,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}
