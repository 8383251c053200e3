"""`project` cuts what is observed down to what is managed; after that, comparison is `==`."""

from dataclasses import fields, replace
from typing import Any, TypeVar

from provisioning.core.fields import UNMANAGED, Broken, Exclusive, FrozenMap, Rule, Shared

Spec = TypeVar("Spec")


def project(observed: Spec, desired: Spec) -> Spec:
    """Blank the fields `desired` leaves unmanaged, cut shared sets to ours, and what keeps a rule to the rule."""
    return replace(  # type: ignore[type-var]
        observed,
        **{
            field.name: _project_field(getattr(observed, field.name), getattr(desired, field.name))
            for field in fields(desired)  # type: ignore[arg-type]
        },
    )


def _project_field(observed: Any, desired: Any) -> Any:
    if desired is UNMANAGED:
        return UNMANAGED
    if isinstance(desired, Rule):
        broken = desired.broken_by(observed)
        return Broken(broken) if broken else desired
    if isinstance(desired, Shared) and isinstance(observed, Exclusive):
        return Shared(_cut(observed.items, desired.items))
    return observed


def _cut(observed: Any, ours: Any) -> Any:
    if isinstance(observed, FrozenMap):
        return FrozenMap({key: value for key, value in observed.items() if key in ours})
    # As AWS spells them: `&` would keep the spelling of whichever side is smaller.
    return frozenset(item for item in observed if item in ours)
