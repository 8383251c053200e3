"""Runs a kind's re-read of one resource against AWS."""

from datetime import UTC, datetime

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
    sections = {section: Complete(body, observed_at) for section, body in bodies.items()}
    return Snapshot(account_id, partition, sections)
