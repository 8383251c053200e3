"""`/metrics` and `/readyz`: what they tell, to whom, and that a fleet ten times larger gives no more lines."""

import math
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db.models.functions import Now
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from history.models import ChainHead
from history.services.verify import verify
from provisioning.models import AccountFacts, Drift, FleetPause, Heartbeat, Lease, PlanRecord, Run
from provisioning.services.heartbeats import dispatcher_lives, queue_lives, queues_to_ring
from tests import factories
from tests.architecture.sources import ROOT
from tests.people import token

TOKEN = "kM3uQxW8cVtY2nLrZp0dGs5hJf7aBe91"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _token(settings: LazySettings) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"metrics_token": TOKEN})


def scraped(client: Client) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels."""
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.content
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_figures_are_for_whoever_has_the_token_of_the_installation(client: Client, admin_client: Client) -> None:
    assert client.get("/metrics").status_code == 401
    assert admin_client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert client.post("/metrics").status_code == 405
    assert scraped(client)


def test_token_of_a_person_opens_nothing(client: Client) -> None:
    answer = client.get("/metrics", headers={"authorization": f"Bearer {token('olga', 'owner')}"})
    assert answer.status_code == 401


def test_address_is_closed_without_a_token(client: Client, settings: LazySettings) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"metrics_token": ""})
    answer = client.get("/metrics", headers={"authorization": "Bearer "})
    assert (answer.status_code, b"FIRSTLINE_METRICS_TOKEN" in answer.content) == (404, True)


def test_fleet_is_counted(client: Client) -> None:
    seen, unseen = factories.account(state="managed"), factories.account(state="registered")
    left = factories.account(state="left")
    for account in (seen, unseen, left):
        factories.desired_state(account)
    AccountFacts.objects.create(account=seen, data={}, observed_at=Now() - timedelta(hours=3))
    factories.drift(seen)
    factories.drift(seen, remedy=Drift.Remedy.PERSON)
    factories.drift(seen, state=Drift.State.RESOLVED)
    factories.plan(seen)
    factories.plan(seen, lane=PlanRecord.Lane.OBSERVE)
    found = scraped(client)
    assert found["firstline_accounts", "managed"] == found["firstline_accounts", "left"] == 1
    assert found["firstline_accounts_assigned",] == 2
    assert found["firstline_accounts_never_seen",] == 1
    assert 3 * 3600 <= found["firstline_oldest_verdict_age_seconds",] < 3 * 3600 + 600
    assert [found["firstline_drifts_open", remedy] for remedy in ("auto", "person", "none")] == [1, 1, 0]
    assert [found["firstline_plans_proposed", lane] for lane in ("auto", "approval", "observe")] == [0, 1, 1]


def test_work_is_counted(client: Client) -> None:
    account = factories.account()
    factories.run(account, aws_calls=7, aws_throttles=2)
    factories.run(account, state=Run.State.UNREACHABLE, aws_calls=1)
    factories.run(account, aws_calls=100, finished_at=Now() - timedelta(hours=2))
    factories.run(account, state=Run.State.QUEUED, finished_at=None, next_at=Now() - timedelta(minutes=5))
    found = scraped(client)
    assert found["firstline_runs_ended_last_hour", "look", "done"] == 1
    assert found["firstline_runs_ended_last_hour", "look", "unreachable"] == 1
    assert found["firstline_runs_open", "look", "queued"] == 1
    assert found["firstline_runs_open", "apply", "applying"] == 0
    assert 300 <= found["firstline_oldest_waiting_run_seconds", "look"] < 900
    assert found["firstline_oldest_waiting_run_seconds", "apply"] == 0
    assert found["firstline_aws_calls_last_hour", "look"] == 8
    assert found["firstline_aws_throttles_last_hour", "look"] == 2


def test_accounts_that_cannot_be_worked_on_are_counted(client: Client) -> None:
    found = scraped(client)
    assert found["firstline_accounts_unreachable",] == found["firstline_accounts_quarantined",] == 0
    account, recovered = factories.account(paused=True), factories.account()
    factories.run(account, state=Run.State.UNREACHABLE)
    factories.run(recovered, state=Run.State.UNREACHABLE, finished_at=Now() - timedelta(hours=1))
    factories.run(recovered)
    Lease.objects.create(account=account, backoff_until=Now() + timedelta(hours=1))
    FleetPause.objects.create(reason="incident", by="otto")
    found = scraped(client)
    assert found["firstline_accounts_unreachable",] == found["firstline_accounts_quarantined",] == 1
    assert found["firstline_accounts_paused",] == found["firstline_fleet_paused",] == 1


def test_signs_of_life_age(client: Client) -> None:
    assert math.isinf(scraped(client)["firstline_dispatcher_tick_age_seconds",])
    dispatcher_lives()
    queue_lives("look")
    found = scraped(client)
    assert 0 <= found["firstline_dispatcher_tick_age_seconds",] < 600
    assert 0 <= found["firstline_canary_age_seconds", "look"] < 600
    assert math.isinf(found["firstline_canary_age_seconds", "apply"])


def test_more_accounts_give_no_more_lines(client: Client) -> None:
    def fill(count: int) -> int:
        for _ in range(count):
            account = factories.account()
            factories.run(account)
            factories.drift(account)
        return len(scraped(client))

    assert fill(1) == fill(30)


def test_every_figure_is_explained(client: Client) -> None:
    page = (ROOT / "docs/monitoring.md").read_text()
    names = {name for name, *_ in scraped(client)}
    assert not [name for name in names if f"`{name}`" not in page]


def notices(client: Client) -> dict[str, str]:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    found: dict[str, str] = answer.json()["notices"]
    return found


def test_readiness_tells_of_silence_and_stays_ready(client: Client) -> None:
    assert notices(client) == {
        "dispatcher": "late",
        "look": "late",
        "apply": "late",
        "hand_over": "late",
        "history": "late",
    }
    dispatcher_lives()
    queue_lives("look")
    queue_lives("apply")
    queue_lives("hand_over")
    verify()
    assert set(notices(client).values()) == {"ok"}
    Heartbeat.objects.filter(name="queue:apply").update(at=Now() - timedelta(minutes=5))
    assert {name for name, told in notices(client).items() if told == "late"} == {"apply"}


def test_history_that_does_not_hold_is_told(client: Client) -> None:
    found = scraped(client)
    assert math.isinf(found["firstline_history_verified_age_seconds",]) and found["firstline_history_damaged",] == 0
    verify()
    assert 0 <= scraped(client)["firstline_history_verified_age_seconds",] < 600
    ChainHead.objects.update(broken="edited at 7")
    assert scraped(client)["firstline_history_damaged",] == 1
    assert notices(client)["history"] == "damaged"


def test_canary_is_due_again_after_a_while_and_seldom_where_nobody_listens() -> None:
    def pass_time(seconds: int) -> None:
        Heartbeat.objects.update(rung_at=Now() - timedelta(seconds=seconds))

    assert queues_to_ring() == ["apply", "hand_over", "look"]
    assert queues_to_ring() == []
    queue_lives("look")
    pass_time(31)
    assert queues_to_ring() == ["look"]
    pass_time(241)
    assert queues_to_ring() == ["apply", "hand_over", "look"]
