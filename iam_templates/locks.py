"""One change of assignments at a time, and none while an account is rendered: so no rendering misses one."""

from django.db import OperationalError, connection

from provisioning.core.errors import ConflictError

_KEY = 0x4649_5253_5400_0001


def lock_assignments() -> None:
    """Hold the assignments alone until the transaction ends. Raises ConflictError when others hold them too long."""
    _lock("pg_advisory_xact_lock")


def share_assignments() -> None:
    """Keep the assignments as they are until the transaction ends. Raises ConflictError like lock_assignments."""
    _lock("pg_advisory_xact_lock_shared")


def _lock(function: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [_KEY])
    except OperationalError as error:
        raise ConflictError("Another change of assignments is still being made: try again in a moment.") from error
