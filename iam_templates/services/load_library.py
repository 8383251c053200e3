"""Bringing in the baselines that are shipped with the product."""

from pathlib import Path

from django.db import transaction

from access.roles import Actor
from iam_templates.models import Baseline, BaselineVersion
from iam_templates.reading import read_declaration
from iam_templates.services.create_baseline import create_baseline
from iam_templates.services.create_version import create_version
from provisioning.core.plain import canonical

LIBRARY = Path(__file__).resolve().parent.parent / "library"


@transaction.atomic
def load_library(*, actor: Actor) -> list[BaselineVersion]:
    """Add each shipped declaration as a draft, unless some version of its baseline says just that; returns the new.

    The baseline is called like the file. Raises NotAllowedError, DeclarationError.
    """
    return [version for path in sorted(LIBRARY.glob("*.yaml")) if (version := _load(path, actor))]


def _load(path: Path, actor: Actor) -> BaselineVersion | None:
    source = path.read_text(encoding="utf-8")
    content = read_declaration(source, "yaml")
    baseline = Baseline.objects.filter(name=path.stem).first()
    if baseline is None:
        baseline = create_baseline(name=path.stem, description=content.get("description", ""), actor=actor)
    if any(canonical(version.content) == canonical(content) for version in baseline.versions.all()):
        return None
    return create_version(baseline=baseline.name, source=source, actor=actor)
