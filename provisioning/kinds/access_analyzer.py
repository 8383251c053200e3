"""IAM Access Analyzer: that an analyzer of a type exists in a region, and whether it may find anything.

An item is named region/type. Which name the analyzer itself bears does not matter: AWS takes one of a type per account
and region, so one that is there already will do. Its findings are the account's, and a person's to settle.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from provisioning.core.change import Call, Change, Create, Read, ResourceKey
from provisioning.core.diff import Difference
from provisioning.core.errors import Reason
from provisioning.core.fields import UNMANAGED, Exclusive, FrozenMap, Shared, Unmanaged
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.section_rows import ANALYZER_TYPES, analyzer_rows
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.declaration import (
    BINDING,
    EXCLUSIVE,
    SHARED,
    Declaration,
    Include,
    bound_map,
    json_schema,
    read,
    undeclared,
)
from provisioning.kinds.iam_names import Account, arn
from provisioning.kinds.iam_reads import ANYWHERE

SERVICE, PREFIX = "accessanalyzer", "access-analyzer"
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_LINKED_ROLE = "AWSServiceRoleForAccessAnalyzer"

Texts = FrozenMap[str, str]
TextsField = Exclusive[Texts] | Shared[Texts]


@dataclass(frozen=True)
class AnalyzerSpec:
    """The analyzer of one type in one region. `findings`: its active ones by id, with the resource of each."""

    unused_days: int | Unmanaged | None = UNMANAGED
    findings: TextsField | Unmanaged = UNMANAGED
    tags: TextsField | Unmanaged = UNMANAGED


class AnalyzerDeclaration(Declaration):
    """The fields of one `access_analyzer`."""

    unused_days: Annotated[int, Field(ge=1, le=365)] = undeclared(
        description="Days after which access counts as unused (type unused_access); fixed once the analyzer exists. "
        "AWS: unusedAccessAge"
    )
    findings: Literal["none"] = undeclared(
        description="`none`: each active finding is a drift that a person settles. Left out, they are only listed."
    )
    tags: Annotated[Annotated[dict[str, str], EXCLUSIVE] | Annotated[Include[dict[str, str]], SHARED], BINDING] = (
        undeclared(description="Tags by key.")
    )


class AccessAnalyzerKind(Kind[AnalyzerSpec]):
    """`access_analyzer`."""

    name: ClassVar[str] = "access_analyzer"
    sections: ClassVar[frozenset[Section]] = frozenset({Section.ANALYZERS, Section.ACCESS_FINDINGS})
    immutable: ClassVar[frozenset[str]] = frozenset({"unused_days"})
    runbook: ClassVar[str] = "docs/runbooks/access-findings.md"
    writes: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {
            *(
                (f"{PREFIX}:{operation}", "analyzer/*")
                for operation in ("CreateAnalyzer", "TagResource", "UntagResource")
            ),
            ("iam:CreateServiceLinkedRole", "role/*"),
        }
    )
    rereads: ClassVar[frozenset[str]] = frozenset({f"{PREFIX}:ListAnalyzers"})
    example: ClassVar[Mapping[str, Any]] = {
        "eu-west-1/unused_access": {"unused_days": 90, "findings": "none", "tags": {"team": "security"}}
    }

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> AnalyzerSpec:
        model = read(AnalyzerDeclaration, declared, context, _faults(name, declared))
        return AnalyzerSpec(
            unused_days=model.unused_days,
            findings=Exclusive(FrozenMap()) if model.findings == "none" else UNMANAGED,
            tags=bound_map(model.tags, str),
        )

    def schema(self) -> Mapping[str, Any]:
        return json_schema(AnalyzerDeclaration)

    def identity(self, name: str) -> str:
        return name

    def asks(self, name: str, declared: Mapping[str, Any], context: Context) -> Mapping[Section, frozenset[str]]:
        """By the region: analyzers are listed region by region."""
        return {Section.ANALYZERS: frozenset({name.partition("/")[0]})}

    def observed(self, snapshot: Snapshot) -> Mapping[str, AnalyzerSpec]:
        found = snapshot.body(Section.ACCESS_FINDINGS)["findings"]
        return {name: _spec(row, found) for name, row in _analyzers(snapshot).items()}

    def inventory(self, snapshot: Snapshot) -> Mapping[str, Mapping[str, Any]]:
        return {name: {"arn": row["arn"], "path": "/"} for name, row in _analyzers(snapshot).items()}

    def arn(self, name: str, spec: AnalyzerSpec, context: Context | Snapshot) -> str:
        return _arn(name, context)

    def references(self, name: str, spec: AnalyzerSpec, context: Context) -> frozenset[ResourceKey]:
        return frozenset()

    def calls(self, change: Change[AnalyzerSpec], snapshot: Snapshot) -> Sequence[Call]:
        if isinstance(change, Create):
            return (_create(change.key.name, change.desired, snapshot),)
        row = _analyzers(snapshot)[change.key.name]
        return [*_tag_calls(row, change.desired.tags)]

    def reread(self, name: str, context: Context) -> Reread:
        """Findings are not read anew: no call depends on them."""
        region = name.partition("/")[0]
        answer = yield Read(
            SERVICE, "ListAnalyzers", {}, frozenset({(f"{PREFIX}:ListAnalyzers", ANYWHERE)}), "analyzers", region=region
        )
        rows = [row for row in analyzer_rows(region, (answer or {}).get("analyzers", [])) if row["name"] == name]
        gone = [] if rows else [name]
        body = {"analyzers": rows, "absent": {"analyzers": gone}}
        return {Section.ANALYZERS: body, Section.ACCESS_FINDINGS: {"findings": []}}

    def protected(self, name: str, spec: AnalyzerSpec, context: Context) -> str | None:
        return None

    def risks(
        self, name: str, desired: AnalyzerSpec, applied: AnalyzerSpec | None, snapshot: Snapshot
    ) -> tuple[str, ...]:
        return ()

    def person(self, name: str, difference: Difference, snapshot: Snapshot) -> str | None:
        return "access_finding" if difference.field == "findings" else None


def _faults(name: str, declared: Any) -> list[Reason]:
    region, _, kind = name.partition("/")
    if not _REGION.fullmatch(region) or kind not in ANALYZER_TYPES:
        return [
            Reason(
                "", f"Name an analyzer region/type, e.g. eu-west-1/external_access; types: {', '.join(ANALYZER_TYPES)}."
            )
        ]
    if kind != "unused_access" and isinstance(declared, Mapping) and "unused_days" in declared:
        return [Reason("/unused_days", "Only an analyzer of type unused_access counts days: leave it out.")]
    return []


def _type(name: str) -> str:
    return ANALYZER_TYPES[name.partition("/")[2]]


def _own_name(name: str) -> str:
    return f"firstline-{name.partition('/')[2].replace('_', '-')}"


def _arn(name: str, account: Account) -> str:
    region = name.partition("/")[0]
    return f"arn:{account.partition}:{PREFIX}:{region}:{account.account_id}:analyzer/{_own_name(name)}"


def _analyzers(snapshot: Snapshot) -> dict[str, Mapping[str, Any]]:
    return {row["name"]: row for row in snapshot.body(Section.ANALYZERS)["analyzers"]}


def _spec(row: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> AnalyzerSpec:
    ours = {
        one["name"].rpartition("/")[2]: f"{one['type']}: {one['resource'] or one['resource_type']}"
        for one in findings
        if one["analyzer"] == row["name"]
    }
    return AnalyzerSpec(row["unused_days"], Exclusive(FrozenMap(ours)), Exclusive(FrozenMap(row["tags"])))


def _create(name: str, desired: AnalyzerSpec, account: Account) -> Call:
    """AWS makes the service-linked role with the first analyzer, by the right of whoever makes that."""
    own, tags = _arn(name, account), _items(desired.tags)
    params: dict[str, Any] = {"analyzerName": _own_name(name), "type": _type(name)}
    if isinstance(desired.unused_days, int):
        params["configuration"] = {"unusedAccess": {"unusedAccessAge": desired.unused_days}}
    if tags:
        params["tags"] = tags
    linked = arn(account, "role", f"/aws-service-role/{PREFIX}.amazonaws.com/", _LINKED_ROLE)
    needed = {(f"{PREFIX}:CreateAnalyzer", own), ("iam:CreateServiceLinkedRole", linked)}
    needed |= {(f"{PREFIX}:TagResource", own)} if tags else set()
    return Call(SERVICE, "CreateAnalyzer", params, frozenset(needed), region=name.partition("/")[0])


def _tag_calls(row: Mapping[str, Any], desired: TextsField | Unmanaged) -> Iterator[Call]:
    there, wanted = row["tags"], _items(desired)
    gone = sorted(there.keys() - wanted.keys()) if isinstance(desired, Exclusive) else []
    changed = {key: value for key, value in wanted.items() if there.get(key) != value}
    if gone:
        yield _tagging("UntagResource", row, {"tagKeys": gone})
    if changed:
        yield _tagging("TagResource", row, {"tags": changed})


def _tagging(operation: str, row: Mapping[str, Any], params: Mapping[str, Any]) -> Call:
    action = frozenset({(f"{PREFIX}:{operation}", row["arn"])})
    return Call(SERVICE, operation, {"resourceArn": row["arn"], **params}, action, region=row["region"])


def _items(field: TextsField | Unmanaged) -> dict[str, str]:
    return {} if isinstance(field, Unmanaged) else {key: field.items[key] for key in sorted(field.items)}
