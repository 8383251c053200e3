"""Access Analyzer: one of a type per region, whatever its name; its findings are a person's."""

from typing import Any

import pytest

from provisioning.core.snapshot import Snapshot
from provisioning.kinds.access_analyzer import AccessAnalyzerKind
from tests.kinds.account_model import assessed, change, paths, snapshot
from tests.kinds.iam_model import ACCOUNT
from tests.kinds.reconcile import refusals

KIND, NAME, ITEM = AccessAnalyzerKind(), "access_analyzer", "eu-west-1/unused_access"
ARN = f"arn:aws:access-analyzer:eu-west-1:{ACCOUNT}:analyzer/somebody-elses"


def analyzer(*findings: tuple[str, str], days: int = 90, **tags: str) -> Snapshot:
    row = {"name": ITEM, "region": "eu-west-1", "arn": ARN, "unused_days": days, "tags": tags}
    found = [
        {
            "name": f"{ITEM}/{one}",
            "analyzer": ITEM,
            "region": "eu-west-1",
            "type": "UnusedIAMRole",
            "resource": resource,
        }
        for one, resource in findings
    ]
    return snapshot(analyzers={"analyzers": [row]}, access_findings={"findings": found})


NOTHING = snapshot(analyzers={"analyzers": []}, access_findings={"findings": []})


def test_a_missing_analyzer_is_made_in_its_region_under_a_name_of_ours() -> None:
    found = assessed(NAME, ITEM, {"unused_days": 60, "tags": {"team": "security"}}, NOTHING)
    assert change(found)[1] == [
        (
            "CreateAnalyzer",
            {
                "analyzerName": "firstline-unused-access",
                "type": "ACCOUNT_UNUSED_ACCESS",
                "configuration": {"unusedAccess": {"unusedAccessAge": 60}},
                "tags": {"team": "security"},
            },
        )
    ]
    (item,) = found.items
    assert item.change is not None and {call.region for call in item.change.calls} == {"eu-west-1"}


def test_one_of_another_name_will_do_once_it_is_adopted() -> None:
    assert change(assessed(NAME, ITEM, {"unused_days": 90}, analyzer()))[:2] == ("adopt", [])
    assert paths(assessed(NAME, ITEM, {"unused_days": 90}, analyzer())) == {}


def test_its_days_can_only_be_changed_by_a_person() -> None:
    assert paths(assessed(NAME, ITEM, {"unused_days": 30}, analyzer(), owned=True)) == {
        "unused_days": "person immutable_field"
    }


def test_each_finding_is_a_drift_of_its_own_where_none_may_be() -> None:
    there = analyzer(("1", "arn:aws:iam::1:role/a"), ("2", "arn:aws:iam::1:role/b"))
    assert paths(assessed(NAME, ITEM, {}, there, owned=True)) == {}
    found = assessed(NAME, ITEM, {"findings": "none"}, there, owned=True)
    assert paths(found) == {"findings[1]": "person access_finding", "findings[2]": "person access_finding"}
    assert next(one.difference.observed for one in found.findings) == "UnusedIAMRole: arn:aws:iam::1:role/a"
    assert [item.change for item in found.items] == [None]


def test_tags_are_changed_in_place_where_the_analyzer_is() -> None:
    found = assessed(NAME, ITEM, {"tags": {"team": "b"}}, analyzer(team="a", old="x"), owned=True)
    assert change(found)[1] == [
        ("UntagResource", {"resourceArn": ARN, "tagKeys": ["old"]}),
        ("TagResource", {"resourceArn": ARN, "tags": {"team": "b"}}),
    ]


@pytest.mark.parametrize(
    ("name", "declared", "pointer"),
    [
        ("external_access", {}, ""),
        ("eu-west-1/organization", {}, ""),
        ("Europe/external_access", {}, ""),
        ("eu-west-1/external_access", {"unused_days": 90}, "/unused_days"),
        (ITEM, {"unused_days": 366}, "/unused_days"),
        (ITEM, {"findings": "some"}, "/findings"),
    ],
)
def test_what_aws_does_not_know_is_refused(name: str, declared: dict[str, Any], pointer: str) -> None:
    assert set(refusals(KIND, name, declared)) == {pointer}
