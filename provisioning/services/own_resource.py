"""The ledger: what is ours because we created it or were told to adopt it."""

from django.db.models.functions import Now

from access.roles import SYSTEM
from history.services.record import record
from provisioning.core.assessment import ItemAssessment
from provisioning.core.change import Action, ResourceKey
from provisioning.core.masking import without_addresses
from provisioning.kinds import all_kinds
from provisioning.models import Ownership
from provisioning.services.apply_state import Applying


def own_created(account_id: str, key: ResourceKey) -> None:
    """The resource is ours from the first call of its creation on."""
    _own(account_id, key, Ownership.How.CREATED)


def own_applied(applying: Applying, item: ItemAssessment) -> None:
    """Every planned change of this resource is made: from now on risk is judged against this declaration."""
    planned = applying.plan.change(item.key)
    how = Ownership.How.ADOPTED if planned and planned.action is Action.ADOPT else Ownership.How.CREATED
    row = _own(applying.work.account_id, item.key, how)
    Ownership.objects.filter(pk=row.pk).update(declared=item.item.declared, applied_at=Now())
    record(
        actor=SYSTEM.name,
        verb="resource.applied",
        account_id=applying.work.account_id,
        subject=str(item.key),
        run_id=applying.claim.run_id,
        plan_id=applying.plan_id,
        before=without_addresses(planned.before) if planned else None,
        after=without_addresses(planned.after) if planned else None,
        detail={"action": planned.action.value if planned else "", "origins": [str(o) for o in item.item.origins]},
    )


def _own(account_id: str, key: ResourceKey, how: Ownership.How) -> Ownership:
    row, _ = Ownership.objects.get_or_create(
        account_id=account_id,
        kind=key.kind,
        identity=all_kinds()[key.kind].identity(key.name),
        defaults={"name": key.name, "how": how},
    )
    return row
