"""IAM Access Analyzer in the shapes of core/snapshot.py: analyzers and active findings of each declared region."""

from collections.abc import Iterable, Mapping
from typing import Any

from provisioning.aws.account_sections import AskPages
from provisioning.core.change import Read

SERVICE = "accessanalyzer"



def analyzers(pages: AskPages, regions: Iterable[str]) -> dict[str, Any]:
    """ListAnalyzers in each region."""
    found = [
        row
        for region in sorted(regions)
        for page in pages(_read("ListAnalyzers", region), lambda page: page.get("analyzers", []))
        for row in (analyzer_row(region, one) for one in page)
    ]
    return {"analyzers": sorted(found, key=lambda row: str(row["name"]))}


def analyzer_row(region: str, analyzer: Mapping[str, Any]) -> dict[str, Any]:
    """One analyzer, without what changes by itself (its state, when it last looked at what)."""
    unused = (analyzer.get("configuration") or {}).get("unusedAccess") or {}
    return {
        "name": f"{region}/{analyzer['name']}",
        "region": region,
        "type": analyzer["type"],
        "arn": analyzer["arn"],
        "unused_days": unused.get("unusedAccessAge"),
        "tags": {key: analyzer.get("tags", {})[key] for key in sorted(analyzer.get("tags", {}))},
    }


def findings(pages: AskPages, rows: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The active findings of these analyzers as a section, and the same with their times, as facts."""
    found = [(row, one) for row in rows for one in _active(pages, row)]
    body = sorted((finding_row(row, one) for row, one in found), key=lambda one: str(one["name"]))
    facts = [_fact(row, one) for row, one in found]
    return {"findings": body}, facts


def finding_row(analyzer: Mapping[str, Any], finding: Mapping[str, Any]) -> dict[str, Any]:
    """One finding, without its times."""
    return {
        "name": f"{analyzer['region']}/{finding['id']}",
        "region": analyzer["region"],
        "analyzer_type": analyzer["type"],
        "type": finding.get("findingType", ""),
        "resource": finding.get("resource", ""),
        "resource_type": finding["resourceType"],
    }


def _active(pages: AskPages, analyzer: Mapping[str, Any]) -> list[dict[str, Any]]:
    read = _read(
        "ListFindingsV2", analyzer["region"], analyzerArn=analyzer["arn"], filter={"status": {"eq": ["ACTIVE"]}}
    )
    listed = pages(read, lambda page: page.get("findings", []))
    return [one for page in listed for one in page]


def _fact(analyzer: Mapping[str, Any], finding: Mapping[str, Any]) -> dict[str, Any]:
    moments = {name: finding[key].isoformat() for name, key in _MOMENTS.items() if finding.get(key)}
    return finding_row(analyzer, finding) | {"analyzer": analyzer["name"]} | moments


_MOMENTS = {"found_at": "createdAt", "updated_at": "updatedAt"}


def _read(operation: str, region: str, **params: Any) -> Read:
    return Read(SERVICE, operation, params, frozenset(), region=region)
