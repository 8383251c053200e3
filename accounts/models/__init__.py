"""Rows of accounts, and of the organisation they stand in."""

from accounts.account_request import AccountRequest
from accounts.models.account import LONGEST, SHORTEST, Account, AccountQuerySet
from accounts.models.discovery import Discovery
from accounts.models.organisation import DiscoveredAccount, OrganisationalUnit, ServiceControlPolicy

__all__ = [
    "LONGEST",
    "SHORTEST",
    "Account",
    "AccountQuerySet",
    "AccountRequest",
    "DiscoveredAccount",
    "Discovery",
    "OrganisationalUnit",
    "ServiceControlPolicy",
]
