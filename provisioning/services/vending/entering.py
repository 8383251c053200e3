"""Entering the management account by the vending role, and from there a new account as AWS left it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from accounts.services.register_accounts import PARTITION
from provisioning.aws.assume import AccountEntry
from provisioning.aws.call_context import lease_deadline
from provisioning.aws.session import AwsSession, enter, enter_by
from provisioning.core.access_path import BOOTSTRAP_ROLE
from provisioning.services.entry import aws_settings
from provisioning.services.vending.claims import Claim


@contextmanager
def enter_management(claim: Claim) -> Iterator[AwsSession]:
    """The vending role. Writes inside are sent while the claim's lease covers them. Raises AccessFailedError."""
    given = settings.FIRSTLINE
    account = given.management_account_id
    role = f"arn:{PARTITION}:iam::{account}:role/{given.vending_role}"
    entry = AccountEntry(account, PARTITION, role, given.external_id)
    with (
        enter(entry, session_name=claim.session_name, settings=aws_settings()) as session,
        lease_deadline(claim.deadline),
    ):
        yield session


@contextmanager
def enter_as_left(claim: Claim, account_id: str) -> Iterator[AwsSession]:
    """The role that CreateAccount made, through the vending role: an hour at most. Raises AccessFailedError."""
    role = f"arn:{PARTITION}:iam::{account_id}:role/{BOOTSTRAP_ROLE}"
    with enter_management(claim) as management:
        entrance = management.leading_to(AccountEntry(account_id, PARTITION, role, ""), claim.session_name)
        with enter_by(entrance) as session:
            session.verify_identity()
            yield session
