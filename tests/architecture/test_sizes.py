"""Small functions and files: what does not fit wants to be split by meaning."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import is_generated, python_files, syntax, text

FUNCTION_LINES = 40
FILE_LINES = 300
TEST_FILE_LINES = 500


def test_no_function_is_longer_than_a_screen() -> None:
    too_long = [
        f"{path}:{function.lineno} {function.name} has {length(function)} lines, at most {FUNCTION_LINES}"
        for path in written_files()
        for function in functions(path)
        if length(function) > FUNCTION_LINES
    ]
    assert not too_long, "\n".join(too_long)


def test_no_file_holds_more_than_one_idea() -> None:
    counted = ((path, len(text(path).splitlines()), limit(path)) for path in written_files())
    too_long = [f"{path} has {lines} lines, at most {most}" for path, lines, most in counted if lines > most]
    assert not too_long, "\n".join(too_long)


def written_files() -> list[Path]:
    return [path for path in python_files() if not is_generated(path)]


def limit(path: Path) -> int:
    return TEST_FILE_LINES if path.parts[0] == "tests" else FILE_LINES


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(syntax(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1
