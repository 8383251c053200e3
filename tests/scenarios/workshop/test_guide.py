"""docs/workshop.md stays true: it has every row of the workshop, and what it names and asks for is there."""

import re

import pytest
from django.urls import resolve
from django.urls.exceptions import Resolver404

from tests.architecture.sources import ROOT

ROWS = [f"W{number}" for number in range(1, 22)]
PAGE = (ROOT / "docs" / "workshop.md").read_text(encoding="utf-8")
HANDS = (ROOT / "sandbox" / "demo" / "hands.sh").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (W\d+): [^\n]+\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
BLOCKS = "\n".join(re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)).replace("\\\n", " ")
ASKED = re.compile(r"\bas \"?\$[A-Z]+\"? ([A-Z]+) ['\"]?([^\s'\"]+)")
FETCHED = re.compile(r"\$FIRSTLINE/([^\s'\"]+)")
VARIABLE = re.compile(r"\$\w+|\$\{\w+\}")
A_UUID = "11111111-2222-4333-8444-555555555555"


def test_every_row_has_a_section_in_order() -> None:
    assert list(SECTIONS) == ROWS


@pytest.mark.parametrize("row", ROWS)
def test_row_has_commands_its_page_and_its_scenario_test(row: str) -> None:
    text = SECTIONS[row]
    assert 1 <= text.count("```sh\n") <= 5
    (scenario,) = re.findall(r"\*\*Test:\*\* `(tests/scenarios/workshop/(test_w\d\d_\w+\.py))`", text)
    assert scenario[1].startswith(f"test_w{int(row[1:]):02d}_") and (ROOT / scenario[0]).is_file()
    (theme,) = re.findall(r"\*\*Page:\*\* (.*)", text)
    pages = re.findall(r"\]\(([\w/.-]+\.md)", theme)
    assert pages and all((ROOT / "docs" / page).is_file() for page in pages)


def requests() -> set[tuple[str, str]]:
    """Method and path of everything that the page and its commands ask Firstline for."""
    asked = {(method, path) for text in (BLOCKS, HANDS) for method, path in ASKED.findall(text)}
    return asked | {("POST", path) for path in FETCHED.findall(HANDS) if not path.startswith("$_path")}


def test_page_asks_for_something_in_every_row() -> None:
    assert len(requests()) > len(ROWS)


@pytest.mark.parametrize(("method", "path"), sorted(requests()))
def test_every_request_is_one_that_the_api_takes(method: str, path: str) -> None:
    """Names in a path are its variables: an account's id, a baseline's name, a number or an id."""
    address = path.partition("?")[0]
    for stands_for in (A_UUID, "7"):
        try:
            found = resolve(f"/api/v1/{VARIABLE.sub(stands_for, address)}")
        except Resolver404:
            continue
        taken = getattr(found.func, "actions", None) or {"get": "", "post": ""}
        if found.url_name and method.lower() in taken:
            return
    pytest.fail(f"the API has no {method} /api/v1/{address}")


def test_every_command_of_the_second_terminal_is_told_on_the_page() -> None:
    for command in re.findall(r"^(\w+)\(\) \{", HANDS, re.MULTILINE):
        assert f"| `{command} " in PAGE, command
