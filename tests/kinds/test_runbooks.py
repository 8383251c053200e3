"""Whose a drift is: every reason why a person must act is told in words and leads to a page that exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.admin.explain import PERSON
from provisioning.core.runbooks import RUNBOOKS, runbook_of
from provisioning.kinds import all_kinds
from tests.architecture.sources import ROOT

KINDS = ROOT / "provisioning/kinds"
REASON = re.compile(r"[a-z]+(_[a-z]+)*")


def _returned(tree: ast.AST) -> Iterator[str]:
    """Every text that a function named `person` may return, whatever way it chooses."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name == "person":
            for answer in (one.value for one in ast.walk(function) if isinstance(one, ast.Return) and one.value):
                yield from _results(answer)


def _results(answer: ast.expr) -> Iterator[str]:
    if isinstance(answer, ast.IfExp):
        yield from _results(answer.body)
        yield from _results(answer.orelse)
    elif isinstance(answer, ast.BoolOp):
        for value in answer.values:
            yield from _results(value)
    elif isinstance(answer, ast.Constant) and isinstance(answer.value, str):
        yield answer.value


def _of_kinds() -> Iterator[tuple[str, str]]:
    """(the kind's own runbook, reason)"""
    for kind in all_kinds().values():
        module = type(kind).__module__.split(".")[2]
        files = [KINDS / f"{module}.py", *(KINDS / module).glob("*.py")]
        for file in filter(Path.is_file, files):
            for reason in _returned(ast.parse(file.read_text())):
                yield kind.runbook, reason


def _of_the_core() -> Iterator[tuple[str, str]]:
    """What a comparison says of its own: the last argument of a Finding, and what a finding is turned into."""
    text = (ROOT / "provisioning/core/assess.py").read_text()
    for reason in re.findall(r'Remedy\.PERSON,\s*"([a-z_]+)"', text) + re.findall(r'finding\.reason or "(\w+)"', text):
        yield "", reason


TOLD = sorted({*_of_kinds(), *_of_the_core(), *(("", reason) for reason in RUNBOOKS)})


def test_reasons_are_found() -> None:
    found = {reason for _, reason in TOLD}
    assert {"protected", "immutable_field", "no_call_repairs_it", "mfa_not_enrolled", "not_attested"} <= found


@pytest.mark.parametrize(("of_kind", "reason"), TOLD)
def test_every_reason_is_told_in_words_and_leads_to_a_page_that_exists(of_kind: str, reason: str) -> None:
    assert REASON.fullmatch(reason) and reason in PERSON
    page, _, anchor = runbook_of(reason, of_kind).partition("#")
    assert page.startswith("docs/runbooks/"), f"{reason} has no runbook"
    text = (ROOT / page).read_text()
    assert not anchor or anchor in {_anchor(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


def _anchor(heading: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
