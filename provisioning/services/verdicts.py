"""The verdicts of accounts: computed from the last looks and the open drift, with their age."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Func, IntegerField, Q
from django.utils import timezone

from accounts.life import NOT_PROVEN, SET_ASIDE, State
from accounts.models import Account
from accounts.schedule import LookInterval, interval_of
from provisioning.core.verdict import Judgement, KindFacts, LookFacts, judge, roll_up
from provisioning.kinds import attested_kinds
from provisioning.models import DesiredHead, Drift, Run
from provisioning.services.attested import kinds_attested_in


@dataclass(frozen=True)
class AccountVerdict:
    """The verdict of one account and of each kind that is declared for it."""

    overall: Judgement
    kinds: Mapping[str, Judgement]


@dataclass(frozen=True)
class _Last:
    """The newest finished look, and the newest run that saw the account whole."""

    failure: str = ""
    done_at: datetime | None = None
    outcome: Mapping[str, Any] | None = None
    generation: int = 0


def verdicts_of(account_ids: Iterable[str]) -> dict[str, AccountVerdict]:
    """The verdict of each of these accounts, in six queries at most however many they are."""
    ids = list(account_ids)
    now, heads, last, drift, states = timezone.now(), _heads(ids), _last_runs(ids), _open_drift(ids), _states(ids)
    unattested = _unattested(last)
    return {
        account_id: _verdict(
            heads.get(account_id),
            last.get(account_id, _Last()),
            drift.get(account_id, {}),
            unattested.get(account_id, frozenset()),
            states.get(account_id, State.MANAGED),
            now,
        )
        for account_id in ids
    }


def _states(ids: list[str]) -> dict[str, str]:
    """The states of those that are not managed, which are few."""
    return dict(Account.objects.filter(pk__in=ids).exclude(state=State.MANAGED).values_list("pk", "state"))


def _verdict(
    head: Mapping[str, Any] | None,
    last: _Last,
    drift: Mapping[str, tuple[int, int]],
    unattested: frozenset[str],
    state: str,
    now: datetime,
) -> AccountVerdict:
    if state == State.PROVEN:
        # What was seen before it was set aside and came back is not what is there.
        last = replace(last, done_at=None)
    look = LookFacts(
        assigned=bool(head and any(head[part] for part in (*_PARTS, "failure"))),
        last_done_at=last.done_at,
        last_failure=last.failure,
        not_renderable=bool(head and head["failure"]),
        set_aside=state if state in SET_ASIDE else "",
        not_entered=state if state in NOT_PROVEN else "",
        desired_changed=bool(head and (head["generation"] or 0) > last.generation),
        interval=_interval(head).length,
    )
    outcome = last.outcome or {}
    unread: Mapping[str, str] = outcome.get("unread", {})
    facts = {
        kind: KindFacts(*drift.get(kind, (0, 0)), unread=unread.get(kind, ""), unattested=kind in unattested)
        for kind in sorted({*outcome.get("kinds", []), *drift})
    }
    return AccountVerdict(roll_up(look, facts, now), {kind: judge(look, fact, now) for kind, fact in facts.items()})


def _unattested(last: Mapping[str, _Last]) -> dict[str, frozenset[str]]:
    """Kinds that the last look took somebody's word for, if there is none any more: no look has to find that out."""
    on_word = {
        account_id: attested_kinds().intersection((one.outcome or {}).get("kinds", ()))
        for account_id, one in last.items()
    }
    asked = [account_id for account_id, kinds in on_word.items() if kinds]
    there = kinds_attested_in(asked) if asked else frozenset()
    return {
        account_id: frozenset(kind for kind in on_word[account_id] if (account_id, kind) not in there)
        for account_id in asked
    }


_PARTS = ("items", "closed", "checks", "at_payer")
"""What may be desired of an account: with any of it something is assigned."""


def _heads(ids: list[str]) -> dict[str, Mapping[str, Any]]:
    def length(path: str) -> Func:
        return Func(F(path), function="jsonb_array_length", output_field=IntegerField())

    rows = DesiredHead.objects.filter(pk__in=ids).annotate(
        **{part: length(f"current__data__{part}") for part in _PARTS}, generation=F("current__generation")
    )
    place = {"environment": F("account__environment"), "own_interval": F("account__look_interval_minutes")}
    shown = ("account_id", "failure", "generation", *_PARTS)
    return {row["account_id"]: row for row in rows.values(*shown, **place)}


def _interval(head: Mapping[str, Any] | None) -> LookInterval:
    """Without a head nothing is assigned, and then no look is too old."""
    return interval_of(head["environment"], head["own_interval"]) if head else interval_of("", None)


def _last_runs(ids: list[str]) -> dict[str, _Last]:
    finished = Run.objects.filter(account_id__in=ids, finished_at__isnull=False).order_by("account_id", "-finished_at")
    last_of_each = finished.only("account_id", "state", "finished_at", "reason_code", "outcome", "generation").distinct(
        "account_id"
    )
    newest = last_of_each.filter(kind=Run.Kind.LOOK)
    seeing = last_of_each.filter(kind__in=[Run.Kind.LOOK, Run.Kind.APPLY], state=Run.State.DONE)
    seen = {run.account_id: run for run in seeing}
    failures = {run.account_id: _failure(run, seen.get(run.account_id)) for run in newest}
    return {
        account_id: _Last(
            failures.get(account_id, ""),
            seen[account_id].finished_at if account_id in seen else None,
            seen[account_id].outcome if account_id in seen else None,
            (seen[account_id].generation or 0) if account_id in seen else 0,
        )
        for account_id in {*failures, *seen}
    }


def _failure(newest: Run, seen: Run | None) -> str:
    """Why the newest look saw nothing, unless something else has seen the account since."""
    if newest.state == Run.State.DONE:
        return ""
    if seen and seen.finished_at and newest.finished_at and seen.finished_at > newest.finished_at:
        return ""
    return newest.reason_code or str(newest.state)


def _open_drift(ids: list[str]) -> dict[str, dict[str, tuple[int, int]]]:
    rows = (
        Drift.objects.filter(account_id__in=ids, state=Drift.State.OPEN)
        .values("account_id", "kind")
        .annotate(
            auto=Count("id", filter=Q(remedy=Drift.Remedy.AUTO)),
            person=Count("id", filter=Q(remedy=Drift.Remedy.PERSON)),
        )
        .order_by()
    )
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in rows:
        found.setdefault(row["account_id"], {})[row["kind"]] = (row["auto"], row["person"])
    return found
