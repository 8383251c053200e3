"""How fast Organizations is asked: a token bucket per operation, so that nobody else in the organisation is slowed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

Pause = Callable[[float], None]


@dataclass(frozen=True)
class Rate:
    """Requests per second, and how many may follow each other at once."""

    steady: float
    burst: int


RATES = {
    "ListRoots": Rate(1, 2),
    "DescribeOrganization": Rate(1, 2),
    "ListOrganizationalUnitsForParent": Rate(5, 8),
    "ListAccountsForParent": Rate(5, 8),
    "ListTagsForResource": Rate(10, 15),
    "ListTargetsForPolicy": Rate(5, 5),
}
"""Organizations user guide, quotas, rate limits per account; that of ListTargetsForPolicy is not told there."""
OTHERS = Rate(2, 2)


@dataclass
class Buckets:
    """Call `take` after each request: it waits until the next one of this operation may be sent.

    Buckets begin empty: a discovery works in slices, and what one slice saved up is not the next one's to spend.
    """

    clock: Callable[[], float] = time.monotonic
    pause: Pause = time.sleep
    _tokens: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, operation: str) -> None:
        """Take one token, once there is one."""
        rate, now = RATES.get(operation, OTHERS), self.clock()
        held, at = self._tokens.get(operation, (0.0, now))
        held = min(rate.burst, held + (now - at) * rate.steady)
        if held < 1:
            self.pause((1 - held) / rate.steady)
        self._tokens[operation] = (held - 1, now)
