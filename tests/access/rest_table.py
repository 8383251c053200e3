"""What each address is about: with the table of permissions, it says what each role on each scope is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from access.roles import ALLOWED, Permission, Role
from provisioning.models.attestation import today
from tests.access.world import World
from tests.api.test_authorization import ANYONE_SIGNED_IN, TABLE

IN, FORBIDDEN, MISSING = "let in", 403, 404


class About(Enum):
    """What an address shows or changes."""

    ANYTHING = auto()  # anyone who holds the permission somewhere
    ROWS = auto()  # a list: anyone, and each row only for who may see it
    ACCOUNT = auto()  # a row of one account
    PLACE = auto()  # a place named in the body: nothing to be found there, so refused
    FLEET = auto()  # the whole fleet
    BASELINE = auto()  # everyone may read it, its team and the fleet may write it
    DRAFT = auto()  # its author alone may change it, and nobody of the tables wrote it
    TEAM = auto()  # seen by its people, changed by who owns the fleet
    BINDING = auto()  # seen and ended by who administers its scope
    THEIR_TOKEN = auto()  # another person's token: an owner of the fleet sees and revokes it
    THEIR_SECRET = auto()  # rotating another person's token: nobody
    OWN = auto()  # the person's own
    THEIR_HAND_OVER = auto()  # read by another person: nobody of the tables
    HAND_OVER_BACK = auto()  # withdrawn by its reader, or by who may ask for one there


Body = Callable[[World], Any]


@dataclass(frozen=True)
class Case:
    """One method of one address; `found` names a row of payments among a list's results."""

    about: About
    body: Body = lambda world: {}
    found: tuple[str, Callable[[Any], Any]] | None = None


def rows(field: str, value: Callable[[Any], Any]) -> Case:
    return Case(About.ROWS, found=(field, value))


def new_account(account_id: str) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "name": "new",
        "environment": "dev",
        "ou_path": "/payments/dev",
        "owner_team": "payments",
    }


def _new_request(world: World) -> dict[str, Any]:
    of = new_account("333333333333")
    return {"email": "new@example.com", **{name: value for name, value in of.items() if name != "account_id"}}


def _attest(world: World) -> dict[str, Any]:
    return {
        "account_id": world.payments.account.pk,
        "kind": "billing_access",
        "value": {"activated": True},
        "statement": "It is on.",
        "evidence": "seen in the console",
        "review_on": (today() + timedelta(days=9)).isoformat(),
    }


def _report(world: World) -> dict[str, Any]:
    of = world.payments.report
    return {"name": "x", "every": "daily", "hour": 7, "recipients": ["a@example.org"], "scope": str(of.scope)}


def _assign(world: World) -> dict[str, Any]:
    of = world.payments
    return {"baseline": of.baseline.pk, "version": 1, "selector": "account", "value": of.account.pk}


def _adopt(world: World) -> dict[str, Any]:
    return {"plans": [{"plan_id": str(world.payments.plan.pk), "digest": world.payments.plan.digest}]}


def _decide(world: World) -> dict[str, Any]:
    return {"digest": world.payments.plan.digest}


def _ask(world: World) -> dict[str, Any]:
    return {"account_id": world.payments.account.pk, "as": {"role": "Reader"}, "actions": ["s3:GetObject"]}


