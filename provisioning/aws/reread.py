"""Runs a kind's re-read of one resource against AWS."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from provisioning.aws.session import AwsSession
from provisioning.core.kind import Reread
from provisioning.core.snapshot import Complete, Snapshot


def drive(session: AwsSession, generator: Reread, account_id: str, partition: str) -> Snapshot:
    """Answer each read that the generator asks for; what it returns is a snapshot of that one resource.

    Raises AwsError: a re-read that fails says nothing about the resource.
    """
    observed_at = datetime.now(UTC)
    answer = None
    try:
        while True:
            answer = session.read(generator.send(answer))
    except StopIteration as finished:
        bodies = finished.value
    finally:
        generator.close()
    sections = {section: _section(body, observed_at) for section, body in bodies.items()}
    return Snapshot(account_id, partition, sections)


def _section(body: Mapping[str, Any], observed_at: datetime) -> Complete:
    """What changes by itself comes under `facts` and is kept outside the body."""
    kept = {key: part for key, part in body.items() if key != "facts"}
    return Complete(kept, observed_at, body.get("facts", {}))
