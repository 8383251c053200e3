"""Whoever gets past the database's own refusals and changes the history is found out by the chain."""

from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from history.chain import Anchor
from history.models import Event, Seal, Unsealed
from history.services.anchors import keep_anchor, kept_anchors
from history.services.record import record
from history.services.seal import seal, seal_all
from history.services.verify import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def events() -> list[Event]:
    """Ten sealed events."""
    made = [record(actor="ann", verb="account.updated", subject=f"{n}", after={"n": n}) for n in range(10)]
    seal_all()
    return made


def behind_the_back(*statements: str) -> None:
    """What an administrator of the database could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")


def test_untouched_history_holds(events: list[Event]) -> None:
    found = verify()
    assert (found.links, found.damage) == (len(events), None)


def test_events_wait_for_their_seal_and_the_next_sealing_takes_them() -> None:
    record(actor="ann", verb="account.updated")
    assert Unsealed.objects.count() == 1
    assert seal() == 1
    assert (Unsealed.objects.count(), Seal.objects.count()) == (0, 1)
    assert seal() == 0


def test_events_recorded_in_a_batch_are_sealed_too() -> None:
    Event.objects.bulk_create([Event(actor="ann", verb="drift.opened") for _ in range(3)])
    assert seal() == 3
    assert verify().damage is None


TAMPERING: dict[str, Callable[[list[Event]], tuple[str, ...]]] = {
    "edited": lambda events: (f"UPDATE history_event SET actor = 'eve' WHERE id = {events[4].pk}",),
    "deleted": lambda events: (f"DELETE FROM history_event WHERE id = {events[4].pk}",),
    "cut": lambda events: (
        f"DELETE FROM history_event WHERE id = {events[9].pk}",
        "DELETE FROM history_seal WHERE seq = (SELECT max(seq) FROM history_seal)",
    ),
    "reordered": lambda events: (
        f"UPDATE history_event SET id = -1 WHERE id = {events[2].pk}",
        f"UPDATE history_event SET id = {events[2].pk} WHERE id = {events[5].pk}",
        f"UPDATE history_event SET id = {events[5].pk} WHERE id = -1",
    ),
    "inserted": lambda events: (
        "INSERT INTO history_event (at, actor, verb, account_id, subject, detail) "
        "VALUES (now(), 'eve', 'plan.approved', '', '', '{}')",
    ),
}


@pytest.mark.parametrize("kind", TAMPERING)
def test_each_kind_of_damage_is_found_and_named(events: list[Event], kind: str) -> None:
    behind_the_back(*TAMPERING[kind](events))
    damage = verify().damage
    assert damage is not None
    # Two events that change places are two edits as well; either name is right, silence is not.
    assert damage.kind in ({kind, "edited"} if kind == "reordered" else {kind})


def test_a_link_put_in_another_links_place_is_found_as_reordered(events: list[Event]) -> None:
    behind_the_back(
        "UPDATE history_seal a SET event_id = b.event_id, event_at = b.event_at "
        "FROM history_seal b WHERE (a.seq, b.seq) IN ((3, 4), (4, 3))"
    )
    damage = verify().damage
    assert damage is not None and (damage.kind, damage.seq) == ("reordered", 3)


def test_a_cut_with_its_head_moved_back_is_found_by_an_anchor_kept_outside(events: list[Event]) -> None:
    end = seal_all()
    behind_the_back(
        f"DELETE FROM history_event WHERE id = {events[9].pk}",
        "DELETE FROM history_seal WHERE seq = 10",
        "UPDATE history_chain_head SET seq = 9, mac = (SELECT mac FROM history_seal WHERE seq = 9)",
    )
    assert verify().damage is None
    damage = verify([end]).damage
    assert damage is not None and damage.kind == "cut"


def test_a_history_written_anew_with_the_key_is_found_by_an_anchor(events: list[Event]) -> None:
    end = seal_all()
    behind_the_back(
        f"UPDATE history_event SET actor = 'eve' WHERE id = {events[0].pk}",
        "DELETE FROM history_seal",
        "INSERT INTO history_unsealed SELECT id, at FROM history_event",
        "UPDATE history_chain_head SET seq = 0, mac = repeat('0', 64)",
    )
    seal_all()
    assert verify().damage is None
    damage = verify([end]).damage
    assert damage is not None and damage.kind == "edited"


def test_keys_are_exchanged_and_old_ones_still_verify(events: list[Event], settings: LazySettings) -> None:
    old = settings.FIRSTLINE.history_keys
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"history_keys": {**old, "2027": "another key"}})
    record(actor="ann", verb="account.updated")
    seal_all()
    assert Seal.objects.last().key_id == "2027"  # type: ignore[union-attr]
    assert verify().damage is None
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"history_keys": {"2027": "another key"}})
    damage = verify().damage
    assert damage is not None and damage.kind == "unknown_key"


def test_the_database_refuses_to_change_a_seal(events: list[Event]) -> None:
    for statement in ("UPDATE history_seal SET mac = ''", "DELETE FROM history_seal"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_command_says_what_holds_and_fails_with_the_first_damage(events: list[Event]) -> None:
    out = StringIO()
    call_command("verify_history", stdout=out)
    assert "10 events hold" in out.getvalue()
    behind_the_back(f"UPDATE history_event SET verb = 'plan.rejected' WHERE id = {events[0].pk}")
    with pytest.raises(CommandError, match="edited at 1"):
        call_command("verify_history", stdout=out)


def test_anchors_are_kept_in_a_file_and_read_back(events: list[Event], tmp_path: Path) -> None:
    path = tmp_path / "anchors"
    first = keep_anchor(str(path))
    record(actor="ann", verb="account.updated")
    second = keep_anchor(str(path))
    assert kept_anchors(path) == [first, second]
    call_command("verify_history", anchor_file=str(path), stdout=StringIO())


@pytest.mark.parametrize("text", ["", "12", "12:abc", "x:" + "0" * 64, "-1:" + "0" * 64])
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="an anchor is"):
        Anchor.parse(text)


def test_events_may_be_sealed_while_the_chain_is_verified(events: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    from history.services import verify as module

    found = module._events

    def sealing_meanwhile(rows: Sequence[Seal]) -> dict[int, dict[str, Any]]:
        record(actor="ann", verb="account.updated")
        seal()
        return found(rows)

    monkeypatch.setattr(module, "SLICE", 4)
    monkeypatch.setattr(module, "_events", sealing_meanwhile)
    with CaptureQueriesContext(connection) as asked:
        found = verify()
    assert (found.links, found.damage) == (len(events), None)
    locks = [query["sql"] for query in asked if "FOR UPDATE" in query["sql"] and "chain_head" in query["sql"]]
    assert len(locks) == Seal.objects.count() - len(events)


def test_a_head_moved_back_over_links_that_are_still_there_is_found(events: list[Event]) -> None:
    behind_the_back("UPDATE history_chain_head SET seq = 9, mac = (SELECT mac FROM history_seal WHERE seq = 9)")
    damage = verify().damage
    assert damage is not None and damage.kind == "cut"


def test_a_verification_is_told_in_the_history(events: list[Event]) -> None:
    verify()
    found = verify(actor="vera")
    told = Event.objects.get(verb="history.verified")
    assert (told.detail["links"], told.detail["broken"]) == (found.links, "")
