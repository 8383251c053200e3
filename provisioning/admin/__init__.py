"""The admin's pages about accounts, drift, plans and runs, one module per resource."""

from provisioning.admin import (
    account_requests,
    accounts,
    attestations,
    budget_statuses,
    discoveries,
    drift,
    hand_overs,
    plans,
    records,
    reports,
    runs,
    verifications,
)

__all__ = [
    "account_requests",
    "accounts",
    "attestations",
    "budget_statuses",
    "discoveries",
    "drift",
    "hand_overs",
    "plans",
    "records",
    "reports",
    "runs",
    "verifications",
]
