"""The admin's pages about accounts, drift, plans and runs, one module per resource."""

from provisioning.admin import accounts, attestations, drift, hand_overs, plans, records, runs, verifications

__all__ = ["accounts", "attestations", "drift", "hand_overs", "plans", "records", "runs", "verifications"]
