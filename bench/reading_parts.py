"""CPU of the parts of a look, through the interfaces that a look worker uses."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time
from uuid import uuid4

from bench.our_reader import observation, work_of
from provisioning.aws.call_context import CallCounter
from provisioning.aws.reading import read_sections
from provisioning.core.assess import asked_names, assess
from provisioning.core.assessment import Inputs
from provisioning.core.snapshot import Complete, Section
from provisioning.kinds import all_kinds
from provisioning.services.entry import enter_to_look
from provisioning.services.leases import Claim
from provisioning.services.observe import guarded
from provisioning.services.work import Work

_READ = {
    "read users, groups, roles, policies (1 call)": {Section.IAM_DETAILS},
    "read roles' descriptions (1 call)": {Section.IAM_ROLES},
    "read budgets (1 call)": {Section.BUDGETS},
    "read notifications (1 call)": {Section.BUDGET_NOTIFICATIONS},
    "read subscribers (12 calls)": {Section.BUDGET_NOTIFICATIONS, Section.BUDGET_SUBSCRIBERS},
}


def read_parts(account_ids: list[str]) -> dict[str, float]:
    """ms of CPU per account by part. The whole look is measured by itself, not added up."""
    spent: Counter[str] = Counter()
    for account_id in account_ids:
        _parts(work_of(account_id), spent)
    # Subscribers can't be read without the notifications.
    *_, notifications, subscribers = _READ
    spent[subscribers] -= spent[notifications]
    return {name: ms / len(account_ids) for name, ms in spent.items()}


def _parts(work: Work, spent: Counter[str]) -> None:
    claim = Claim(uuid4(), work.account_id, "look", fence=1, crash_count=1, attempts=1)
    asked = asked_names(work.desired.items, work.context, all_kinds())
    with _timed(spent, "whole look"):
        seen = observation(work)
    with _timed(spent, "enter (AssumeRole)"):
        entrance = enter_to_look(work, claim, CallCounter())
        session = entrance.__enter__()
    for name, sections in _READ.items():
        with _timed(spent, name):
            read_sections(session, sections, asked)
    entrance.__exit__(None, None, None)
    desired = work.desired
    with _timed(spent, "compare"):
        inputs = Inputs(desired.items, desired.closed, seen.snapshot, work.context, work.owned, all_kinds())
        guarded(assess(inputs), seen.snapshot, work)
    with _timed(spent, "digest all sections"):
        [section.hash for section in seen.snapshot.sections.values() if isinstance(section, Complete)]


@contextmanager
def _timed(spent: Counter[str], name: str) -> Iterator[None]:
    started = process_time()
    yield
    spent[name] += (process_time() - started) * 1000  # type: ignore[assignment]
