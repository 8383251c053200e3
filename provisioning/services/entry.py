"""Entering an account: which role, under which session name, as narrow as the purpose allows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from provisioning.aws.assume import AccountEntry, Entrance
from provisioning.aws.call_context import CallCounter
from provisioning.aws.proof import prove_external_id
from provisioning.aws.session import AwsSession, enter
from provisioning.aws.settings import AwsSettings
from provisioning.core.session_policy import LOOK_POLICY
from provisioning.models import Run
from provisioning.services.leases import Claim
from provisioning.services.work import Work


@contextmanager
def enter_to_look(work: Work, claim: Claim, calls: CallCounter) -> Iterator[AwsSession]:
    """The look role: it can only read."""
    with _enter(work, settings.FIRSTLINE.look_role, claim, None, calls) as session:
        yield session


@contextmanager
def enter_to_verify(work: Work, claim: Claim, calls: CallCounter) -> Iterator[AwsSession]:
    """The apply role narrowed to reading: for an apply's own looks and re-reads."""
    with _enter(work, settings.FIRSTLINE.apply_role, claim, LOOK_POLICY, calls) as session:
        session.verify_identity()
        yield session


@contextmanager
def enter_to_write(work: Work, claim: Claim, policy: str, calls: CallCounter) -> Iterator[AwsSession]:
    """The apply role narrowed to one slice of an approved plan."""
    with _enter(work, settings.FIRSTLINE.apply_role, claim, policy, calls) as session:
        yield session


@contextmanager
def enter_to_hand_over(work: Work, claim: Claim, policy: str, calls: CallCounter) -> Iterator[AwsSession]:
    """The hand-over role narrowed to reading, or to the calls about one user."""
    with _enter(work, settings.FIRSTLINE.hand_over_role, claim, policy, calls) as session:
        yield session


def prove_access(work: Work, claim: Claim, calls: CallCounter) -> str:
    """Enter by the role that the check is about, as whom AWS then sees us; and prove that it takes our external id.

    Raises AccessFailedError with what it may be (`external_id_not_required` where it is careless), or AwsError.
    """
    given = settings.FIRSTLINE
    others = {Run.Kind.CHECK_APPLY: given.apply_role, Run.Kind.HAND_OVER: given.hand_over_role}
    role = others.get(Run.Kind(claim.kind), given.look_role)
    with _enter(work, role, claim, LOOK_POLICY, calls) as session:
        identity = session.verify_identity()
    prove_external_id(_entrance(work, role, claim, None), calls)
    return identity


@contextmanager
def _enter(work: Work, role: str, claim: Claim, policy: str | None, calls: CallCounter) -> Iterator[AwsSession]:
    entrance = _entrance(work, role, claim, policy)
    with enter(
        entrance.entry,
        session_name=entrance.session_name,
        session_policy=entrance.session_policy,
        settings=entrance.settings,
        counter=calls,
    ) as session:
        yield session


def _entrance(work: Work, role: str, claim: Claim, policy: str | None) -> Entrance:
    entry = AccountEntry(work.account_id, work.partition, work.role_arn(role), work.external_id)
    return Entrance(entry, claim.session_name, policy, aws_settings())


def aws_settings() -> AwsSettings:
    """Connection times and sizes of this process."""
    given = settings.FIRSTLINE
    return AwsSettings(
        connect_timeout=given.connect_timeout_seconds,
        read_timeout=given.read_timeout_seconds,
        margin=given.lease_margin_seconds,
        max_connections=given.look_threads,
    )
