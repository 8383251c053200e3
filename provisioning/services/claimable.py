"""Which waiting runs may be worked on now: the same answer for ringing and for claiming."""

from accounts.life import CHECKED, LOOKED_AT
from accounts.models import Account
from provisioning.models import Run
from provisioning.services.work import ROLE_FAILED

LOOKS = (Run.Kind.LOOK, Run.Kind.CHECK)
"""Done by look workers, many at once."""
APPLIES = (Run.Kind.APPLY, Run.Kind.CHECK_APPLY)
"""Done by apply workers, each alone in its process."""
HAND_OVERS = (Run.Kind.HAND_OVER,)
"""Done by hand-over workers, under an identity of their own."""

CLAIMABLE = """
    run.state IN ('queued', 'retry_wait') AND run.next_at <= clock_timestamp()
    AND lease.lease_until <= clock_timestamp() AND lease.backoff_until <= clock_timestamp()
    AND CASE run.kind
        WHEN 'look' THEN account.state = ANY(%(looked_at)s)
        WHEN 'apply' THEN account.state = 'managed' AND account.apply_role = 'proven' AND NOT account.paused
            AND account.environment <> ''
            AND NOT EXISTS (SELECT 1 FROM provisioning_fleetpause)
        WHEN 'hand_over' THEN account.state = 'managed' AND NOT account.paused
            AND NOT EXISTS (SELECT 1 FROM provisioning_fleetpause)
        ELSE account.state = ANY(%(checked)s)
    END
"""
"""A condition on `run`, its `lease` and its `account`, with `PARAMETERS`. An apply whose role was not tested waits."""

PARAMETERS = {"looked_at": sorted(LOOKED_AT), "checked": sorted(CHECKED)}


def why_not_written_to(account: Account) -> str:
    """Why no write may be made in this account; '' when it may (a pause aside)."""
    if account.state != Account.State.MANAGED:
        return (
            f"Account {account.pk} is {account.get_state_display().lower()}; writes are made in managed accounts only."
        )
    if not account.environment:
        return f"Account {account.pk} has no environment: decide it (PATCH the account), then ask for a look."
    if account.apply_role in ROLE_FAILED:
        return (
            f"Account {account.pk} is only observed: its apply role can't be used ({account.apply_role}). "
            "Repair the role and ask for an access check."
        )
    return ""
