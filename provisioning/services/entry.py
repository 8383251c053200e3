"""Entering an account: which role, under which session name, as narrow as the purpose allows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from provisioning.aws.assume import AccountEntry
from provisioning.aws.call_context import CallCounter
from provisioning.aws.session import AwsSession, enter
from provisioning.aws.settings import AwsSettings
from provisioning.core.session_policy import LOOK_POLICY
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
def _enter(work: Work, role: str, claim: Claim, policy: str | None, calls: CallCounter) -> Iterator[AwsSession]:
    entry = AccountEntry(work.account_id, work.partition, work.role_arn(role), work.external_id)
    with enter(
        entry,
        session_name=claim.session_name,
        session_policy=policy,
        settings=aws_settings(),
        counter=calls,
    ) as session:
        yield session


def aws_settings() -> AwsSettings:
    """Connection times and sizes of this process."""
    given = settings.FIRSTLINE
    return AwsSettings(
        connect_timeout=given.connect_timeout_seconds,
        read_timeout=given.read_timeout_seconds,
        margin=given.lease_margin_seconds,
        max_connections=given.look_threads,
    )
