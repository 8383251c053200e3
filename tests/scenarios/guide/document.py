"""What the guide says to run, in its own order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.architecture.sources import ROOT

GUIDE = ROOT / "docs/install.md"
_PIECE = re.compile(r"^## (?P<step>\d+)\. [^\n]*$|^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_PROCESS = re.compile(r"^\| ([a-z -]+?) \| `(.+?)` \|", re.MULTILINE)
_LEFT = re.compile(r"(?<![A-Z_${])[A-Z]+_(?:ID|ACCOUNT|PASSWORD|PEPPER|KEY)(?![A-Z_=])")


@dataclass(frozen=True)
class Block:
    """One fenced block of a numbered step."""

    step: int
    language: str
    text: str


def blocks() -> list[Block]:
    """Every block of the guide."""
    step, found = 0, []
    for piece in _PIECE.finditer(GUIDE.read_text()):
        if piece["step"]:
            step = int(piece["step"])
        else:
            found.append(Block(step, piece["language"], piece["text"]))
    return found


def for_the_shell(step: int) -> list[str]:
    """The commands of a step that need no container platform."""
    mine = [block.text for block in blocks() if (block.step, block.language) == (step, "sh")]
    return [text for text in mine if not text.startswith("docker ")]


def process_commands() -> dict[str, str]:
    """The table of processes: each one's command."""
    return dict(_PROCESS.findall(GUIDE.read_text()))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced. Fails on one that nobody filled."""
    for name, value in sorted(values.items(), key=lambda item: -len(item[0])):
        text = re.sub(rf"(?<![A-Za-z_]){name}(?![A-Za-z_=])", lambda _, value=value: value, text)  # type: ignore[misc]
    assert not (left := _LEFT.findall(text)), left
    return text
