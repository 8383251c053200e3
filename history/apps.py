"""History: the append-only log of everything anyone or anything did."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _make_months(**_: Any) -> None:
    from history.services.months import make_months

    make_months()


class HistoryConfig(AppConfig):
    """Makes the coming months' partitions whenever the database is migrated."""

    name = "history"

    def ready(self) -> None:
        """Connect the one house-keeping step that must follow every migration."""
        post_migrate.connect(_make_months, sender=self)
