"""How the budgets of an account stand, written down where its look is: a quiet look asks once and writes nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from accounts.models import Account
from provisioning.core.budget_status import BudgetState, budget_states
from provisioning.core.snapshot import Complete, Section, Snapshot
from provisioning.models import BudgetStatus

FIELDS = (
    *("type", "period", "unit", "limit", "actual", "forecast", "used_percent", "forecast_percent"),
    *("crossed", "thresholds_crossed", "account_id"),
)


def store_budget_statuses(snapshot: Snapshot, facts: Mapping[str, Any], *, is_new: bool) -> None:
    """Replace what changed, by a look that could read the budgets; one that could not leaves all as it was.

    `is_new`: the snapshot differs from the last one. Only then can budgets have gone out of what is looked at.
    """
    reading = snapshot.sections.get(Section.BUDGETS)
    if reading is None and is_new:
        BudgetStatus.objects.filter(kept_in_id=snapshot.account_id).delete()
    if not isinstance(reading, Complete):
        return
    spends = facts.get(Section.BUDGETS.value, {})
    alarms = facts.get(Section.BUDGET_NOTIFICATIONS.value)
    states = budget_states(reading.body, spends, alarms, reading.observed_at)
    there = {row.name: row for row in BudgetStatus.objects.filter(kept_in_id=snapshot.account_id)}
    _replace(there, [_row(state, snapshot.account_id) for state in _settled(states, there, snapshot.account_id)])


def _settled(
    states: Sequence[BudgetState], there: Mapping[str, BudgetStatus], keeper: str
) -> list[tuple[BudgetState, str]]:
    """Each with the account it counts: the member where it is registered. Asked only for members not yet known."""
    known = {row.account_id for row in there.values()} | {keeper}
    asked = {state.member for state in states if state.member} - known
    known |= set(Account.objects.filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
    return [(state, state.member if state.member in known else keeper) for state in states]


def _row(settled: tuple[BudgetState, str], keeper: str) -> BudgetStatus:
    state, account_id = settled
    plain = {name: getattr(state, name) for name in FIELDS if hasattr(state, name)}
    crossed = None if state.crossed is None else list(state.crossed)
    return BudgetStatus(
        **{**plain, "crossed": crossed},
        kept_in_id=keeper,
        account_id=account_id,
        name=state.name,
        thresholds_crossed=len(crossed or ()),
    )


def _replace(there: Mapping[str, BudgetStatus], rows: Sequence[BudgetStatus]) -> None:
    changed = [row for row in rows if row.name not in there or _values(row) != _values(there[row.name])]
    gone = there.keys() - {row.name for row in rows}
    if gone:
        BudgetStatus.objects.filter(pk__in=[there[name].pk for name in gone]).delete()
    for row in changed:
        row.changed_at = timezone.now()
    if changed:
        BudgetStatus.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["kept_in", "name"],
            update_fields=[*(name.removesuffix("_id") for name in FIELDS), "changed_at"],
        )


def _values(row: BudgetStatus) -> list[Any]:
    return [getattr(row, name) for name in FIELDS]
