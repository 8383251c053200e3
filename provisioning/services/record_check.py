"""Recording an access check that got in."""

from django.db import transaction

from provisioning.models import Run
from provisioning.services.leases import Claim, hold_to_end
from provisioning.services.move_run import move_run
from provisioning.services.record_look import enter_managed


@transaction.atomic
def record_check(*, claim: Claim, identity: str, aws_calls: int) -> None:
    """The account was entered and answered with its own id. `identity`: the ARN it saw us as."""
    hold_to_end(claim)
    move_run(
        claim, Run.State.LOOKING, Run.State.DONE, aws_calls=aws_calls, outcome={"causes": [], "identity": identity}
    )
    enter_managed(claim.account_id)