SOURCE: Body = lambda world: {"source": world.payments.draft.source}  # noqa: E731 (a body like the others)
A = About
CASES: dict[tuple[str, str], Case] = {
    ("accounts", "GET"): rows("account_id", lambda of: of.account.pk),
    ("accounts", "POST"): Case(A.PLACE, lambda world: new_account("333333333333")),
    ("accounts/bulk", "POST"): Case(A.ANYTHING, lambda world: [new_account("333333333333")]),
    ("accounts/<str:account_id>", "GET"): Case(A.ACCOUNT),
    ("accounts/<str:account_id>", "PATCH"): Case(A.ACCOUNT, lambda world: {"name": "renamed"}),
    ("accounts/<str:account_id>/pause", "POST"): Case(A.ACCOUNT, lambda world: {"reason": "x"}),
    ("accounts/<str:account_id>/resume", "POST"): Case(A.ACCOUNT),
    ("accounts/<str:account_id>/suspend", "POST"): Case(A.ACCOUNT, lambda world: {"reason": "x"}),
    ("accounts/<str:account_id>/leave", "POST"): Case(A.ACCOUNT, lambda world: {"reason": "x"}),
    ("accounts/<str:account_id>/return", "POST"): Case(A.ACCOUNT, lambda world: {"reason": "x"}),
    ("accounts/<str:account_id>/looks", "POST"): Case(A.ACCOUNT),
    ("accounts/<str:account_id>/access-checks", "POST"): Case(A.ACCOUNT),
    ("accounts/<str:account_id>/desired-state", "GET"): Case(A.ACCOUNT),
    ("accounts/<str:account_id>/snapshot", "GET"): Case(A.ACCOUNT),
    ("account-requests", "GET"): rows("id", lambda of: str(of.request.pk)),
    ("account-requests", "POST"): Case(A.PLACE, _new_request),
    ("account-requests/<uuid:pk>", "GET"): Case(A.ACCOUNT),
    **{
        (f"account-requests/<uuid:pk>/{verb}", "POST"): Case(A.ACCOUNT)
        for verb in ("approve", "reject", "cancel", "retry")
    },
    ("account-requests/<uuid:pk>/resolve", "POST"): Case(
        A.ACCOUNT, lambda world: {"account_id": None, "comment": "looked"}
    ),
    ("accounts/<str:account_id>/hand-overs", "POST"): Case(
        A.ACCOUNT, lambda world: {"user": "ann", "what": "password", "for": "rita"}
    ),
    ("hand-overs", "GET"): rows("id", lambda of: str(of.hand_over.pk)),
    ("hand-overs/<uuid:pk>", "GET"): Case(A.ACCOUNT),
    ("hand-overs/<uuid:pk>/approve", "POST"): Case(A.ACCOUNT),
    ("hand-overs/<uuid:pk>/reject", "POST"): Case(A.ACCOUNT),
    ("hand-overs/<uuid:pk>/withdraw", "POST"): Case(A.HAND_OVER_BACK),
    ("hand-overs/<uuid:pk>/retire-old-key", "POST"): Case(A.ACCOUNT),
    ("hand-overs/<uuid:pk>/read", "POST"): Case(A.THEIR_HAND_OVER),
    ("accounts/<str:account_id>/access-findings", "GET"): Case(A.ACCOUNT),
    ("access-verifications", "GET"): rows("id", lambda of: str(of.verification.pk)),
    ("access-verifications", "POST"): Case(
        A.ANYTHING, lambda world: {"selector": {"account_ids": [world.payments.account.pk]}}
    ),
    ("access-verifications/<uuid:pk>", "GET"): Case(A.ACCOUNT),
    ("access-verifications/<uuid:pk>/accounts", "GET"): Case(A.ACCOUNT),
    ("access-verifications/<uuid:pk>/csv", "GET"): Case(A.ACCOUNT),
    ("discoveries", "GET"): Case(A.FLEET),
    ("discoveries", "POST"): Case(A.FLEET),
    ("discoveries/<uuid:pk>", "GET"): Case(A.FLEET),
    ("organisational-units", "GET"): Case(A.ANYTHING),
    ("runs", "GET"): rows("id", lambda of: str(of.run.pk)),
    ("runs", "POST"): Case(A.ACCOUNT, lambda world: {"account_id": world.payments.account.pk, "kind": "check"}),
    ("runs/<uuid:pk>", "GET"): Case(A.ACCOUNT),
    ("runs/<uuid:pk>/cancel", "POST"): Case(A.ACCOUNT),
    ("plans", "GET"): rows("id", lambda of: str(of.plan.pk)),
    ("plans/<uuid:pk>", "GET"): Case(A.ACCOUNT),
    ("plans/<uuid:pk>/approve", "POST"): Case(A.ACCOUNT, _decide),
    ("plans/<uuid:pk>/reject", "POST"): Case(A.ACCOUNT, _decide),
    ("adoptions", "GET"): Case(A.ANYTHING),
    ("adoptions", "POST"): Case(A.ANYTHING, _adopt),
    ("policy-checks", "POST"): Case(A.ACCOUNT, _ask),
    ("drift", "GET"): rows("id", lambda of: of.drift.pk),
    ("drift/<int:pk>", "GET"): Case(A.ACCOUNT),
    ("attestations", "GET"): rows("id", lambda of: str(of.attestation.pk)),
    ("attestations", "POST"): Case(A.ACCOUNT, _attest),
    ("attestations/<uuid:pk>", "GET"): Case(A.ACCOUNT),
    ("attestations/<uuid:pk>/withdraw", "POST"): Case(A.ACCOUNT, lambda world: {"reason": "x"}),
    ("budget-statuses", "GET"): rows("id", lambda of: of.budget.pk),
    ("reports", "GET"): rows("id", lambda of: str(of.report.pk)),
    ("reports", "POST"): Case(A.PLACE, _report),
    ("reports/<uuid:pk>", "GET"): Case(A.ACCOUNT),
    ("reports/<uuid:pk>", "PATCH"): Case(A.ACCOUNT, lambda world: {"hour": 5}),
    ("reports/<uuid:pk>/preview", "GET"): Case(A.ACCOUNT),
    ("reports/<uuid:pk>/send", "POST"): Case(A.ACCOUNT),
    ("reports/<uuid:pk>/end", "POST"): Case(A.ACCOUNT),
    ("fleet", "GET"): Case(A.ANYTHING),
    ("fleet/pause", "POST"): Case(A.FLEET, lambda world: {"reason": "x"}),
    ("fleet/resume", "POST"): Case(A.FLEET),
    ("history", "GET"): rows("id", lambda of: of.event.pk),
    ("history/<int:pk>", "GET"): Case(A.ACCOUNT),
    ("schemas/baseline.v1.json", "GET"): Case(A.ANYTHING),
    ("baselines", "GET"): Case(A.ANYTHING),
    ("baselines", "POST"): Case(A.PLACE, lambda world: {"name": "fresh", "owner_team": "payments"}),
    ("baselines/validate", "POST"): Case(A.ANYTHING, SOURCE),
    ("baselines/<str:name>", "GET"): Case(A.ANYTHING),
    ("baselines/<str:name>/versions", "GET"): Case(A.ANYTHING),
    ("baselines/<str:name>/versions", "POST"): Case(A.BASELINE, SOURCE),
    ("baselines/<str:name>/versions/<int:number>", "GET"): Case(A.ANYTHING),
    ("baselines/<str:name>/versions/<int:number>", "PATCH"): Case(A.DRAFT, SOURCE),
    ("baselines/<str:name>/versions/<int:number>/publish", "POST"): Case(A.BASELINE),
    ("baselines/<str:name>/versions/<int:number>/approve-production", "POST"): Case(A.BASELINE),
    ("selector-previews", "POST"): Case(A.ANYTHING, lambda world: {"selector": "environment", "value": "dev"}),
    ("assignments", "GET"): rows("id", lambda of: str(of.assignment.pk)),
    ("assignments", "POST"): Case(A.PLACE, _assign),
    ("assignments/<uuid:pk>", "GET"): Case(A.ACCOUNT),
    ("assignments/<uuid:pk>/move", "POST"): Case(A.ACCOUNT, lambda world: {"mode": {"default": "enforce"}}),
    ("assignments/<uuid:pk>/end", "POST"): Case(A.ACCOUNT),
    ("assignments/<uuid:assignment_id>/accounts", "GET"): Case(A.ACCOUNT),
    ("me", "GET"): Case(A.OWN),
    ("tokens", "GET"): Case(A.OWN),
    ("tokens", "POST"): Case(A.OWN, lambda world: {"name": "x", "grants": [{"role": "viewer", "scope": "fleet"}]}),
    ("tokens/<str:key_id>", "GET"): Case(A.THEIR_TOKEN),
    ("tokens/<str:key_id>/rotate", "POST"): Case(A.THEIR_SECRET),
    ("tokens/<str:key_id>/revoke", "POST"): Case(A.THEIR_TOKEN),
    ("teams", "GET"): rows("name", lambda of: of.team.pk),
    ("teams", "POST"): Case(A.FLEET, lambda world: {"name": "fresh"}),
    ("teams/<str:name>", "GET"): Case(A.ACCOUNT),
    ("teams/<str:name>", "DELETE"): Case(A.TEAM),
    ("role-bindings", "GET"): Case(A.OWN),
    ("role-bindings", "POST"): Case(
        A.PLACE, lambda world: {"user": world.newcomer.username, "role": "viewer", "scope": "team:payments"}
    ),
    ("role-bindings/<int:pk>", "GET"): Case(A.BINDING),
    ("role-bindings/<int:pk>", "DELETE"): Case(A.BINDING),
    ("schema", "GET"): Case(A.OWN),
    ("docs", "GET"): Case(A.OWN),
}


