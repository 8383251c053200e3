"""Accounts: which AWS accounts exist, where they stand, how they are entered."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The organisation's accounts."""

    name = "accounts"
