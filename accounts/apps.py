"""Accounts: which AWS accounts exist, where they stand, how they are entered."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The organisation's accounts."""

    name = "accounts"

    def ready(self) -> None:
        """Accounts and roles say who sees what of the history."""
        from accounts.visible_events import visible_events
        from history.visible import set_rule

        set_rule(visible_events)
