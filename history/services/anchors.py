"""Anchors: the chain's end, kept where whoever can write the database can't."""

import logging
from pathlib import Path

from django.utils import timezone

from history.chain import Anchor
from history.services.seal import seal_all

logger = logging.getLogger(__name__)


def keep_anchor(path: str) -> Anchor:
    """Say the chain's end in the log, and append it to the file when one is named."""
    end = seal_all()
    logger.info("history chain ends at %s", end)
    if path:
        with Path(path).open("a", encoding="ascii") as file:
            file.write(f"{timezone.now().isoformat(timespec='seconds')} {end}\n")
    return end


def kept_anchors(path: Path) -> list[Anchor]:
    """The anchors of such a file. Raises ValueError for a line that is none, OSError for a file that can't be read."""
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return [Anchor.parse(line.split()[-1]) for line in lines if line.strip()]
