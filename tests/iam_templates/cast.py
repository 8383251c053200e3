"""People, a small baseline and its parts: each test names only what it is about."""

from typing import Any

import yaml

from access.roles import Actor, Role, actor
from iam_templates.models import Assignment, Baseline, BaselineVersion
from iam_templates.services.assign import assign
from iam_templates.services.create_version import create_version
from iam_templates.services.publish_version import publish_version

OLGA = actor("olga", [Role.BASELINE_AUTHOR, Role.OPERATOR])
OSKAR = actor("oskar", [Role.BASELINE_AUTHOR, Role.OPERATOR])
ADA = actor("ada", [Role.SECURITY_ADMIN])
VERA = actor("vera", [Role.VIEWER])
ROOT = actor("root", [Role.OWNER])


def group(name: str = "Developers", **fields: Any) -> dict[str, Any]:
    return {"resources": {"iam.group": {name: fields or {"members": {"include": ["ann"]}}}}}


def source(content: dict[str, Any] | None = None) -> str:
    return yaml.safe_dump(content or group())


def draft(name: str = "first", content: dict[str, Any] | None = None, by: Actor = OLGA) -> BaselineVersion:
    Baseline.objects.get_or_create(name=name, defaults={"created_by": by.name})
    return create_version(baseline=name, source=source(content), actor=by)


def published(name: str = "first", content: dict[str, Any] | None = None, by: Actor = OLGA) -> BaselineVersion:
    row = draft(name, content, by)
    return publish_version(baseline=name, number=row.number, actor=by)


def assigned(version: BaselineVersion, selector: str = "environment", value: str = "dev", **given: Any) -> Assignment:
    return assign(
        baseline=version.baseline_id, version=version.number, selector=selector, value=value, actor=OLGA, **given
    )
