"""Access: who may do what."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Roles and tokens."""

    name = "access"

    def ready(self) -> None:
        """Sign-ins are told to the history."""
        from access.sign_ins import listen

        listen()
