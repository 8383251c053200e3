"""Reading a hand-over over REST and in the admin: once, by its reader, and kept by nobody on the way."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from access.models import KeptAnswer
from history.models import Event
from provisioning.core.secret import Secret
from provisioning.models import HandOver
from provisioning.services.secret_box import encrypted
from tests import factories
from tests.api.conftest import As
from tests.people import person

pytestmark = pytest.mark.django_db
KEY_ID = "AKIAIOSFODNN7EXAMPLE"


def to_read(text: str = "Zq7-secret-of-ann", **fields: Any) -> HandOver:
    """One that rita may read."""
    given = {"state": "made", "reader": "rita", "expires_at": timezone.now() + timedelta(hours=1), **fields}
    row = factories.hand_over(factories.account(), **given)
    HandOver.objects.filter(pk=row.pk).update(secret=encrypted(Secret(text), row.pk, ""))
    return row


def path(row: HandOver) -> str:
    return f"/api/v1/hand-overs/{row.pk}/read"


def test_second_read_says_who_read_it_and_when(as_: As) -> None:
    rita, row = as_("viewer", "rita"), to_read()
    first = rita.post(path(row))
    assert (first.status_code, first.json()["password"]) == (200, "Zq7-secret-of-ann")
    assert first["Cache-Control"] == "no-store" and "ETag" not in first and "Location" not in first
    second = rita.post(path(row))
    assert (second.status_code, second.json()["code"]) == (410, "already_read")
    assert "by rita at" in second.json()["detail"]


def test_answer_is_kept_under_no_idempotency_key(as_: As) -> None:
    rita, row = as_("viewer", "rita"), to_read()
    key = {"Idempotency-Key": "read-it-1"}
    assert rita.post(path(row), headers=key).status_code == 200
    assert rita.post(path(row), headers=key).status_code == 410
    assert not KeptAnswer.objects.exists()


def test_others_are_refused_and_that_is_told(as_: As) -> None:
    row = to_read()
    answer = as_("owner", "olga").post(path(row))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert Event.objects.filter(verb="request.refused", actor="olga").exists()
    assert HandOver.objects.get(pk=row.pk).state == "made"


def test_after_its_hour_nothing_is_shown(as_: As) -> None:
    row = to_read(expires_at=timezone.now())
    answer = as_("viewer", "rita").post(path(row))
    assert (answer.status_code, answer.json()["code"]) == (410, "not_read_in_time")


def test_key_file_is_the_one_of_the_console(as_: As) -> None:
    row = to_read("wJalrXUtnFEMI/K7MDENG", what="access_key", key_id=KEY_ID)
    answer = as_("viewer", "rita").post(path(row), headers={"Accept": "text/csv"})
    assert answer.content.decode() == f"Access key ID,Secret access key\r\n{KEY_ID},wJalrXUtnFEMI/K7MDENG\r\n"
    assert answer["Content-Disposition"] == 'attachment; filename="ann_accessKeys.csv"'


def test_secret_that_a_spreadsheet_would_run_stays_unread_and_unaltered(as_: As) -> None:
    rita, row = as_("viewer", "rita"), to_read("+wJalrXUtnFEMI", what="access_key", key_id=KEY_ID)
    refused = rita.post(path(row), headers={"Accept": "text/csv"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_csv")
    assert rita.post(path(row)).json()["secret_access_key"] == "+wJalrXUtnFEMI"


def test_lists_and_pages_show_every_state_and_no_ciphertext(as_: As) -> None:
    row = to_read()
    shown = as_("security_admin").get("/api/v1/hand-overs", {"state": "made", "reader": "rita"}).json()["results"]
    assert [one["id"] for one in shown] == [str(row.pk)]
    assert not {"secret", "password", "public_key"} & set(shown[0])


def test_admin_shows_it_to_its_reader_once_and_masked(client: Client) -> None:
    row = to_read()
    client.force_login(person("rita", "viewer"))
    page = f"/admin/provisioning/handover/{row.pk}/"
    assert b"Zq7-secret" not in client.get(f"{page}change/").content
    assert client.get(f"{page}read/").status_code == 405
    answer = client.post(f"{page}read/")
    assert b"<summary>Show</summary><code" in answer.content and b"Zq7-secret-of-ann" in answer.content
    assert "no-store" in answer["Cache-Control"]
    assert b"Zq7-secret" not in client.post(f"{page}read/", follow=True).content


def test_admin_offers_the_file_and_no_button_to_others(client: Client) -> None:
    row = to_read()
    page = f"/admin/provisioning/handover/{row.pk}/"
    client.force_login(person("olga", "owner"))
    assert b"Read it, once" not in client.get(f"{page}change/").content
    client.force_login(person("rita", "viewer"))
    assert b"Read it, once" in client.get(f"{page}change/").content
    answer = client.post(f"{page}read/", {"as": "csv"})
    assert answer.content.decode().startswith("User name,Password,Console sign-in URL\r\nann,Zq7-secret-of-ann,")


def test_debug_page_of_a_failure_while_reading_shows_no_secret(
    as_: As, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.views.debug import ExceptionReporter

    from provisioning.services import read_hand_over

    settings.DEBUG = False
    seen: list[str] = []

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(read_hand_over, "tell", broken)
    rita, row = as_("viewer", "rita"), to_read()
    try:
        rita.post(path(row))
    except ZeroDivisionError as error:
        reporter = ExceptionReporter(None, type(error), error, error.__traceback__)
        seen.append(reporter.get_traceback_text())
    assert seen and "Zq7-secret" not in seen[0]
    assert HandOver.objects.get(pk=row.pk).state == "made"
