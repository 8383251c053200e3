"""The service control policies that bind an account, as discovery read them."""

from dataclasses import dataclass

from accounts.models import Account


@dataclass(frozen=True)
class PolicySource:
    """A policy by where it hangs, e.g. `SCP DenyRegions on /workloads`, and its JSON text."""

    source: str
    document: str


Levels = tuple[tuple[PolicySource, ...], ...]


def scps_of(account: Account) -> Levels | None:
    """The policies of each level, from the root to the account; None: not known, because no discovery read them."""
    return None
