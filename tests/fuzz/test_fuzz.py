"""Whatever is sent by whoever: no server error, nothing of another team's seen or changed, nothing changed by a viewer.

`make test` sends a few fixed cases to each operation; `make fuzz` sends FIRSTLINE_FUZZ_CASES at random, in all.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from django.conf import settings as django
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from access.roles import ALLOWED, Role
from tests.access.rest_table import CASES, address_in
from tests.fuzz.stage import MARKERS, NOBODY, OTHER, OWNER, VIEWER, Stage, build_stage, digest

DOCUMENT = yaml.safe_load((Path(django.BASE_DIR) / "schemas" / "openapi.yaml").read_text())
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.app = get_wsgi_application()
OPERATIONS = {result.ok().label: result.ok() for result in SCHEMA.get_all_operations()}
PEOPLE = (OWNER, VIEWER, OTHER, NOBODY)
SHORT = 3
"""Bodies for each operation in `make test`; each is sent by all four people."""

ASKED = int(os.environ.get("FIRSTLINE_FUZZ_CASES", "0"))
EACH = -(-ASKED // (len(OPERATIONS) * len(PEOPLE))) if ASKED else SHORT
LIMITS = settings(
    max_examples=EACH,
    derandomize=not ASKED,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ROUTES = {(re.sub(r"<[^>]*>", "{}", route), method): route for route, method in CASES}
HOSTILE = ["", "\x00", "\ud800", "\u202e", "<b>", "=1+1", "../../etc", "9" * 40, -1, 2**63, 1e300, None, True, [], {}]
answers: Counter[str] = Counter()
"""How many of each, as in `viewer 403`."""


@pytest.fixture(scope="module", autouse=True)
def _report() -> Iterator[None]:
    yield
    _write_down()


@pytest.fixture
def set_stage(db: None) -> Iterator[Stage]:
    """Requests share this test's transaction, so none may close its connection, as each otherwise looks at doing."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield build_stage()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _write_down() -> None:
    """How many were really sent, since an operation may have fewer cases than were asked for."""
    if ASKED:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        file = Path(django.BASE_DIR) / "test-results" / f"fuzz-{worker}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({"sent": answers.total(), "answers": dict(answers.most_common())}, indent=1))


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_breaks_the_server_or_the_walls_between_teams(set_stage: Stage, label: str) -> None:
    fuzz(set_stage, label, LIMITS)


@pytest.mark.parametrize(
    ("label", "told"),
    [("GET /api/v1/accounts", "shown other team"), ("POST /api/v1/accounts/{account_id}/pause", "changed viewer")],
)
def test_hole_in_the_walls_would_be_found(
    set_stage: Stage, monkeypatch: pytest.MonkeyPatch, label: str, told: str
) -> None:
    monkeypatch.setattr("provisioning.views.acting.visible", lambda queryset, actor, permission, *, through: queryset)
    monkeypatch.setitem(ALLOWED, Role.VIEWER, ALLOWED[Role.OPERATOR])
    with pytest.raises(AssertionError, match=told):
        fuzz(set_stage, label, settings(LIMITS, max_examples=40, derandomize=True))


def fuzz(on: Stage, label: str, limits: settings) -> None:
    """Send each case as all four people. Raises AssertionError with the request that did what it must not."""

    @seed(int(os.environ.get("FIRSTLINE_FUZZ_SEED", "1")))
    @limits
    @given(case=cases(on, label))
    def run(case: Case) -> None:
        for who in PEOPLE:
            _send(on, case, who)

    run()


def _send(on: Stage, case: Case, who: str) -> None:
    question = on.guarded.get(who)
    before = digest(question) if question else []
    with transaction.atomic():
        answer = case.call(headers=on.headers[who], base_url="http://localhost")
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        after = digest(question) if question else []
        transaction.set_rollback(True)
    answers[f"{who} {answer.status_code}"] += 1
    told = f"{who}: {case.as_curl_command()}\n{answer.status_code} {answer.content[:600]!r}"
    assert answer.status_code < 500, told
    assert before == after, f"changed {told}"
    _check_answer(answer, who, told)


def _check_answer(answer: Any, who: str, told: str) -> None:
    text = answer.content.decode("utf-8", "replace") + repr(answer.headers)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == ["application/problem+json"], told
    if who == NOBODY:
        assert answer.status_code >= 400, told
    if who in {NOBODY, OTHER}:
        assert not [marker for marker in MARKERS if marker in text], f"shown {told}"


@st.composite
def cases(draw: Any, on: Stage, label: str) -> Case:
    """A case of schemathesis, most often about rows that are there, with headers that anyone may send."""
    operation = OPERATIONS[label]
    modes = [operation.as_strategy(mode) for mode in GenerationMode]
    case: Case = draw(st.one_of([one for one in modes if not one.is_empty]))
    side = draw(st.sampled_from(["payments", "payments", "search", "nobody"]))
    if side != "nobody":
        _aim(draw, case, on, side)
    if "wait" in (case.query or {}):
        case.query["wait"] = "0"
    case.headers.update(draw(st.dictionaries(st.sampled_from(list(HEADERS)), st.sampled_from(WORDS), max_size=2)))
    return case


HEADERS = ("If-Match", "If-None-Match", "Idempotency-Key", "X-Request-ID", "Accept", "Origin", "X-Forwarded-For")
WORDS = ("*", '"1"', 'W/"0"', "a", "x" * 300, "text/html", "application/json", "'; --", "../..", "%00", "1.2.3.4, ::1")


def _aim(draw: Any, case: Case, on: Stage, side: str) -> None:
    """Put the ids of a side's rows into the address, and into the body what its own people would send."""
    world = on.seen_from(side)
    path = case.operation.path.removeprefix("/api/v1/")
    route = ROUTES.get((re.sub(r"{[^}]*}", "{}", path), case.method.upper()))
    names = re.findall(r"{([^}]*)}", path)
    if names:
        address = address_in(world, route) if route else _fallback(on, world, path)
        wanted = re.fullmatch(
            re.sub(r"{[^}]*}", "([^/]+)", re.escape(path).replace(r"\{", "{").replace(r"\}", "}")),
            address.removeprefix("/api/v1/"),
        )
        assert wanted, (path, address)
        case.path_parameters.update(zip(names, wanted.groups(), strict=True))
    if route and draw(st.booleans()) and (body := CASES[route, case.method.upper()].body(world)):
        case.media_type = "application/json"
        case.body = _spoilt(draw, body)


def _fallback(on: Stage, world: Any, path: str) -> str:
    of = world.payments
    key = on.verifications[of.team.name] if path.startswith("access-verifications") else of.account.pk
    return re.sub(r"{[^}]*}", key, path)


def _spoilt(draw: Any, body: Any) -> Any:
    if not isinstance(body, dict) or draw(st.booleans()):
        return body
    name = draw(st.sampled_from([*body, "odd"]))
    return body | {name: draw(st.sampled_from(HOSTILE) | st.text(max_size=20))}
