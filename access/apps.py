"""Access: who may do what."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Roles and tokens."""

    name = "access"
