"""The sandbox's own control interface under /_sandbox/, in JSON; client.py is its other end."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from sandbox.access_analyzer import put_findings
from sandbox.cloudformation.deploy import deploy_stackset
from sandbox.cloudtrail import plant_event
from sandbox.errors import AwsError
from sandbox.faults import Fault
from sandbox.iam.entities import find
from sandbox.organisation.broken import break_access
from sandbox.organisation.build import WORKERS, administrator, build, summary, worker
from sandbox.people import people_do
from sandbox.protocol import Answer
from sandbox.state import state
from sandbox.world import world

Handle = Callable[[dict[str, Any], dict[str, str], list[str]], Any]


def control(environ: dict[str, Any]) -> Answer:
    """400 with a reason for a request that makes no sense, 404 for an unknown path or account."""
    parts = environ["PATH_INFO"].strip("/").split("/")[1:]
    handle = _ROUTES.get((environ["REQUEST_METHOD"], parts[0] if parts else ""))
    if handle is None:
        return _json({"error": f"no such control: {environ['REQUEST_METHOD']} {environ['PATH_INFO']}"}, 404)
    query = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    try:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        return _json(handle(json.loads(body or b"{}"), query, parts[1:]))
    except KeyError as error:
        return _json({"error": f"unknown account or missing field: {error}"}, 404)
    except (ValueError, TypeError, AwsError, IndexError) as error:
        return _json({"error": str(error)}, 400)


def _json(given: Any, status: int = 200) -> Answer:
    return Answer(status, (("Content-Type", "application/json"),), json.dumps(given, default=str).encode())


def _health(_body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    return {"ready": True}


def _reset(body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    world.reset(int(body.get("seed", 0)))
    return {}


def _build(body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    return build(body)


def _summary(_body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    return summary()


def _calls(_body: dict[str, Any], query: dict[str, str], _rest: list[str]) -> Any:
    return world.log.entries(query.get("account", ""), int(query.get("since", 0)))


def _clear_calls(_body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    world.log.clear()
    return {}


def _add_fault(body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    rule = Fault(**body)
    world.faults.add(rule)
    return rule.as_dict()


def _faults(_body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    return world.faults.rules()


def _clear_faults(_body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    world.faults.clear()
    return {}


def _overlaps(_body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    return world.log.overlaps()


def _state(_body: dict[str, Any], _query: dict[str, str], rest: list[str]) -> Any:
    with world.lock:
        return state(rest[0])


def _account(body: dict[str, Any], _query: dict[str, str], rest: list[str]) -> Any:
    """POST accounts/<id>/status {"status"}, /root {"mfa", "access_keys"}, /findings {"region", "type", "findings"},
    /break {"how"}, /trail {"name", "source", "by", "error"}, /spend {"budget", "actual", "forecast"},
    /people/<what>: see people.py.
    """
    with world.lock:
        if rest[1] == "root":
            known = world.accounts[rest[0]]
            known.root_mfa = bool(body.get("mfa", known.root_mfa))
            known.root_device = body.get("device", known.root_device)
            known.root_access_keys = bool(body.get("access_keys", known.root_access_keys))
        elif rest[1] == "findings":
            put_findings(rest[0], body["region"], body["type"], body["findings"])
        elif rest[1] == "trail":
            plant_event(rest[0], body["name"], body["source"], body["by"], body.get("error", ""))
        elif rest[1] == "people":
            return people_do(rest[0], rest[2], body)
        elif rest[1] == "spend":
            budget = world.account_budgets(rest[0])[body["budget"]]
            budget.spend_so_much(body["actual"], body.get("forecast", ""))
        elif rest[1] == "status":
            world.set_status(rest[0], body["status"])
        elif rest[1] == "break":
            break_access(rest[0], body["how"])
        else:
            raise ValueError(f"accounts: no control {rest[1]!r}; use status, root, findings, trail, spend or break")
    return {}


def _expire(body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    """All assumed roles of one account, or of all: never the tester's or the hub's own credentials."""
    wanted, count = body.get("account", ""), 0
    with world.lock:
        for session in world.sessions.values():
            mine = session.principal
            if mine.kind == "role" and mine.account != world.hub.get("account") and wanted in ("", mine.account):
                session.expires_at, count = 0.0, count + 1
    return {"expired": count}


def _pages(body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    """At most that many items in every page, however many are asked for; 0 ends it."""
    world.page_limit = int(body["limit"])
    return {}


def _creations(body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    """How CreateAccount goes from now on: seen in progress `polls` times, its role unknown for `role_after` seconds."""
    world.creation_polls = int(body.get("polls", world.creation_polls))
    world.creation_role_after = float(body.get("role_after", world.creation_role_after))
    return {}


def _credentials(_body: dict[str, Any], _query: dict[str, str], rest: list[str]) -> Any:
    with world.lock:
        return administrator(rest[0]).credentials()


def _hub(_body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    """The workers' identities that there are."""
    with world.lock:
        known = [kind for kind, name in WORKERS.items() if find(world.iam(world.hub["account"]), "role", name)]
        return {kind: worker(kind).credentials() for kind in known}


def _stackset(body: dict[str, Any], _query: dict[str, str], _rest: list[str]) -> Any:
    """Into `accounts`, or as a service-managed StackSet does into every active account but the management one."""
    with world.lock:
        members = [known.id for known in world.accounts.values() if known.member and known.status == "ACTIVE"]
        wanted = body.get("accounts") or [one for one in members if one != world.hub.get("management")]
        return deploy_stackset(body["template"], body.get("parameters", {}), wanted)


_ROUTES: dict[tuple[str, str], Handle] = {
    ("GET", "health"): _health,
    ("POST", "reset"): _reset,
    ("POST", "organisation"): _build,
    ("GET", "organisation"): _summary,
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _clear_calls,
    ("POST", "faults"): _add_fault,
    ("GET", "faults"): _faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "overlaps"): _overlaps,
    ("GET", "state"): _state,
    ("POST", "accounts"): _account,
    ("POST", "sessions"): _expire,
    ("POST", "pages"): _pages,
    ("POST", "creations"): _creations,
    ("GET", "credentials"): _credentials,
    ("GET", "hub"): _hub,
    ("POST", "stacksets"): _stackset,
}
