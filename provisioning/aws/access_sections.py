"""IAM Access Analyzer in the shapes of core/snapshot.py: analyzers and active findings of each declared region."""

from collections.abc import Iterable, Mapping
from typing import Any

from provisioning.aws.account_sections import AskPages
from provisioning.core.change import Read
from provisioning.core.section_rows import analyzer_rows, finding_row

SERVICE = "accessanalyzer"
_MOMENTS = {"found_at": "createdAt", "updated_at": "updatedAt"}


def analyzers(pages: AskPages, regions: Iterable[str]) -> dict[str, Any]:
    """ListAnalyzers in each region."""
    listed = {region: pages(_read("ListAnalyzers", region), _analyzers) for region in sorted(regions)}
    rows = [analyzer_rows(region, [one for page in found for one in page]) for region, found in listed.items()]
    return {"analyzers": [row for of_region in rows for row in of_region]}


def findings(pages: AskPages, rows: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The active findings of these analyzers as a section, and the same with their times, as facts."""
    found = [(row, one) for row in rows for one in _active(pages, row)]
    shown = sorted((finding_row(row, one) for row, one in found), key=lambda one: str(one["name"]))
    return {"findings": shown}, {"findings": [finding_row(row, one) | _moments(one) for row, one in found]}


def _active(pages: AskPages, analyzer: Mapping[str, Any]) -> list[dict[str, Any]]:
    only_active = {"status": {"eq": ["ACTIVE"]}}
    read = _read("ListFindingsV2", analyzer["region"], analyzerArn=analyzer["arn"], filter=only_active)
    return [one for page in pages(read, _findings) for one in page]


def _analyzers(page: Mapping[str, Any]) -> Any:
    return page.get("analyzers", [])


def _findings(page: Mapping[str, Any]) -> Any:
    return page.get("findings", [])


def _moments(finding: Mapping[str, Any]) -> dict[str, str]:
    return {name: finding[key].isoformat() for name, key in _MOMENTS.items() if finding.get(key)}


def _read(operation: str, region: str, **params: Any) -> Read:
    return Read(SERVICE, operation, params, frozenset(), region=region)
