"""The second terminal beside the demo: its commands show what they say, and its mail server keeps what is sent."""

from __future__ import annotations

import json
import smtplib
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from sandbox.client import Sandbox
from sandbox.demo.api import Person
from sandbox.demo.children import ROOT, Children
from sandbox.demo.hands import write_hands
from sandbox.demo.installation import Installation


@pytest.fixture
def hands(tmp_path: Path) -> Path:
    people = {"otto": Person("otto", "operator", "http://127.0.0.1:1", "fl_otto's")}
    return write_hands(
        Installation("http://127.0.0.1:1", Sandbox("http://127.0.0.1:2"), {}, people, {}, Children(tmp_path))
    )


def told(hands: Path, command: str, given: Any = None) -> str:
    done = subprocess.run(
        ["sh", "-c", f". {hands}; {command}"], input=json.dumps(given), capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_addresses_and_tokens_are_at_hand(hands: Path) -> None:
    assert told(hands, 'echo "$FIRSTLINE $AWS $OTTO"') == "http://127.0.0.1:1/api/v1 http://127.0.0.1:2 fl_otto's"


def test_fields_of_each_row_are_shown_and_of_lists_inside_them(hands: Path) -> None:
    rows = {"results": [{"id": 7, "a": {"b": [{"c": 1}, {"c": 2}]}, "more": 0}, {"id": 8, "a": None}]}
    assert told(hands, "show id a.b.c", rows).splitlines() == [
        '{"id": 7, "a.b.c": [1, 2]}',
        '{"id": 8, "a.b.c": null}',
    ]
    assert told(hands, "one id", rows) == "7"
    assert told(hands, "one id", {"id": "5f0a-1", "more": 0}) == "5f0a-1"


def test_refusal_is_shown_whatever_fields_were_asked_for(hands: Path) -> None:
    problem = {
        "status": 422,
        "code": "invalid",
        "detail": "See errors.",
        "errors": [{"pointer": "/a", "detail": "No."}],
    }
    assert json.loads(told(hands, "show id", problem)) == {
        "status": 422,
        "code": "invalid",
        "errors": [{"pointer": "/a", "detail": "No."}],
    }
    assert json.loads(told(hands, "show id", {"status": 410, "code": "gone", "detail": "Read."}))["detail"] == "Read."


def test_mails_are_written_to_a_file_with_whom_they_are_for(tmp_path: Path) -> None:
    kept = tmp_path / "mails.txt"
    command = [sys.executable, "-m", "sandbox.demo.mail", str(kept)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        mail = EmailMessage()
        mail["Subject"], mail["To"] = "Costs", "ann@example.com"
        mail.set_content(".one dot\nthe end\n")
        with smtplib.SMTP("127.0.0.1", int(server.stdout.readline())) as client:
            client.send_message(mail, "firstline@example.com", ["ann@example.com", "ben@example.com"])
        server.terminate()
    assert kept.read_text() == "To: ann@example.com, ben@example.com\nSubject: Costs\n\n.one dot\nthe end\n\n\n"
