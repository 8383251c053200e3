"""Entering the account that reads the organisation, and asking AWS Organizations no faster than it likes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.conf import settings

from accounts.aws.organization import Ask
from accounts.aws.rates import Buckets
from accounts.services.register_accounts import PARTITION
from provisioning.aws.assume import AccountEntry, Entrance
from provisioning.aws.call_context import CallCounter
from provisioning.aws.proof import prove_external_id
from provisioning.aws.session import AwsSession, enter
from provisioning.core.change import Read
from provisioning.core.errors import AwsError
from provisioning.services.entry import aws_settings

GONE = frozenset({"TargetNotFoundException", "ParentNotFoundException", "PolicyNotFoundException"})
"""What it was asked about was removed since it was listed."""


@contextmanager
def asking(session_name: str, calls: CallCounter, on_request: Callable[[], None]) -> Iterator[Ask]:
    """Enter by the discovery role. `on_request` runs after each request.

    Raises AccessFailedError with its causes, or AwsError where AWS throttled or gave no answer.
    """
    entrance = _entrance(session_name)
    buckets = Buckets()
    with enter(entrance.entry, session_name=session_name, settings=entrance.settings, counter=calls) as session:
        yield partial(_ask, session, buckets, on_request)


def prove_discovery_role(session_name: str, calls: CallCounter) -> None:
    """Raises AccessFailedError (`external_id_not_required`) where the role lets somebody in without our external id."""
    prove_external_id(_entrance(session_name), calls)


def _ask(
    session: AwsSession,
    buckets: Buckets,
    on_request: Callable[[], None],
    operation: str,
    parameters: Mapping[str, Any],
) -> list[dict[str, Any]]:
    def after_request() -> None:
        on_request()
        buckets.take(operation)

    read = Read("organizations", operation, parameters, frozenset({(f"organizations:{operation}", "*")}))
    try:
        return session.read_pages(read, lambda page: page, after_request)
    except AwsError as error:
        if error.aws_code in GONE:
            return []
        raise


def _entrance(session_name: str) -> Entrance:
    given = settings.FIRSTLINE
    account = given.discovery_account_id
    arn = f"arn:{PARTITION}:iam::{account}:role/{given.discovery_role}"
    return Entrance(AccountEntry(account, PARTITION, arn, given.external_id), session_name, None, aws_settings())
