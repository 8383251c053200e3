"""Reads a template: YAML with CloudFormation's short forms, its parameters and its rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml

Template = Mapping[str, Any]


class _Loader(yaml.SafeLoader):
    """Short forms become long ones: !Ref x is {"Ref": x}, !GetAtt a.b is {"Fn::GetAtt": [a, b]}."""


def _short_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _short_form)


@lru_cache(maxsize=16)
def read(text: str) -> Template:
    """Raises ValueError for what is no template."""
    try:
        loaded = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ValueError(f"template: {error}") from None
    if not isinstance(loaded, dict) or not isinstance(loaded.get("Resources"), dict):
        raise ValueError("template: no Resources in it")
    return loaded


def parameters_of(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """Every parameter's value, defaults included. Raises ValueError that names each wrong one."""
    declared: Mapping[str, Mapping[str, Any]] = template.get("Parameters", {})
    faults = [f"{name}: the template has no such parameter" for name in given if name not in declared]
    values = {}
    for name, rules in declared.items():
        value = given.get(name, rules.get("Default"))
        if value is None:
            faults.append(f"{name}: must have a value")
            continue
        values[name] = str(value)
        # Never the value: it may be a secret (NoEcho).
        faults += [f"{name}: {fault}" for fault in _faults(values[name], rules)]
    if faults:
        raise ValueError("parameters: " + "; ".join(faults))
    return values


def _faults(value: str, rules: Mapping[str, Any]) -> list[str]:
    faults = []
    if "AllowedValues" in rules and value not in rules["AllowedValues"]:
        faults.append(f"must be one of {', '.join(rules['AllowedValues'])}")
    if "AllowedPattern" in rules and not re.fullmatch(rules["AllowedPattern"], value):
        faults.append(f"must match {rules['AllowedPattern']}")
    if not int(rules.get("MinLength", 0)) <= len(value) <= int(rules.get("MaxLength", 4096)):
        faults.append(f"must have {rules.get('MinLength', 0)} to {rules.get('MaxLength', 4096)} characters")
    return faults
