"""What one assignment says of one account: a declaration with its values put in. Pure."""

from collections.abc import Mapping
from typing import Any

from iam_templates.check_declaration import rendered_checks
from iam_templates.declaration import Declaration, Kinds, rows_of
from iam_templates.mode import ModeConfig
from iam_templates.parameters import fact_reasons, values_for
from iam_templates.render import render, render_checks
from provisioning.core.desired import ClosedScope, DesiredAccount, DesiredItem, Origin
from provisioning.core.errors import DeclarationError


def contribution(
    declaration: Declaration,
    given: Mapping[str, Any],
    mode: ModeConfig,
    facts: Mapping[str, str],
    origin: Origin,
    kinds: Kinds,
) -> DesiredAccount:
    """Render one assignment. Raises DeclarationError with what keeps it from being rendered for these facts."""
    values, reasons = values_for(declaration.parameters, given, facts)
    reasons += fact_reasons(facts, declaration.used)
    if reasons:
        raise DeclarationError(reasons)
    checks = rendered_checks(render_checks(declaration.written_checks, values, declaration.free), origin)
    rows = rows_of(render(declaration.resources, values, declaration.free))
    items = tuple(DesiredItem(kind, name, fields, mode.of(kinds[kind], name), (origin,)) for kind, name, fields in rows)
    closed = tuple(ClosedScope(kind, scope.path, (origin,)) for kind, scope in declaration.closed.items())
    return DesiredAccount(items, closed, checks)
