"""Two teams' rows, four people who ask, and what must stay as it is when the wrong one asks."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from access.models import Token
from accounts.models import Account
from provisioning.models import AccessVerification, Attestation, Decision, Drift, PlanRecord, Run, VerifiedAccount
from tests import factories
from tests.access.world import Side, World, build_side, done_discovery
from tests.people import person, token

MARKERS = ("only-payments", "because_payments", "secret-of-payments")
"""Texts that stand in rows of payments alone: names, reasons, tags, evidence, comments, what was observed."""

OWNER, VIEWER, OTHER, NOBODY = "owner", "viewer", "other team", "no token"
PAST = ("history_", "keptanswer", "django_session", "django_migrations")
"""Tables that note who asked, which is no change of what was asked about."""


@dataclass(frozen=True)
class Stage:
    """The rows, each person's headers, and the questions whose answers must not change."""

    world: World
    verifications: dict[str, str]
    headers: dict[str, dict[str, str]]
    guarded: dict[str, str]

    def seen_from(self, side: str) -> World:
        """The world in which `payments` is this side, since the tables of addresses ask for payments."""
        world = self.world
        return world if side == "payments" else replace(world, payments=world.search, search=world.payments)


def build_stage() -> Stage:
    """Both teams' rows with the markers, and a token for each person."""
    sides = build_side("payments", "111111111111"), build_side("search", "222222222222")
    world = World(
        *sides, people={}, nobody=person("nobody"), newcomer=person("newcomer"), discovery=done_discovery(sides[0])
    )
    _plant(world.payments)
    headers = {
        OWNER: _bearer("root", "owner", "fleet"),
        VIEWER: _bearer("vera", "viewer", "team:payments"),
        OTHER: _bearer("sam", "owner", "team:search"),
        NOBODY: {},
    }
    return Stage(world, {side.team.name: _verified(side.account) for side in sides}, headers, _guarded(world))


def _bearer(name: str, role: str, scope: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(name, role, scope=scope)}"}


def _plant(of: Side) -> None:
    secret = "secret-of-payments"
    Account.objects.filter(pk=of.account.pk).update(
        tags={secret: secret}, state_reason=secret, pause_reason=secret, external_id=secret
    )
    Drift.objects.filter(pk=of.drift.pk).update(desired=secret, observed=secret)
    Attestation.objects.filter(pk=of.attestation.pk).update(statement=secret, evidence=secret)
    Decision.objects.filter(pk=of.decision.pk).update(comment=secret)
    Run.objects.filter(pk=of.run.pk).update(outcome={"why": secret})
    PlanRecord.objects.filter(pk=of.plan.pk).update(reasons=[secret])
    Token.objects.filter(pk=of.token.pk).update(name=secret, expires_at=timezone.now() + timedelta(days=9))


def _verified(account: Account) -> str:
    row = AccessVerification.objects.create(selector={"account": account.pk}, requested_by="rita")
    look, apply = (factories.run(account, kind=Run.Kind.CHECK) for _ in range(2))
    VerifiedAccount.objects.create(verification=row, account=account, look_check=look, apply_check=apply)
    return str(row.pk)


def _guarded(world: World) -> dict[str, str]:
    """For the viewer every table but their own token; for the other team every row of payments."""
    columns = _columns()
    everything = dict.fromkeys(columns, "true")
    viewer = User.objects.get(username="vera").pk
    return {
        VIEWER: _question(everything | {"access_token": f"user_id <> {viewer}"}),
        OTHER: _question(_rows_of(world.payments, columns)),
        NOBODY: _question(everything),
    }


def _rows_of(side: Side, columns: dict[str, set[str]]) -> dict[str, str]:
    of_account = {t: f"account_id = '{side.account.pk}'" for t, names in columns.items() if "account_id" in names}
    holder = side.token.user_id
    return of_account | {
        "accounts_accountrequest": f"id = '{side.request.pk}'",
        "access_team": f"name = '{side.team.name}'",
        "access_token": f"user_id = {holder}",
        "access_rolebinding": f"user_id = {holder}",
        "auth_user": f"id = {holder}",
        "provisioning_decision": f"plan_id in (select id from provisioning_planrecord where {_mine(side)})",
        "iam_templates_baseline": f"name = '{side.baseline.pk}'",
        "iam_templates_baselineversion": f"baseline_id = '{side.baseline.pk}'",
        "iam_templates_assignment": f"value = '{side.account.pk}'",
    }


def _mine(side: Side) -> str:
    return f"account_id = '{side.account.pk}'"


def _columns() -> dict[str, set[str]]:
    asked = "select table_name, column_name from information_schema.columns where table_schema = 'public'"
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(asked)
        for table, column in cursor.fetchall():
            if not any(part in table for part in PAST):
                found.setdefault(table, set()).add(column)
    return found


def _question(tables: dict[str, str]) -> str:
    one = "select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from \"{}\" t where {}"
    rows = (one.format(table, where) for table, where in sorted(tables.items()))
    return " union all ".join(f"({row})" for row in rows)


def digest(question: str) -> list[str]:
    """One digest for each table."""
    with connection.cursor() as cursor:
        cursor.execute(question)
        return [row[0] for row in cursor.fetchall()]
