"""What recording a look costs, with the real PostgreSQL: CPU on both sides, and statements."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time
from typing import Any

from django.db import connection

from access.roles import Role, actor
from accounts.models import Account
from bench.desired import desired_account, owned
from bench.our_reader import check_quiet, observation
from provisioning.models import Ownership
from provisioning.services.leases import Claim, claim_looks
from provisioning.services.record_look import record_look
from provisioning.services.request_look import request_look
from provisioning.services.set_desired_state import set_desired_state
from provisioning.services.work import Work, load_work

Figures = dict[str, list[float]]


def register(account_ids: list[str]) -> None:
    """The bench accounts, their desired state in force and everything declared owned."""
    for account_id in account_ids:
        Account.objects.create(
            account_id=account_id,
            name=account_id,
            environment="dev",
            registered_by="otto",
            state=Account.State.MANAGED,
            apply_role=Account.ApplyRole.PROVEN,
        )
        desired = desired_account(account_id)
        set_desired_state(account_id=account_id, desired=desired, by="ann")
        Ownership.objects.bulk_create(
            Ownership(account_id=account_id, kind=key.kind, identity=key.name, name=key.name, declared=applied.declared)
            for key, applied in owned(desired).items()
        )


def record_all(account_ids: list[str]) -> dict[str, float]:
    """Look at each account once and record it: ms of CPU and statements per account."""
    for account_id in account_ids:
        request_look(account_id=account_id, actor=actor("otto", [Role.OPERATOR]))
    spent: Counter[str] = Counter()
    with _counted(spent, "claim"):
        claims = claim_looks(len(account_ids))
    for claim in claims:
        _look(claim, spent)
    return {name: value / len(claims) for name, value in spent.items()}


def _look(claim: Claim, spent: Counter[str]) -> None:
    with _counted(spent, "load"):
        work: Work = load_work(claim.account_id)
    seen = observation(work)
    check_quiet(seen)
    with _counted(spent, "record"):
        record_look(claim=claim, work=work, seen=seen, aws_calls=17)


@contextmanager
def _counted(spent: Counter[str], name: str) -> Iterator[None]:
    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        spent[f"{name} statements"] += 1
        return execute(*arguments)

    server, started = _server_cpu(), process_time()
    with connection.execute_wrapper(count):
        yield
    spent[f"{name} CPU ms"] += (process_time() - started) * 1000
    spent[f"{name} PostgreSQL CPU ms"] += _server_cpu() - server


def _server_cpu() -> float:
    """CPU in ms that our connection's server process took so far; 0 when it isn't on this machine."""
    connection.ensure_connection()
    process = Path(f"/proc/{connection.connection.info.backend_pid}")
    try:
        if "postgres" not in (process / "cmdline").read_text():
            return 0.0
        return int((process / "schedstat").read_text().split()[0]) / 1e6
    except OSError:
        return 0.0
