"""Two accounts in the simulated AWS, entered as the look or the apply worker enters them; and a thin AWS."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import pytest

from provisioning.aws.assume import AccountEntry
from provisioning.aws.clients import forget_clients
from provisioning.aws.session import AwsSession, enter
from provisioning.aws.settings import AwsSettings
from sandbox.client import Sandbox
from tests.aws.thin_aws import ThinAws, thin_aws

ACCOUNT, OTHER = "111111111111", "222222222222"
QUICK = AwsSettings(connect_timeout=1.0, read_timeout=1.0, margin=0.5)

Enter = Callable[..., AbstractContextManager[AwsSession]]


@pytest.fixture(autouse=True)
def _clients_of_this_test() -> Iterator[None]:
    forget_clients()
    yield
    forget_clients()


@pytest.fixture
def pauses() -> list[float]:
    """How long each retry would have waited; none waits in tests."""
    return []


@pytest.fixture
def organisation(sandbox: Sandbox) -> Sandbox:
    """Two accounts with Firstline's roles and two users each."""
    people: dict[str, Any] = {"users": ["ann", "ben"]}
    sandbox.organisation(
        accounts=[{"id": ACCOUNT, "name": "dev", **people}, {"id": OTHER, "name": "test", **people}],
    )
    return sandbox


@pytest.fixture
def reads_more(organisation: Sandbox) -> None:
    """The look roles may read all of IAM: for tests of how reads are made, whatever a look needs."""
    for account in (ACCOUNT, OTHER):
        iam = organisation.client("iam", account)
        iam.delete_role_permissions_boundary(RoleName="FirstlineLook")
        iam.attach_role_policy(RoleName="FirstlineLook", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    organisation.clear_calls()


@pytest.fixture
def become(organisation: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Give this process the identity of the `look` or the `apply` worker."""
    return partial(take_identity, organisation, monkeypatch)


def take_identity(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, worker: str) -> None:
    for name, value in sandbox.hub_credentials(worker).items():
        monkeypatch.setenv(name.upper(), value)
    forget_clients()


def entry(sandbox: Sandbox, account_id: str = ACCOUNT, role: str = "FirstlineLook", **more: str) -> AccountEntry:
    arn = f"arn:aws:iam::{account_id}:role/firstline/{role}"
    return AccountEntry(**{"account_id": account_id, "partition": "aws", "role_arn": arn, **more})  # type: ignore[arg-type]


@pytest.fixture
def look(organisation: Sandbox, become: Callable[[str], None], pauses: list[float]) -> Enter:
    """Enters an account to look: look(account_id, **arguments of enter)."""
    become("look")
    return partial(_enter, organisation, pauses, "FirstlineLook")


@pytest.fixture
def apply(organisation: Sandbox, become: Callable[[str], None], pauses: list[float]) -> Enter:
    """Enters an account to write."""
    become("apply")
    return partial(_enter, organisation, pauses, "FirstlineApply")


def _enter(
    sandbox: Sandbox, pauses: list[float], role: str, account_id: str = ACCOUNT, **more: Any
) -> AbstractContextManager[AwsSession]:
    found = entry(sandbox, account_id, role, external_id=sandbox.external_id)
    return enter(found, **{"session_name": "run-1.1", "settings": QUICK, "pause": pauses.append, **more})


@pytest.fixture
def thin(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThinAws]:
    with thin_aws() as aws:
        for name, value in {
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_ACCESS_KEY_ID": "AKIAHUB",
            "AWS_SECRET_ACCESS_KEY": "hub",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        yield aws


@pytest.fixture
def thin_session(thin: ThinAws, pauses: list[float]) -> Enter:
    """Enters account 111111111111 of the thin AWS."""
    found = AccountEntry(ACCOUNT, "aws", f"arn:aws:iam::{ACCOUNT}:role/FirstlineLook", "external")
    return partial(enter, found, session_name="run-1.1", settings=QUICK, pause=pauses.append)
