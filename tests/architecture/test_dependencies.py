"""Each dependency has its reason in docs/dependencies.md, and each lock holds every hash."""

import re
import tomllib

import pytest

from tests.architecture.sources import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
GROUPS = {
    "Product": PROJECT["dependencies"],
    "Demo and sandbox (`demo`)": PROJECT["optional-dependencies"]["demo"],
    "Tests and checks (`test`)": PROJECT["optional-dependencies"]["test"],
}


@pytest.mark.parametrize("group", GROUPS)
def test_every_dependency_has_its_reason(group: str) -> None:
    sections = re.split(r"^## ", (ROOT / "docs/dependencies.md").read_text(), flags=re.MULTILINE)
    (section,) = (text for text in sections if text.startswith(f"{group}\n"))
    reasons = dict(re.findall(r"^\| ([\w.-]+) \| (\S.*?) \|$", section, flags=re.MULTILINE)[1:])
    assert set(reasons) == {package_name(line) for line in GROUPS[group]} - {"firstline"}


@pytest.mark.parametrize("lock", ["base", "demo", "test"])
def test_every_locked_package_has_a_hash(lock: str) -> None:
    packages = re.split(r"^(?=[a-z0-9])", (ROOT / f"requirements/{lock}.txt").read_text(), flags=re.MULTILINE)[1:]
    assert packages
    assert not [package.split()[0] for package in packages if "--hash=sha256:" not in package]


@pytest.mark.parametrize(("smaller", "larger"), [("base", "demo"), ("demo", "test")])
def test_larger_lock_holds_the_same_versions(smaller: str, larger: str) -> None:
    assert pins(smaller) <= pins(larger)


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^[a-z0-9][\w.-]*==\S+", (ROOT / f"requirements/{lock}.txt").read_text(), re.MULTILINE))


def package_name(requirement: str) -> str:
    return re.split(r"[\[~<>=; ]", requirement, maxsplit=1)[0]
