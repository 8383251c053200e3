"""A request's id goes with everything that comes of it; refusals, sign-ins and token use are told."""

import logging

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from access.models import Token
from history.models import Event
from history.services import refusals
from history.services.refusals import MOST_A_MINUTE, record_refusal
from provisioning.models import Run
from provisioning.services.leases import claim_looks
from tests import factories
from tests.api.conftest import As, as_

pytestmark = pytest.mark.django_db
__all__ = ["as_"]
SENT = "deploy-2026-11-24.1"


def test_a_request_id_that_is_sent_comes_back_and_is_in_run_history_and_session_name(as_: As) -> None:
    account = factories.account()
    answer = as_("operator").post(f"/api/v1/accounts/{account.pk}/looks", headers={"X-Request-ID": SENT})
    run = Run.objects.get()
    event = Event.objects.get(verb="look.requested")
    assert answer["X-Request-ID"] == run.request_id == event.request_id == SENT
    assert event.cause == "request"
    (claim,) = claim_looks(1)
    assert claim.session_name.startswith(SENT[:16])
    assert len(claim.session_name) <= 64
    with claim.bound():
        assert Event.objects.filter(pk=_recorded().pk, request_id=SENT, cause=run.cause).exists()


def _recorded() -> Event:
    from history.services.record import record

    return record(actor="firstline", verb="look.done")


@pytest.mark.parametrize("sent", ["", "short", "with space in it", "a" * 65, "<script>alert(1)</script>", "ü" * 10])
def test_what_is_no_request_id_is_replaced(as_: As, sent: str) -> None:
    answer = as_("viewer").get("/api/v1/fleet", headers={"X-Request-ID": sent})
    assert answer["X-Request-ID"] != sent
    assert len(answer["X-Request-ID"]) == 32


def test_a_refusal_is_in_the_history_though_its_transaction_is_not(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "_minute", refusals._Minute())  # other tests of this process were refused too
    account = factories.account()
    assert as_("viewer", "vera").post(f"/api/v1/accounts/{account.pk}/looks").status_code == 403
    event = Event.objects.get(verb="request.refused")
    assert (event.actor, event.subject) == ("vera", f"/api/v1/accounts/{account.pk}/looks")
    assert event.detail["method"] == "POST"


def test_refusals_beyond_some_a_minute_are_not_recorded() -> None:
    for _ in range(MOST_A_MINUTE + 5):
        record_refusal(actor="flood", verb="request.refused")
    assert MOST_A_MINUTE <= Event.objects.filter(actor="flood").count() <= MOST_A_MINUTE + 5 - 1


def test_signing_in_failing_and_out_are_told(client: Client) -> None:
    User.objects.create_user("ada", password="a long pass phrase", is_staff=True)
    form = {"username": "ada", "password": "wrong"}
    client.post("/admin/login/", form)
    client.post("/admin/login/", {**form, "password": "a long pass phrase"})
    client.post("/admin/logout/")
    told = [(event.verb, event.actor) for event in Event.objects.filter(verb__startswith="sign_in.").order_by("id")]
    assert told == [("sign_in.failed", "ada"), ("sign_in.succeeded", "ada"), ("sign_in.ended", "ada")]
    assert "a long pass phrase" not in str([vars(event) for event in Event.objects.all()])


def test_a_tokens_first_use_of_a_day_is_told_once(as_: As) -> None:
    viewer = as_("viewer")
    for _ in range(3):
        viewer.get("/api/v1/fleet")
    token = Token.objects.get()
    assert [one.subject for one in Event.objects.filter(verb="token.used")] == [f"viewer/{token.key_id}"]


def test_a_refused_token_of_ours_is_told_and_one_of_nobody_is_not(as_: As) -> None:
    as_("viewer")
    key_id = Token.objects.get().key_id
    for name in (key_id, "0" * 12, "\x00" * 12):
        stranger = APIClient()
        stranger.credentials(HTTP_AUTHORIZATION=f"Bearer fl_{name}.{'x' * 43}")
        assert stranger.get("/api/v1/fleet").status_code == 401
    assert [one.subject for one in Event.objects.filter(verb="token.refused")] == [f"viewer/{key_id}"]


def test_a_token_used_from_another_address_the_same_day_is_told(as_: As) -> None:
    viewer = as_("viewer")
    for address in ("192.0.2.1", "192.0.2.1", "198.51.100.7", "192.0.2.1"):
        viewer.get("/api/v1/fleet", REMOTE_ADDR=address)
    told = Event.objects.filter(verb="token.used").order_by("id")
    assert [one.detail["address"] for one in told] == ["192.0.2.1", "198.51.100.7"]


def test_a_page_of_the_admin_that_is_refused_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "_minute", refusals._Minute())
    client.force_login(User.objects.create_user("vera", is_staff=True))
    assert client.get("/admin/fleet/pause/", follow=True).status_code in {403, 405}
    assert client.get("/admin/access/rolebinding/").status_code == 403
    told = Event.objects.filter(verb="request.refused", actor="vera")
    assert "/admin/access/rolebinding/" in [one.subject for one in told]


def test_the_access_line_names_who_asked(as_: As, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="config.middleware")
    as_("viewer", "vera").get("/api/v1/fleet")
    client.force_login(User.objects.create_user("ada", is_staff=True))
    client.get("/admin/")
    client.get("/healthz")
    assert [vars(line)["actor"] for line in caplog.records if line.message == "request"] == ["vera", "ada", ""]
