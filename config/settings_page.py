"""docs/settings.md, printed from the settings themselves so that it can't fall behind."""

import json
from typing import Any

from pydantic.fields import FieldInfo

from config.environment import Environment, variable

INTRODUCTION = """# Settings

Each setting is an environment variable, read once at start; a wrong one ends the process and is named, without its
value. Lists are JSON. `manage.py print_settings` prints this page, [production.env](production.env) is an example, and
`manage.py check --deploy` says what is missing or unsafe.

| variable | default | what it is |
|---|---|---|
"""
LIMITS = {"gt": "more than {}", "ge": "at least {}", "le": "at most {}", "min_length": "at least {} characters"}
AWS = """
## Where workers find AWS

Workers read AWS's own variables and files, by boto3's default chain; give each worker its own identity, as a role whose
keys expire. Web server and dispatcher refuse to start with any of them. `AWS_ACCESS_KEY_ID` without
`AWS_SESSION_TOKEN`, and `AWS_ENDPOINT_URL…` that is not this machine or in `FIRSTLINE_ALLOW_AWS_ENDPOINT`, are refused.
Where AWS is simulated (`AWS_ENDPOINT_URL` names this machine, or an allowed address outside AWS's domains) any key is
fine: it opens nothing.
"""


def page() -> str:
    """The whole page as Markdown."""
    rows = [row(name, field) for name, field in Environment.model_fields.items()]
    return INTRODUCTION + "\n".join(rows) + "\n" + AWS


def row(name: str, field: FieldInfo) -> str:
    """One line of the table."""
    limits = [text for limit in field.metadata for text in _limits(limit)]
    what = f"{field.description} {_sentence(limits)}".strip()
    return f"| `{variable(name)}` | {_default(field)} | {what} |"


def _limits(limit: Any) -> list[str]:
    return [
        text.format(getattr(limit, name)) for name, text in LIMITS.items() if getattr(limit, name, None) is not None
    ]


def _sentence(limits: list[str]) -> str:
    return f"{', '.join(limits).capitalize()}." if limits else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    return f"`{json.dumps(field.default)}`" if field.default not in ("", None) else "–"
