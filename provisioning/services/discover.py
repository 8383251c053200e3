"""One slice of the open discovery: read on where the last slice ended, and settle once all was read."""

import logging
import time
from collections.abc import Callable

from django.conf import settings

from accounts.aws.organization import Ask, read_organisation
from accounts.models import Discovery
from accounts.services.stage_organisation import next_step
from provisioning.aws.call_context import CallCounter
from provisioning.core.errors import AccessFailedError, AwsError, ErrorClass, FencedError, FirstlineError
from provisioning.services.ask_organizations import asking, prove_discovery_role
from provisioning.services.discovery_claims import (
    DiscoveryClaim,
    claim_discovery,
    end_discovery,
    fail_discovery,
    hold_discovery,
    put_off,
    renew_discovery,
)
from provisioning.services.quarantine import CRASHES
from provisioning.services.settle_discovery import settle

logger = logging.getLogger(__name__)
SLICE_SECONDS = 45.0
"""Between two slices the worker looks at accounts: an organisation of thousands is read for a quarter of an hour."""
PASSING = frozenset({ErrorClass.THROTTLED, ErrorClass.TRANSIENT})
FIRST_WAIT, LONGEST_WAIT, MOST_WAITS = 5.0, 300.0, 8


def discover(*, slice_seconds: float = SLICE_SECONDS) -> bool:
    """Work on the open discovery; False when there is none to be taken up now."""
    claim = claim_discovery()
    if claim is None:
        return False
    calls = CallCounter()
    try:
        with claim.bound():
            _work(claim, calls, time.monotonic() + slice_seconds)
    except FencedError:
        logger.warning("discovery lost its lease", extra={"discovery": str(claim.discovery_id)})
    return True


def _work(claim: DiscoveryClaim, calls: CallCounter, until: float) -> None:
    try:
        if claim.failures > MOST_WAITS + CRASHES:
            raise FirstlineError("Workers died on it again and again: see their logs.", code="worker_lost")
        done = _read(claim, calls, until) and settle(claim, until)
    except AwsError as error:
        _wait_or_fail(claim, error, calls)
    except FencedError:
        raise
    except FirstlineError as error:
        fail_discovery(claim, error, calls.made)
    except Exception as error:
        logger.exception("discovery failed", extra={"discovery": str(claim.discovery_id)})
        told = f"{type(error).__name__}: see the worker's log."
        fail_discovery(claim, FirstlineError(told, code="bug"), calls.made)
    else:
        (end_discovery if done else put_off)(claim, calls.made)


def _wait_or_fail(claim: DiscoveryClaim, error: AwsError, calls: CallCounter) -> None:
    failures = Discovery.objects.values_list("failures", flat=True).get(pk=claim.discovery_id)
    if error.error_class not in PASSING or failures > MOST_WAITS:
        fail_discovery(claim, _with_causes(error), calls.made)
    else:
        put_off(claim, calls.made, min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT), error)


def _with_causes(error: AwsError) -> FirstlineError:
    """Who may not read the organisation is told who may."""
    if error.error_class is not ErrorClass.DENIED:
        return error
    account = settings.FIRSTLINE.discovery_account_id
    return AccessFailedError(
        error.message,
        [
            f"Account {account} is neither the management account nor a delegated administrator. Test, in the "
            "management account: aws organizations list-delegated-administrators",
            "It is a delegated administrator, but the organisation's resource policy does not allow this read. Test, "
            "in the management account: aws organizations describe-resource-policy",
            "The discovery role's policy is not the one in deploy/cloudformation/firstline-discovery.yaml.",
        ],
        code=error.code,
    )


def _read(claim: DiscoveryClaim, calls: CallCounter, until: float) -> bool:
    """Whether all is read, before the slice's time is over."""
    discovery = Discovery.objects.get(pk=claim.discovery_id)
    if discovery.state == Discovery.State.SETTLING:
        return True
    with asking(claim.session_name, calls, _keep_alive(claim)) as ask:
        if not discovery.organisation:
            prove_discovery_role(claim.session_name, calls)
            _begin(claim, discovery, ask)
        while next_step(discovery, ask, lambda: hold_discovery(claim)):
            if time.monotonic() >= until:
                return False
    _refuse_partial(discovery)
    Discovery.objects.filter(pk=discovery.pk, fence=claim.fence).update(state=Discovery.State.SETTLING)
    return True


def _begin(claim: DiscoveryClaim, discovery: Discovery, ask: Ask) -> None:
    found, expected = read_organisation(ask), settings.FIRSTLINE.organization_id
    if expected and found["id"] != expected:
        raise FirstlineError(
            f"The discovery role belongs to the organisation {found['id']}, but FIRSTLINE_ORGANIZATION_ID names "
            f"{expected}: correct one of them. Nothing was changed.",
            code="another_organisation",
        )
    hold_discovery(claim)
    discovery.organisation = found
    Discovery.objects.filter(pk=discovery.pk, fence=claim.fence).update(organisation=found)


def _refuse_partial(discovery: Discovery) -> None:
    """The management account is always there; a reading without it is none."""
    management = discovery.organisation.get("management_account", "")
    if not discovery.accounts.filter(account_id=management).exists():
        raise FirstlineError(
            f"The reading does not hold the management account {management}: it is not complete. Nothing was changed.",
            code="incomplete",
        )


def _keep_alive(claim: DiscoveryClaim) -> Callable[[], None]:
    pause = settings.FIRSTLINE.lease_seconds / 3
    due = [time.monotonic() + pause]

    def renew_when_due() -> None:
        if time.monotonic() >= due[0]:
            renew_discovery(claim)
            due[0] = time.monotonic() + pause

    return renew_when_due
