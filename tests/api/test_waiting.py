"""`?wait=`: the answer waits for the run to end, for a while and for few at a time."""

import threading
import time

import pytest
from django.db import connection

from config.waiting import MOST_AT_ONCE
from provisioning.models import Run
from tests import factories
from tests.api.conftest import As

WRONG = ["-1", "31", "1.5", "soon", "٣", "", "1&wait=2"]


def ends_soon(after: float = 0.3) -> threading.Thread:
    """Somebody else ends every open run."""

    def end() -> None:
        time.sleep(after)
        Run.objects.filter(state__in=Run.OPEN).update(state=Run.State.DONE)
        connection.close()

    thread = threading.Thread(target=end)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["accounts/{id}/looks", "accounts/{id}/access-checks", "runs"])
def test_a_post_that_waits_answers_with_the_ended_run(as_: As, address: str) -> None:
    account = factories.account()
    operator = as_("operator")
    thread = ends_soon(1.0)
    body = {"account_id": account.pk, "kind": "look"} if address == "runs" else {}
    answer = operator.post(f"/api/v1/{address.format(id=account.pk)}?wait=20", body)
    thread.join()
    assert (answer.status_code, answer.json()["state"]) == (200, "done")
    assert answer["Location"] == f"/api/v1/runs/{answer.json()['id']}"


@pytest.mark.django_db(transaction=True)
def test_a_run_that_does_not_end_in_time_is_answered_as_it_is(as_: As) -> None:
    run = factories.run(factories.account(), state="queued")
    answer = as_("viewer").get(f"/api/v1/runs/{run.pk}?wait=1")
    assert (answer.status_code, answer.json()["state"]) == (200, "queued")


@pytest.mark.django_db(transaction=True)
def test_beyond_some_that_wait_the_next_is_answered_at_once(as_: As) -> None:
    run = factories.run(factories.account(), state="queued")
    viewer = as_("viewer")
    answers: list[str] = []

    def wait() -> None:
        answers.append(viewer.get(f"/api/v1/runs/{run.pk}?wait=20").json()["state"])
        connection.close()

    waiters = [threading.Thread(target=wait) for _ in range(MOST_AT_ONCE + 2)]
    for waiter in waiters:
        waiter.start()
    while answers.count("queued") < 2:
        time.sleep(0.05)
    ends_soon(0).join()
    for waiter in waiters:
        waiter.join()
    assert sorted(answers) == ["done"] * MOST_AT_ONCE + ["queued"] * 2


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_wait_is_refused_and_nothing_is_queued(as_: As, wrong: str) -> None:
    account = factories.account()
    answer = as_("operator").post(f"/api/v1/accounts/{account.pk}/looks?wait={wrong}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "wait")
    assert not Run.objects.exists()


def test_addresses_without_a_run_take_no_wait(as_: As) -> None:
    assert as_("viewer").get("/api/v1/fleet?wait=1").status_code == 400


def test_pages_name_their_neighbours_in_link(as_: As) -> None:
    for _ in range(3):
        factories.account()
    viewer = as_("viewer")
    first = viewer.get("/api/v1/accounts?limit=1")
    assert first["Link"] == f'<{first.json()["next"]}>; rel="next"'
    second = viewer.get(first.json()["next"])
    assert second["Link"].count("rel=") == 2
    assert f'<{second.json()["previous"]}>; rel="prev"' in second["Link"]
    assert "Link" not in viewer.get("/api/v1/accounts?limit=10")
