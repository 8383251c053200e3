"""A bound on the work of one comparison, counted in steps, so that no document can hold up a worker."""

from dataclasses import dataclass

MOST_STEPS = 400_000


class TooMuchEffort(Exception):  # noqa: N818 -- it is an answer, not a fault of the document
    """The document would take more steps than it is worth; the caller compares it as written."""


@dataclass(slots=True)
class Effort:
    """Steps spent so far."""

    limit: int = MOST_STEPS
    spent: int = 0

    def spend(self, steps: int) -> None:
        """Count steps; raises TooMuchEffort past the limit."""
        self.spent += steps
        if self.spent > self.limit:
            raise TooMuchEffort
