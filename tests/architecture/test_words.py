"""Words that no file of the repository holds, and names that say nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import python_files, repository_files, text

# Split in two here, so that this file may be read by its own rule.
REGISTRY_HOSTS = (
    "pypi" + ".org",
    "python" + "hosted",
    "registry." + "npmjs",
    "registry-1." + "docker",
    "crates" + ".io",
)
PLACES_OF_ONE_MACHINE = ("/work" + "/", "../" + "shared", "/opt/" + "wheels", "/opt/" + "pypi")
SAYS_NOTHING = re.compile(r"(utils?|helpers?|common|base|misc)(\.py)?")
UNNAMED_SUPPRESSION = re.compile(r"#\s*(type:\s*ignore(?!\[)|noqa(?!:\s*[A-Z]))")
TYPED_AWAY = re.compile(r"\bas any\b")
SCRIPTS = {".ts", ".tsx", ".js", ".mjs"}


def test_no_file_names_a_registry_or_one_machines_folders() -> None:
    found = [
        f"{path}: {word}"
        for path in repository_files()
        for word in (*REGISTRY_HOSTS, *PLACES_OF_ONE_MACHINE)
        if word in text(path)
    ]
    assert not found, "\n".join(found)


def test_module_names_say_what_is_inside() -> None:
    nameless = [str(path) for path in python_files() if any(SAYS_NOTHING.fullmatch(part) for part in path.parts)]
    assert not nameless, "name these after what they hold: " + ", ".join(nameless)


def test_suppressions_name_their_rule() -> None:
    unnamed = [hit for path in python_files() for hit in _lines_matching(UNNAMED_SUPPRESSION, path)]
    assert not unnamed, "say which rule is suppressed:\n" + "\n".join(unnamed)


def test_scripts_keep_their_types() -> None:
    scripts = (path for path in repository_files() if path.suffix in SCRIPTS)
    assert not [hit for path in scripts for hit in _lines_matching(TYPED_AWAY, path)]


def _lines_matching(pattern: re.Pattern[str], path: Path) -> Iterator[str]:
    for number, line in enumerate(text(path).splitlines(), start=1):
        if pattern.search(line):
            yield f"{path}:{number}: {line.strip()}"
