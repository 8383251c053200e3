"""What a worker needs to know of an account before it enters it: read once, in one place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings

from accounts.models import Account
from accounts.scps import Levels, scps_of
from provisioning.core.assessment import Applied
from provisioning.core.change import ResourceKey
from provisioning.core.desired import DesiredAccount
from provisioning.core.kind import Context
from provisioning.kinds import all_kinds, attested_kinds
from provisioning.kinds.context import context_of
from provisioning.models import DesiredHead, Ownership
from provisioning.services.attested import Attested, attested_of
from provisioning.services.inactive_keys import inactive_since

ROLE_FAILED = frozenset({Account.ApplyRole.DENIED, Account.ApplyRole.CARELESS})
"""An untested apply role makes an apply wait; one that failed its check makes everything shown only."""


def why_shown_only(account: Account) -> str:
    """Reason code why no plan can be carried out in this account; '' when plans can."""
    if not account.environment:
        return "environment_undecided"
    return "apply_role_denied" if account.apply_role in ROLE_FAILED else ""


@dataclass(frozen=True)
class Work:
    """One account as the database knows it. `generation` 0: nothing was ever assigned."""

    account_id: str
    partition: str
    environment: str
    external_id: str
    desired: DesiredAccount
    generation: int
    not_renderable: bool
    owned: dict[ResourceKey, Applied]
    context: Context
    attested: tuple[Attested, ...] = ()
    scps: Levels | None = None
    """The service control policies that bind the account; None: not known, or no check considers them."""
    kept: frozenset[str] = frozenset()
    """Kinds of things that it has as the payer, kept for members."""
    inactive_keys: Mapping[str, str] = field(default_factory=dict)
    """Access key id -> since when we know it to be inactive (ISO 8601); only where access keys are declared."""
    shown_only: str = ""
    """Reason code why no plan can be carried out there; '' when plans can."""

    @property
    def is_production(self) -> bool:
        """Whether everything waits unless its version was approved for production."""
        return self.environment == Account.Environment.PROD

    def role_arn(self, role: str) -> str:
        """ARN of one of our roles there, by path and name."""
        return f"arn:{self.partition}:iam::{self.account_id}:role/{role}"


def load_work(account_id: str) -> Work:
    """Everything about one account that a look or an apply starts from."""
    account = Account.objects.get(pk=account_id)
    head = DesiredHead.objects.select_related("current").filter(pk=account_id).first()
    current = head.current if head else None
    desired = DesiredAccount.from_plain(current.data) if current else DesiredAccount(())
    owned = load_owned(account_id)
    return Work(
        account_id=account_id,
        partition=account.partition,
        environment=account.environment,
        external_id=account.external_id or settings.FIRSTLINE.external_id,
        desired=desired,
        generation=current.generation if current else 0,
        not_renderable=bool(head and head.failure),
        owned=owned,
        context=_context(account, desired),
        attested=attested_of(account_id) if _needs_attested(desired) else (),
        scps=scps_of(account) if any(check.considers == "full" for check in desired.checks) else None,
        kept=_kept(owned) if account.is_management_account else frozenset(),
        shown_only=why_shown_only(account),
        inactive_keys=inactive_since(account_id) if _declares(desired, "iam.access_keys") else {},
    )


def _needs_attested(desired: DesiredAccount) -> bool:
    return any(item.kind in attested_kinds() for item in desired.items)


def _kept(owned: Iterable[ResourceKey]) -> frozenset[str]:
    kinds = all_kinds()
    return frozenset(key.kind for key in owned if kinds[key.kind].at_payer)


def _declares(desired: DesiredAccount, kind: str) -> bool:
    return any(item.kind == kind for item in desired.items)


def load_owned(account_id: str) -> dict[ResourceKey, Applied]:
    """The ledger of one account, by kind and identity."""
    rows = Ownership.objects.filter(account_id=account_id)
    return {ResourceKey(row.kind, row.identity): Applied(row.declared) for row in rows}


def _context(account: Account, desired: DesiredAccount) -> Context:
    given = settings.FIRSTLINE
    root = f"arn:{account.partition}:iam::{account.account_id}:role/"
    return context_of(
        ((item.kind, item.name, item.declared) for item in desired.items),
        account.account_id,
        account.partition,
        own_roles=frozenset(root + role for role in (given.look_role, given.apply_role, given.hand_over_role)),
        break_glass=frozenset(given.break_glass),
    )
