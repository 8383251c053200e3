"""One look over HTTP against the sandbox: only what is needed, all of it, and unreadable never absent."""

import json
from typing import Any

import pytest

from provisioning.aws.reading import read_sections
from provisioning.core.errors import AwsError
from provisioning.core.role_policies import SECTION_ACTIONS
from provisioning.core.session_policy import LOOK_POLICY
from provisioning.core.snapshot import Complete, Section, Snapshot, Unreadable
from provisioning.kinds.iam_saml_provider import SamlProviderKind
from sandbox.actions import needed_actions
from sandbox.call import Call as Sent
from sandbox.client import Sandbox
from sandbox.organisation.content import owner
from tests.aws.bench_account import BUDGETS, bench_account
from tests.aws.conftest import ACCOUNT, Enter
from tests.aws.test_credential_sections import OF_PEOPLE

METADATA: str = SamlProviderKind.example["CorporateDirectory"]["metadata"]
QUIET_LOOK = frozenset(
    {
        *(Section.IAM_DETAILS, Section.IAM_ROLES),
        *(Section.BUDGETS, Section.BUDGET_NOTIFICATIONS, Section.BUDGET_SUBSCRIBERS),
    }
)
ASKED = {
    Section.BUDGET_SUBSCRIBERS: BUDGETS,
    Section.SAML_PROVIDERS: frozenset({"Okta"}),
    Section.OIDC_PROVIDERS: frozenset({"example.com"}),
    Section.ANALYZERS: frozenset({"us-east-1"}),
}
CALLS_OF_A_QUIET_LOOK = {
    "AssumeRole": 1,
    "GetAccountAuthorizationDetails": 1,
    "ListRoles": 1,
    "DescribeBudgets": 1,
    "DescribeBudgetNotificationsForAccount": 1,
    "DescribeSubscribersForNotification": 12,
}


@pytest.fixture
def bench(look: Enter, organisation: Sandbox, become: Any) -> Sandbox:
    organisation.organisation(accounts=[bench_account(ACCOUNT)])
    become("look")
    organisation.clear_calls()
    return organisation


def counted(sandbox: Sandbox) -> dict[str, int]:
    found: dict[str, int] = {}
    for call in sandbox.calls(ACCOUNT):
        found[call["operation"]] = found.get(call["operation"], 0) + 1
    return found


def read(look: Enter, sections: frozenset[Section] = QUIET_LOOK, declared: frozenset[str] = BUDGETS) -> Snapshot:
    with look(session_policy=LOOK_POLICY) as session:
        return read_sections(session, sections, {Section.BUDGET_SUBSCRIBERS: declared})[0]


def reason(snapshot: Snapshot, section: Section) -> str:
    reading = snapshot.sections[section]
    assert isinstance(reading, Unreadable)
    return reading.reason


def test_quiet_bench_account_takes_exactly_seventeen_calls(look: Enter, bench: Sandbox) -> None:
    with look(session_policy=LOOK_POLICY) as session:
        snapshot, _ = read_sections(session, QUIET_LOOK, ASKED)
        assert session.calls_made == 17
    assert counted(bench) == CALLS_OF_A_QUIET_LOOK
    assert not snapshot.unread(QUIET_LOOK)


def test_subscribers_are_asked_for_declared_budgets_only(look: Enter, bench: Sandbox) -> None:
    snapshot = read(look, declared=frozenset({"budget-1", "of-another-account"}))
    assert counted(bench)["DescribeSubscribersForNotification"] == 3
    assert list(snapshot.body(Section.BUDGET_SUBSCRIBERS)["subscribers"]) == ["budget-1"]


def test_only_the_sections_asked_for_are_read(look: Enter, bench: Sandbox) -> None:
    snapshot = read(look, frozenset({Section.IAM_ROLES, Section.IAM_SUMMARY}))
    assert counted(bench) == {"AssumeRole": 1, "ListRoles": 1, "GetAccountSummary": 1}
    assert set(snapshot.sections) == {Section.IAM_ROLES, Section.IAM_SUMMARY}
    assert snapshot.body(Section.IAM_SUMMARY)["quotas"]["VersionsPerPolicyQuota"] == 5


def test_looking_twice_gives_equal_hashes(look: Enter, bench: Sandbox) -> None:
    first, second = read(look), read(look)
    assert hashes(first) == hashes(second)


def hashes(snapshot: Snapshot) -> dict[Section, str]:
    return {name: found.hash for name, found in snapshot.sections.items() if isinstance(found, Complete)}


@pytest.mark.parametrize("section", [section for section in SECTION_ACTIONS if section not in OF_PEOPLE])
def test_section_takes_the_actions_that_the_look_role_is_given_for_it(
    look: Enter, bench: Sandbox, section: Section
) -> None:
    iam = bench.client("iam", ACCOUNT)
    iam.create_saml_provider(Name="Okta", SAMLMetadataDocument=METADATA)
    iam.create_open_id_connect_provider(Url="https://example.com")
    bench.client("accessanalyzer", ACCOUNT).create_analyzer(analyzerName="one", type="ACCOUNT")
    with look() as session:
        bench.clear_calls()
        snapshot, _ = read_sections(session, {section}, ASKED)
    assert isinstance(snapshot.sections[section], Complete)
    sent = [Sent(call["service"], call["operation"], {}, principal=owner(ACCOUNT)) for call in bench.calls(ACCOUNT)]
    assert {needed.action for call in sent for needed in needed_actions(call)} == SECTION_ACTIONS[section]


