"""The fleet in figures, for monitoring: each a query that stays cheap however many accounts there are."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

STATEMENTS = {
    # A snapshot's facts are replaced by every look that saw the account: the oldest is the oldest verdict.
    "verdicts": """
        SELECT coalesce(extract(epoch FROM statement_timestamp() - min(facts.observed_at)), 0),
               count(*), count(*) FILTER (WHERE facts.account_id IS NULL)
        FROM accounts_account account
        JOIN provisioning_desiredhead head USING (account_id)
        LEFT JOIN provisioning_accountfacts facts USING (account_id)
        WHERE account.state NOT IN ('suspended', 'left') AND head.current_id IS NOT NULL""",
    "accounts": "SELECT state, count(*) FROM accounts_account GROUP BY state",
    "paused": "SELECT count(*) FROM accounts_account WHERE paused",
    "open_runs": """
        SELECT kind, state, count(*) FROM provisioning_run
        WHERE state IN ('queued', 'looking', 'applying', 'verifying', 'retry_wait') GROUP BY kind, state""",
    "waiting_seconds": """
        SELECT kind, greatest(extract(epoch FROM statement_timestamp() - min(next_at)), 0) FROM provisioning_run
        WHERE state IN ('queued', 'retry_wait') GROUP BY kind""",
    "ended_runs": """
        SELECT kind, state, count(*), coalesce(sum(aws_calls), 0), coalesce(sum(aws_throttles), 0)
        FROM provisioning_run WHERE finished_at > statement_timestamp() - interval '1 hour' GROUP BY kind, state""",
    # From the few that failed, not from every account.
    "unreachable": """
        SELECT count(*) FROM (
            SELECT account_id, max(finished_at) AS at FROM provisioning_run
            WHERE kind = 'look' AND state = 'unreachable' GROUP BY account_id) failed
        JOIN accounts_account account USING (account_id)
        WHERE account.state NOT IN ('suspended', 'left') AND NOT EXISTS (
            SELECT 1 FROM provisioning_run newer
            WHERE newer.account_id = failed.account_id AND newer.kind = 'look' AND newer.finished_at > failed.at)""",
    "quarantined": "SELECT count(*) FROM provisioning_lease WHERE backoff_until > statement_timestamp()",
    "open_drifts": "SELECT remedy, count(*) FROM provisioning_drift WHERE state = 'open' GROUP BY remedy",
    "plans": """
        SELECT lane, count(*) FROM provisioning_planrecord
        WHERE state = 'proposed' AND expires_at > statement_timestamp() GROUP BY lane""",
    "fleet_paused": "SELECT count(*) FROM provisioning_fleetpause",
}


@dataclass(frozen=True)
class FleetFigures:
    """Counts and seconds at one moment; a missing group counts as none."""

    oldest_verdict_seconds: float
    assigned_accounts: int
    never_seen_accounts: int
    accounts: dict[str, int]
    paused_accounts: int
    fleet_is_paused: bool
    unreachable_accounts: int
    quarantined_accounts: int
    open_runs: dict[tuple[str, str], int]
    waiting_seconds: dict[str, float]
    ended_runs: dict[tuple[str, str], int]
    aws_calls: dict[str, int]
    aws_throttles: dict[str, int]
    open_drifts: dict[str, int]
    waiting_plans: dict[str, int]


def fleet_figures() -> FleetFigures:
    """Read all of them now."""
    rows = {name: _rows(statement) for name, statement in STATEMENTS.items()}
    ((oldest, assigned, never),) = rows["verdicts"]
    ended = rows["ended_runs"]
    return FleetFigures(
        oldest_verdict_seconds=float(oldest),
        assigned_accounts=assigned,
        never_seen_accounts=never,
        accounts=dict(rows["accounts"]),
        paused_accounts=rows["paused"][0][0],
        fleet_is_paused=bool(rows["fleet_paused"][0][0]),
        unreachable_accounts=rows["unreachable"][0][0],
        quarantined_accounts=rows["quarantined"][0][0],
        open_runs={(kind, state): count for kind, state, count in rows["open_runs"]},
        waiting_seconds={kind: float(seconds) for kind, seconds in rows["waiting_seconds"]},
        ended_runs={(kind, state): count for kind, state, count, _, _ in ended},
        aws_calls=_by_kind(ended, 3),
        aws_throttles=_by_kind(ended, 4),
        open_drifts=dict(rows["open_drifts"]),
        waiting_plans=dict(rows["plans"]),
    )


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()]


def _by_kind(rows: list[tuple[Any, ...]], column: int) -> dict[str, int]:
    kinds = {row[0] for row in rows}
    return {kind: sum(int(row[column]) for row in rows if row[0] == kind) for kind in kinds}
