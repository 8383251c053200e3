"""Provisioning: makes one account like its desired state."""

from django.apps import AppConfig


class ProvisioningConfig(AppConfig):
    """Looks, plans, applies."""

    name = "provisioning"

    def ready(self) -> None:
        """Register the system checks."""
        from provisioning import checks  # noqa: F401
