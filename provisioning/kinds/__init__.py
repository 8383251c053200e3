"""One resource kind per file, found by being here. Pure: what they read comes in a snapshot, what they do is data."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from inspect import isabstract, isclass
from types import MappingProxyType
from typing import Any

from provisioning.core.kind import Kind


@cache
def all_kinds() -> Mapping[str, Kind[Any]]:
    """Every kind by its name, e.g. `iam.group`."""
    modules = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    classes = {
        value
        for module in modules
        for value in vars(module).values()
        if isclass(value) and issubclass(value, Kind) and not isabstract(value)
    }
    return MappingProxyType({kind.name: kind() for kind in sorted(classes, key=lambda kind: kind.name)})


@cache
def attested_kinds() -> frozenset[str]:
    """The kinds that no API can read: they are observed in what people attest."""
    return frozenset(name for name, kind in all_kinds().items() if kind.is_attested)
