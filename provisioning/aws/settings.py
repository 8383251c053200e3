"""What the caller decides about connections to AWS."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AwsSettings:
    """Times in seconds. `max_connections` is at least the threads of the process; `margin` is kept of every lease.

    `region` is where global services are asked (the endpoint follows from it); `sts_region` '' means the region that
    boto3's default chain finds, else `region`.
    """

    connect_timeout: float = 3.0
    read_timeout: float = 10.0
    margin: float = 5.0
    max_connections: int = 32
    region: str = "us-east-1"
    sts_region: str = ""

    @property
    def longest_call(self) -> float:
        """How much of a lease must be left when a write is sent."""
        return self.connect_timeout + self.read_timeout + self.margin
