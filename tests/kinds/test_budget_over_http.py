"""Budgets in the simulated AWS: what the kind plans is taken, stays put, and is allowed by no more than it names."""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import pytest

from provisioning.aws.assume import AccountEntry
from provisioning.aws.call_context import lease_deadline
from provisioning.aws.clients import forget_clients
from provisioning.aws.reading import read_sections
from provisioning.aws.reread import drive
from provisioning.aws.session import AwsSession, Sent, enter
from provisioning.aws.settings import AwsSettings
from provisioning.core.change import Call
from provisioning.core.kind import Context
from provisioning.core.session_policy import LOOK_POLICY, session_policy
from provisioning.core.snapshot import Section, Snapshot
from sandbox.client import Sandbox
from tests.kinds.budget_model import KIND, drift, planned

ACCOUNT = "111111111111"
CONTEXT = Context(account_id=ACCOUNT)
EXAMPLE = dict(next(iter(KIND.example.values())))
SMALL: dict[str, Any] = {"type": "cost", "limit": {"amount": "10", "unit": "USD"}, "period": "monthly"}
Session = Callable[[str], AbstractContextManager[AwsSession]]


@pytest.fixture
def session(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Enters the account to apply, under a session policy."""
    sandbox.organisation(accounts=[{"id": ACCOUNT, "name": "dev"}])
    for name, value in sandbox.hub_credentials("apply").items():
        monkeypatch.setenv(name.upper(), value)
    forget_clients()
    role = f"arn:aws:iam::{ACCOUNT}:role/firstline/FirstlineApply"
    entry = AccountEntry(account_id=ACCOUNT, partition="aws", role_arn=role, external_id=sandbox.external_id)
    settings = AwsSettings(connect_timeout=2.0, read_timeout=5.0, margin=1.0)
    with lease_deadline(math.inf):
        yield lambda policy: enter(entry, session_name="run-1.1", session_policy=policy, settings=settings)
    forget_clients()


@pytest.fixture
def look(session: Session) -> Callable[[str], Snapshot]:
    """The bulk read of a look at one declared budget."""

    def read(name: str = "it") -> Snapshot:
        with session(LOOK_POLICY) as entered:
            return read_sections(entered, KIND.sections, {Section.BUDGET_SUBSCRIBERS: frozenset({name})})[0]

    return read


@pytest.fixture
def reread(session: Session) -> Callable[[str], Snapshot]:
    """One budget read by itself, under a policy that allows to read this budget only."""

    def read(name: str = "it") -> Snapshot:
        policy = session_policy(next(KIND.reread(name, CONTEXT)).actions)
        with session(policy) as entered:
            return drive(entered, KIND.reread(name, CONTEXT), ACCOUNT, "aws")

    return read


@pytest.fixture
def send(session: Session) -> Callable[[Iterable[Call]], list[Sent]]:
    """Sends each call under a policy that allows what it names."""

    def each(calls: Iterable[Call]) -> list[Sent]:
        sent = []
        for call in calls:
            with session(session_policy(call.actions)) as entered:
                sent.append(entered.send(call))
        return sent

    return each


@pytest.fixture
def budgets(sandbox: Sandbox, session: Session) -> Any:
    """A client of somebody else in the account."""
    return sandbox.client("budgets", ACCOUNT)


def spec(**fields: Any) -> Any:
    return KIND.parse("it", SMALL | fields, CONTEXT)


def alert(above: float, *emails: str, sns: str = "") -> dict[str, Any]:
    topics = [{"sns": f"us-east-1:{sns}"}] if sns else []
    return {
        "when": "actual",
        "above": above,
        "subscribers": [*({"email": f"{name}@x.org"} for name in emails), *topics],
    }


Look = Callable[..., Snapshot]
Send = Callable[[Iterable[Call]], list[Sent]]


def test_what_was_created_shows_no_drift(look: Look, reread: Look, send: Send) -> None:
    desired = KIND.parse("s3-monthly", EXAMPLE, CONTEXT)
    send(planned("s3-monthly", desired, look("s3-monthly")))

    for read in (look, reread):
        assert drift("s3-monthly", desired, read("s3-monthly")) == {}
        assert planned("s3-monthly", desired, read("s3-monthly")) == ()


def test_bulk_read_and_reread_plan_the_same_calls(look: Look, reread: Look, send: Send) -> None:
    send(planned("it", spec(start="2026-01-01", notifications=[alert(70, "ann"), alert(0.1, "ben")]), look()))
    desired = spec(limit={"amount": "123456789.50", "unit": "USD"}, notifications=[alert(75, "ann")])

    assert planned("it", desired, look()) == planned("it", desired, reread())
    assert KIND.observed(look()) == KIND.observed(reread())


def test_edit_that_stops_after_any_call_goes_on_with_the_calls_that_are_left(reread: Look, send: Send) -> None:
    full = [f"n{number}" for number in range(10)]
    before = [alert(number, "ann") for number in range(8)] + [alert(70, *full, sns="a"), alert(80, "ann")]
    after = [alert(number, "ben") for number in range(9)] + [alert(70, *full[1:], "new", sns="b")]
    send(planned("it", spec(notifications=before), reread()))
    desired = spec(notifications=after, period="annually", filter={"tag": {"team": ["core"]}})

    approved = planned("it", desired, reread())
    for left in range(len(approved), 0, -1):
        replanned = planned("it", desired, reread())
        assert len(replanned) == left
        assert set(replanned) <= set(approved)
        send(replanned[:1])
    assert drift("it", desired, reread()) == {}


def test_subscriber_and_notification_that_are_there_or_gone_already_are_so_already(reread: Look, send: Send) -> None:
    send(planned("it", spec(notifications=[alert(70, "ann"), alert(80, "ann", "ben")]), reread()))
    calls = planned("it", spec(notifications=[alert(80, "ann", sns="a"), alert(90, "cat")]), reread())

    assert send(calls) == [Sent.OK] * len(calls)
    assert send(calls) == [Sent.ALREADY] * len(calls)


def test_large_amount_survives_an_update_of_something_else(reread: Look, send: Send) -> None:
    large = {"amount": "123000000", "unit": "USD"}
    send(planned("it", spec(limit=large), reread()))
    send(planned("it", spec(limit=large, period="annually"), reread()))

    assert drift("it", spec(limit=large, period="annually"), reread()) == {}


def test_other_dialect_is_kept_where_it_says_what_is_declared(budgets: Any, reread: Look, send: Send) -> None:
    expression = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon S3"]}}
    _made_by_others(budgets, FilterExpression=expression, Metrics=["UnblendedCost"])
    desired = spec(limit={"amount": "20", "unit": "USD"}, filter={"service": ["Amazon S3"]})

    send(planned("it", desired, reread()))

    shown = budgets.describe_budget(AccountId=ACCOUNT, BudgetName="it", ShowFilterExpression=True)["Budget"]
    assert (shown["FilterExpression"], shown["BudgetLimit"]["Amount"]) == (expression, "20.0")
    assert drift("it", desired, reread()) == {}


def test_filter_in_the_other_dialect_is_changed_in_that_dialect(budgets: Any, reread: Look, send: Send) -> None:
    credits = {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit"]}}}
    services = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon S3"]}}
    _made_by_others(budgets, FilterExpression={"And": [services, credits]}, Metrics=["NetUnblendedCost"])
    desired = spec(filter={"region": ["eu-west-1"]})

    send(planned("it", desired, reread()))

    shown = budgets.describe_budget(AccountId=ACCOUNT, BudgetName="it", ShowFilterExpression=True)["Budget"]
    assert shown["Metrics"] == ["NetUnblendedCost"] and credits in shown["FilterExpression"]["And"]
    assert drift("it", desired, reread()) == {}


def test_name_with_spaces_and_signs(reread: Look, send: Send) -> None:
    name = "S3, the team's (50 %) & more / 2026 [é]"
    read = partial(reread, name)
    desired = KIND.parse(name, SMALL | {"notifications": [alert(70, "ann")]}, CONTEXT)
    send(planned(name, desired, read()))

    assert drift(name, desired, read()) == {}


def test_subscribers_of_budgets_that_are_not_declared_are_not_asked_for(
    look: Look, send: Send, sandbox: Sandbox
) -> None:
    send(planned("it", spec(notifications=[alert(70, "ann")]), look()))
    sandbox.clear_calls()

    assert KIND.observed(look("another")).keys() == {"it"}
    assert "DescribeSubscribersForNotification" not in {call["operation"] for call in sandbox.calls(ACCOUNT)}


def _made_by_others(budgets: Any, **body: Any) -> None:
    made = {
        "BudgetName": "it",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "10", "Unit": "USD"},
        **body,
    }
    budgets.create_budget(AccountId=ACCOUNT, Budget={name: value for name, value in made.items() if value is not None})
