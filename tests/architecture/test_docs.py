"""The docs hang together: every page is reached from README.md by links, and every link leads to something."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import ROOT, repository_files, text

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PAGES = [path for path in repository_files() if path.suffix == ".md"]
DOCS = {path for path in PAGES if path.parts[0] == "docs"}


def links(page: Path) -> Iterator[tuple[str, Path, str]]:
    """What a page links to in the repository: as written, the file or folder, and the heading after `#`."""
    for written in LINK.findall(FENCE.sub("", text(page))):
        if "://" not in written and not written.startswith("mailto:"):
            path, _, heading = written.partition("#")
            yield written, (ROOT / page.parent / path).resolve() if path else ROOT / page, heading


def anchors(page: Path) -> set[str]:
    """The names that headings have: lower case, hyphens for spaces, no other signs."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_relative_link_leads_to_a_file_and_to_a_heading_of_it() -> None:
    broken = [
        f"{page}: {written}"
        for page in PAGES
        for written, target, heading in links(page)
        if not target.exists() or (heading and target.suffix == ".md" and heading not in anchors(target))
    ]
    assert not broken, "\n".join(broken)


def test_every_page_of_the_docs_is_reached_from_the_readme() -> None:
    reached, new = set[Path](), {Path("README.md")}
    while new:
        reached |= new
        linked = {target for page in new for _, target, _ in links(page)}
        new = {found for target in linked for found in pages_at(target)} - reached
    assert not DOCS - reached, "no page leads to: " + ", ".join(sorted(map(str, DOCS - reached)))


def pages_at(target: Path) -> Iterator[Path]:
    """The page itself; of a folder, the pages in it."""
    found = target.glob("*.md") if target.is_dir() else [target] if target.suffix == ".md" else []
    yield from (page.relative_to(ROOT) for page in found)
