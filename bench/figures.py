"""Medians with their spread, as a table for people and as JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Measured:
    """One figure over all rounds."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.values)

    def __str__(self) -> str:
        return f"{_short(self.median)} ({_short(min(self.values))}-{_short(max(self.values))})"

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"median": self.median, "values": list(self.values)}


def measured(values: Iterable[float]) -> Measured:
    """A figure from its rounds."""
    return Measured(tuple(values))


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns side by side, the first to the left and the others to the right."""
    cells = [list(headings), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )


def save(figures: Any, path: Path | None) -> None:
    """Write the figures as JSON where that was asked for."""
    if path is not None:
        path.write_text(json.dumps(figures, indent=2, default=lambda one: one.to_plain()) + "\n")


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
