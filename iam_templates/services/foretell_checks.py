"""What the checks of a declaration would find, for whoever reads it: before it is published, and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iam_templates.check_forecast import Foretold, foretell
from iam_templates.declaration import Declaration, check_declaration
from provisioning.core.errors import DeclarationError
from provisioning.kinds import all_kinds


@dataclass(frozen=True)
class ForetoldCheck:
    """One check in one sample environment ('' for those without values of their own), as it is shown."""

    pointer: str
    check: str
    environment: str
    result: str
    expected: str
    found: str
    sentence: str


def foretold_checks(content: Mapping[str, Any]) -> list[ForetoldCheck]:
    """Every check of a stored declaration; none where this version of Firstline would refuse it as a whole."""
    try:
        declaration = check_declaration(content, all_kinds())
    except DeclarationError:
        return []
    return shown_checks(declaration)


def shown_checks(declaration: Declaration) -> list[ForetoldCheck]:
    """Every check of a declaration that is in order."""
    return [_shown(one) for one in foretell(declaration, all_kinds())]


def _shown(foretold: Foretold) -> ForetoldCheck:
    told = foretold.outcome.to_plain()
    return ForetoldCheck(
        pointer=foretold.reason.pointer,
        check=told["check"],
        environment=foretold.environment,
        result=told["result"],
        expected=told["expected"],
        found=told["found"],
        sentence=told["sentence"],
    )