def test_details_hold_everything_in_one_order(look: Enter, bench: Sandbox) -> None:
    body = read(look).body(Section.IAM_DETAILS)
    assert [group["name"] for group in body["groups"]] == [f"group-{number}" for number in range(5)]
    user = body["users"][0]
    assert (user["name"], user["groups"], user["boundary"], user["tags"]) == ("user-0", ["group-0"], None, {})
    role = next(role for role in body["roles"] if role["name"] == "role-0")
    assert role["attached"] == [f"arn:aws:iam::{ACCOUNT}:policy/policy-0"]
    assert json.loads(role["trust"])["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert role["trust"] == json.dumps(json.loads(role["trust"]), sort_keys=True, separators=(",", ":"))
    policy = next(policy for policy in body["policies"] if policy["path"] == "/")
    assert (policy["name"], policy["path"], policy["default_version"]) == ("policy-0", "/", "v1")


def test_budgets_hold_what_people_set_and_facts_what_aws_counts(look: Enter, bench: Sandbox) -> None:
    with look() as session:
        snapshot, facts = read_sections(session, QUIET_LOOK, ASKED)
    budget = snapshot.body(Section.BUDGETS)["budgets"][0]
    assert budget["BudgetName"] == "budget-0" and budget["BudgetLimit"]["Unit"] == "USD"
    assert not {"CalculatedSpend", "LastUpdatedTime", "HealthStatus"} & budget.keys()
    assert "CalculatedSpend" in facts["budgets"]["budget-0"]
    assert json.loads(json.dumps(facts)) == facts


def test_notifications_and_subscribers_are_kept_apart_by_budget(look: Enter, bench: Sandbox) -> None:
    snapshot = read(look)
    notifications = snapshot.body(Section.BUDGET_NOTIFICATIONS)["notifications"]["budget-0"]
    assert [item["Threshold"] for item in notifications] == [100.0, 50.0, 80.0]
    heard = snapshot.body(Section.BUDGET_SUBSCRIBERS)["subscribers"]["budget-0"]
    assert [entry["notification"] for entry in heard] == notifications
    assert [person["Address"] for person in heard[0]["subscribers"]] == ["finance@example.com", "platform@example.com"]


@pytest.mark.parametrize(
    ("fault", "why"),
    [("denied", "denied"), ("throttle", "throttled"), ("server_error", "transient"), ("cut", "transient")],
)
def test_section_that_fails_is_unreadable_and_the_others_are_read(
    look: Enter, bench: Sandbox, fault: str, why: str
) -> None:
    bench.fault(fault, operation="ListRoles")
    snapshot = read(look)
    assert reason(snapshot, Section.IAM_ROLES) == why
    assert set(snapshot.unread(QUIET_LOOK)) == {Section.IAM_ROLES}


def test_subscribers_are_unreadable_when_notifications_are(look: Enter, bench: Sandbox) -> None:
    bench.fault("denied", operation="DescribeBudgetNotificationsForAccount")
    snapshot = read(look)
    assert reason(snapshot, Section.BUDGET_SUBSCRIBERS) == reason(snapshot, Section.BUDGET_NOTIFICATIONS) == "denied"
    assert "DescribeSubscribersForNotification" not in counted(bench)


def test_one_unreadable_notification_leaves_no_half_section(look: Enter, bench: Sandbox) -> None:
    bench.fault("denied", operation="DescribeSubscribersForNotification", nth=5)
    assert reason(read(look), Section.BUDGET_SUBSCRIBERS) == "denied"


def test_notification_that_vanished_meanwhile_is_left_out(look: Enter, bench: Sandbox) -> None:
    bench.fault("error", operation="DescribeSubscribersForNotification", code="NotFoundException", status=400, count=1)
    heard = read(look).body(Section.BUDGET_SUBSCRIBERS)["subscribers"]
    assert [len(heard[name]) for name in sorted(heard)] == [2, 3, 3, 3]


def test_account_without_budgets_has_empty_sections(look: Enter, organisation: Sandbox) -> None:
    organisation.fault("error", service="budgets", code="NotFoundException", status=400)
    snapshot = read(look)
    assert snapshot.body(Section.BUDGETS) == {"budgets": []}
    assert snapshot.body(Section.BUDGET_NOTIFICATIONS) == {"notifications": {}}
    assert snapshot.body(Section.BUDGET_SUBSCRIBERS) == {"subscribers": {}}


def test_account_that_can_no_longer_be_entered_is_no_snapshot(look: Enter, bench: Sandbox) -> None:
    bench.fault("expired", operation="ListRoles")
    with look() as session, pytest.raises(AwsError) as caught:
        read_sections(session, QUIET_LOOK, ASKED)
    assert caught.value.code == "session"


def test_session_that_expires_at_any_call_changes_nothing_but_the_count(look: Enter, bench: Sandbox) -> None:
    whole = hashes(read(look))
    for nth in (2, 3, 4, 9):  # the first is AssumeRole
        bench.clear_faults()
        bench.fault("expired", operation="read", nth=nth, count=1)
        assert hashes(read(look)) == whole


def test_lease_can_be_renewed_after_every_request(look: Enter, bench: Sandbox) -> None:
    beats: list[int] = []
    bench.fault("throttle", operation="ListRoles", count=1)
    with look() as session:
        read_sections(session, QUIET_LOOK, ASKED, on_page=lambda: beats.append(session.calls_made))
    assert beats == list(range(2, 19))
