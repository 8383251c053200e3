"""docs/problems.md lists every code that a client can be answered with."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("access", "accounts", "history", "provisioning", "iam_templates", "config")
REFUSALS = {"ConflictError", "AccessConflict", "NotAllowedError", "NotFoundError"}
LISTED = set(re.findall(r"`([a-z-]+)`(?=[^|]*\| \d{3} \|)", (ROOT / "docs" / "problems.md").read_text()))


def codes(tree: ast.AST) -> Iterator[str]:
    """What refusals are raised with, and what exceptions of DRF are declared with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
            given = [word.value for word in node.keywords if word.arg == "code"] + node.args[1:2]
        elif isinstance(node, ast.Assign) and any(getattr(name, "id", "") == "default_code" for name in node.targets):
            given = [node.value]
        else:
            continue
        yield from (str(value.value) for value in given if isinstance(value, ast.Constant))


def test_every_code_that_is_answered_is_on_the_page() -> None:
    found = {
        (code.replace("_", "-"), str(path.relative_to(ROOT)))
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for code in codes(ast.parse(path.read_text()))
    }
    assert found
    assert not {(code, path) for code, path in found if code not in LISTED}


def test_every_refusal_that_openapi_names_is_on_the_page() -> None:
    from config.openapi import CODES

    assert {code.replace("_", "-") for code in CODES.values()} <= LISTED
