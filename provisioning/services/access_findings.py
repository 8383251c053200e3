"""What IAM Access Analyzer found in an account, as its last look listed it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provisioning.core.snapshot import Section
from provisioning.models import AccountFacts

MOST_LISTED = 500


@dataclass(frozen=True)
class AccessFindings:
    """Active findings. `observed_at` is None where the last look read none: no analyzer is declared, or unreadable."""

    account_id: str
    observed_at: datetime | None
    total: int
    by_type: Mapping[str, int]
    findings: tuple[Mapping[str, Any], ...]


def access_findings_of(account_id: str, region: str = "", finding_type: str = "") -> AccessFindings:
    """The findings of one account, those of one region or type where it is given; the first 500 are listed."""
    facts = AccountFacts.objects.filter(pk=account_id).first()
    rows = facts.data.get(Section.ACCESS_FINDINGS.value, {}).get("findings") if facts else None
    chosen = [row for row in rows or () if region in ("", row["region"]) and finding_type in ("", row["type"])]
    by_type = Counter(row["type"] for row in chosen)
    ordered = sorted(chosen, key=lambda row: (row["region"], row["type"], row["resource"], row["name"]))
    at = facts.observed_at if facts and rows is not None else None
    return AccessFindings(account_id, at, len(chosen), dict(sorted(by_type.items())), tuple(ordered[:MOST_LISTED]))
