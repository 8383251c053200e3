"""The project as a Django app: its commands, templates and system checks."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Settings, addresses, dispatcher."""

    name = "config"

    def ready(self) -> None:
        """Register the system checks."""
        from config import checks  # noqa: F401
