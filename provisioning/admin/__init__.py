"""The admin's pages about accounts, drift, plans and runs, one module per resource."""

from provisioning.admin import accounts, drift, plans, records, runs

__all__ = ["accounts", "drift", "plans", "records", "runs"]
