"""What a verification found: per account and role whether it was entered, and if not what it may be."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, QuerySet

from access.policy import visible
from access.roles import Actor
from accounts.models import Account
from provisioning.models import AccessVerification, Run, VerifiedAccount


class Outcome(StrEnum):
    """What came of one check."""

    WAITING = "waiting"
    ENTERED = "entered"
    CARELESS = "external_id_not_required"
    """It got in, and so would others: the role does not ask for the external id."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The check itself failed or was cancelled: nothing is known of the account."""


@dataclass(frozen=True)
class RoleResult:
    """One role of one account; `causes` is all it may be, each with how to test it."""

    outcome: Outcome
    reason: str
    message: str
    causes: tuple[str, ...]
    identity: str
    run: Run


@dataclass(frozen=True)
class AccessRow:
    """One line of the table."""

    account: Account
    look_role: RoleResult
    apply_role: RoleResult

    @property
    def entered(self) -> bool | None:
        """By both roles; None while that is not known."""
        outcomes = {self.look_role.outcome, self.apply_role.outcome}
        return None if Outcome.WAITING in outcomes else outcomes == {Outcome.ENTERED}


@dataclass(frozen=True)
class Summary:
    """How far a verification is. Outcomes are counted per role, reasons over both."""

    accounts: int
    waiting: int
    entered: int
    """By both roles."""
    look_role: dict[str, int]
    apply_role: dict[str, int]
    reasons: dict[str, int]


def outcome_of(state: str, reason: str) -> Outcome:
    """What a check in this state says."""
    if state in Run.OPEN:
        return Outcome.WAITING
    if state == Run.State.UNREACHABLE and reason == Outcome.CARELESS:
        return Outcome.CARELESS
    return {Run.State.DONE: Outcome.ENTERED, Run.State.UNREACHABLE: Outcome.REFUSED}.get(
        Run.State(state), Outcome.UNKNOWN
    )


def access_row(row: VerifiedAccount) -> AccessRow:
    """One row with its runs read."""
    return AccessRow(row.account, _result(row.look_check), _result(row.apply_check))


def _result(run: Run) -> RoleResult:
    outcome = outcome_of(run.state, run.reason_code)
    waiting = outcome is Outcome.WAITING
    return RoleResult(
        outcome=outcome,
        reason="" if waiting else run.reason_code,
        message="" if waiting else run.message,
        causes=() if waiting else tuple(run.outcome.get("causes", ())),
        identity=run.outcome.get("identity", ""),
        run=run,
    )


def rows_of(verification: AccessVerification, actor: Actor) -> QuerySet[VerifiedAccount]:
    """The rows the actor may see, by account, each with its account and runs."""
    rows = visible(verification.rows.all(), actor, through="account")
    return rows.select_related("account", "look_check", "apply_check").order_by("account_id")


def verifications_for(actor: Actor) -> QuerySet[AccessVerification]:
    """Those of whose accounts the actor may see every one: part of a result would look like the whole."""
    seen = visible(VerifiedAccount.objects.all(), actor, through="account")
    hidden = VerifiedAccount.objects.exclude(pk__in=seen.values("pk"))
    found: QuerySet[AccessVerification] = AccessVerification.objects.exclude(pk__in=hidden.values("verification"))
    return found


def summary_of(verification: AccessVerification) -> Summary:
    """Counted in a few queries however many accounts there are."""
    look, apply = (_counted(verification, check) for check in ("look_check", "apply_check"))
    waiting = verification.rows.filter(look_check__state__in=Run.OPEN)
    waiting |= verification.rows.filter(apply_check__state__in=Run.OPEN)
    return Summary(
        accounts=verification.rows.count(),
        waiting=waiting.count(),
        entered=verification.rows.filter(look_check__state=Run.State.DONE, apply_check__state=Run.State.DONE).count(),
        look_role=_by_outcome(look),
        apply_role=_by_outcome(apply),
        reasons=dict(sorted(_reasons([*look, *apply]).items())),
    )


Counted = tuple[str, str, int]


def _counted(verification: AccessVerification, check: str) -> list[Counted]:
    rows = verification.rows.order_by().values_list(f"{check}__state", f"{check}__reason_code")
    return list(rows.annotate(n=Count("pk")))


def _by_outcome(counted: Iterable[Counted]) -> dict[str, int]:
    found: Counter[str] = Counter({str(outcome): 0 for outcome in Outcome})
    for state, reason, n in counted:
        found[outcome_of(state, reason)] += n
    return dict(found)


def _reasons(counted: Iterable[Counted]) -> Counter[str]:
    found: Counter[str] = Counter()
    for state, reason, n in counted:
        if reason and state not in Run.OPEN:
            found[reason] += n
    return found
