"""What the call log of the simulated AWS must show: who wrote and asked, by which session, and that counts agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sandbox.demo.expected import Check, check

Entry = Mapping[str, Any]

APPLY_ROLE = re.compile(r"arn:aws:iam::(\d{12}):role/firstline/FirstlineApply")
HAND_OVER_ROLE = re.compile(r"arn:aws:iam::(\d{12}):role/firstline/FirstlineHandOver")
HANDED_OVER = {"CreateLoginProfile"}
DISCOVERY_ROLE = re.compile(r"arn:aws:iam::\d{12}:role/firstline/FirstlineDiscovery")
SESSION = re.compile(r"([\w.-]{1,16}\.)?[0-9a-f]{32}\.\d+", re.ASCII)
WHOLE_REMOVALS = re.compile(r"Delete(Group|Role|Policy|User|InstanceProfile|Budget)")


def log_checks(
    log: Iterable[Entry], overlaps: Iterable[Entry], counted: Mapping[str, int], external_id: str
) -> list[Check]:
    """Who wrote, under which fence, and whether Firstline counted its calls right. `counted`: by account."""
    ours = [entry for entry in log if entry["caller"] != "tamper"]
    # Firstline proves of each role that it keeps out whoever does not know the external id.
    entries = [entry for entry in ours if entry["operation"] == "AssumeRole"]
    attempts = [entry for entry in entries if entry["params"].get("ExternalId") != external_id]
    writes = [entry for entry in ours if entry["is_write"]]
    return [
        check("every write came from its own worker's session, under a fence", _strangers(writes)),
        check("no two workers ever wrote to an account at once", (str(overlap["why"]) for overlap in overlaps)),
        check(
            "no call was refused: each session held the rights it needed",
            _denied(entry for entry in ours if entry not in attempts),
        ),
        check("nobody gets in without the external id", _let_in(attempts)),
        check("no group, role, policy, user or budget was removed", _removals(writes)),
        check("Firstline counted its AWS calls as AWS did", _miscounted(ours, counted)),
    ]


def discovery_check(log: Iterable[Entry]) -> Check:
    """Only one role of ours asks Organizations, and it only reads."""
    asked = [entry for entry in log if entry["service"] == "organizations" and entry["caller"] != "tamper"]
    wrong = [one["operation"] for one in asked if one["is_write"] or not DISCOVERY_ROLE.fullmatch(one["role"])]
    return check(
        "the organisation was read, by a role that can do nothing else", wrong if asked else ["nobody read it"]
    )


def _strangers(writes: Iterable[Entry]) -> Iterator[str]:
    for entry in writes:
        one_of_ours = HAND_OVER_ROLE if entry["operation"] in HANDED_OVER else APPLY_ROLE
        role = one_of_ours.fullmatch(entry["role"])
        if role is None or role[1] != entry["account"] or not SESSION.fullmatch(entry["session_name"]):
            yield f"{entry['operation']} in {entry['account']} by {entry['caller']} as {entry['session_name']!r}"


def _let_in(attempts: Iterable[Entry]) -> Iterator[str]:
    yield from (f"{entry['params']['RoleArn']} was entered" for entry in attempts if not entry["error"])


def _denied(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        if "AccessDenied" in entry["error"]:
            yield f"{entry['operation']} in {entry['account']} by {entry['caller']}"


def _removals(writes: Iterable[Entry]) -> Iterator[str]:
    yield from (
        f"{entry['operation']} in {entry['account']}"
        for entry in writes
        if WHOLE_REMOVALS.fullmatch(entry["operation"])
    )


def _miscounted(entries: Iterable[Entry], counted: Mapping[str, int]) -> Iterator[str]:
    seen = [entry["account"] for entry in entries]
    for account_id, number in counted.items():
        if seen.count(account_id) != number:
            yield f"{account_id}: Firstline says {number}, AWS saw {seen.count(account_id)}"
