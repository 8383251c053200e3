"""Which operations the sandbox answers itself, and which of the others it hands to moto."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox import access_analyzer, alternate_contacts, cloudtrail, organizations_reads, sts
from sandbox.budgets import operations as budgets
from sandbox.call import Call
from sandbox.iam import operations as iam

Handler = Callable[[Call], Any]

OPERATIONS: dict[tuple[str, str], Handler] = {
    **{("iam", name): handler for name, handler in iam.OPERATIONS.items()},
    **{("budgets", name): handler for name, handler in budgets.OPERATIONS.items()},
    **{("cloudtrail", name): handler for name, handler in cloudtrail.OPERATIONS.items()},
    **{("accessanalyzer", name): handler for name, handler in access_analyzer.OPERATIONS.items()},
    **{("account", name): handler for name, handler in alternate_contacts.OPERATIONS.items()},
    **{("organizations", name): handler for name, handler in organizations_reads.OPERATIONS.items()},
    **{("sts", name): handler for name, handler in sts.OPERATIONS.items()},
}

# moto's own versions of these would answer without any of the checks.
NOT_MOTOS = ("sts", "budgets", "accessanalyzer", "account")


def handler_of(call: Call) -> Handler | None:
    return OPERATIONS.get((call.service, call.operation))