def address_in(world: World, route: str) -> str:
    """The address of payments' rows."""
    of = world.payments
    first = route.split("/")[0]
    draft = route.endswith(("/publish", "<int:number>"))
    keys = {
        "<str:account_id>": of.account.pk,
        "<str:key_id>": of.token.key_id,
        "<str:name>": of.team.pk if first == "teams" else of.baseline.pk,
        "<int:number>": of.draft.number if draft else of.published.number,
        "<uuid:pk>": {
            "runs": of.run.pk,
            "plans": of.plan.pk,
            "hand-overs": of.hand_over.pk,
            "assignments": of.assignment.pk,
            "attestations": of.attestation.pk,
            "reports": of.report.pk,
            "access-verifications": of.verification.pk,
            "account-requests": of.request.pk,
            "discoveries": world.discovery.pk,
        }.get(first),
        "<uuid:assignment_id>": of.assignment.pk,
        "<int:pk>": {"drift": of.drift.pk, "history": of.event.pk, "role-bindings": of.binding.pk}.get(first),
    }
    for pattern, key in keys.items():
        route = route.replace(pattern, str(key))
    assert "None" not in route and "<" not in route, f"say which row of payments {route} is"
    return f"/api/v1/{route}"


def expected(route: str, method: str, role: str | None, scope: str | None) -> str | int:
    """What somebody with this role on this scope is answered; None: somebody without any."""
    need, about = TABLE[route][method], CASES[route, method].about
    if about is About.OWN:
        return IN
    if need == ANYONE_SIGNED_IN:
        return _of_others(about, role, scope)
    if role is None or Permission(need) not in ALLOWED[Role(role)]:
        return FORBIDDEN
    match about:
        case About.DRAFT:
            return FORBIDDEN
        case About.THEIR_HAND_OVER:
            return MISSING if scope == "other" else FORBIDDEN
        case About.HAND_OVER_BACK if scope != "other":
            return IN if Permission.HAND_OVER in ALLOWED[Role(role)] else FORBIDDEN
        case About.FLEET:
            return IN if scope == "fleet" else FORBIDDEN
        case About.PLACE | About.BASELINE:
            return FORBIDDEN if scope == "other" else IN
        case About.ACCOUNT | About.HAND_OVER_BACK:
            return MISSING if scope == "other" else IN
        case About.TEAM:
            return {"fleet": IN, "own": FORBIDDEN, "other": MISSING}[scope or ""]
    return IN


def _of_others(about: About, role: str | None, scope: str | None) -> str | int:
    owns, everything = role == Role.OWNER, scope == "fleet"
    match about:
        case About.BINDING:
            return IN if owns and scope != "other" else MISSING
        case About.THEIR_TOKEN:
            return IN if owns and everything else MISSING
        case About.THEIR_SECRET:
            return FORBIDDEN if owns and everything else MISSING
    raise AssertionError(about)
