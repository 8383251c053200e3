"""Firstline's own look, as a look worker does it: enter, read, compare. Only the recording is left out."""

from uuid import uuid4

import django

django.setup()

from bench.desired import desired_account, owned  # noqa: E402 (models need Django's settings)
from bench.facts import Facts, facts_of_snapshot  # noqa: E402
from provisioning.aws.call_context import CallCounter  # noqa: E402
from provisioning.kinds.context import context_of  # noqa: E402
from provisioning.services.entry import enter_to_look  # noqa: E402
from provisioning.services.leases import Claim  # noqa: E402
from provisioning.services.observe import Observation, observe  # noqa: E402
from provisioning.services.work import Work  # noqa: E402


def look(account_id: str) -> Facts:
    """Facts of one account. Raises ValueError when the look was not the quiet one it should be."""
    seen = observation(work_of(account_id))
    check_quiet(seen)
    return facts_of_snapshot(seen.snapshot)


def observation(work: Work) -> Observation:
    """One look through a session of its own."""
    claim = Claim(uuid4(), work.account_id, "look", fence=1, crash_count=1, attempts=1)
    with enter_to_look(work, claim, CallCounter()) as session:
        return observe(session, work)


def work_of(account_id: str) -> Work:
    """The bench account as the database would know it when everything declared was applied."""
    desired = desired_account(account_id)
    return Work(
        account_id=account_id,
        partition="aws",
        environment="dev",
        external_id="bench",
        desired=desired,
        generation=1,
        not_renderable=False,
        owned=owned(desired),
        context=context_of(((item.kind, item.name, item.declared) for item in desired.items), account_id, "aws"),
    )


def check_quiet(seen: Observation) -> None:
    """A drifted account would be measured with more work than is meant."""
    if seen.assessment.findings or seen.assessment.unread:
        raise ValueError(f"the bench account is not quiet: {seen.assessment.findings} {seen.assessment.unread}")
