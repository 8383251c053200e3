"""Evaluates the intrinsic functions a template of IAM resources uses (CloudFormation User Guide)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.cloudformation.template import Template

NO_VALUE = object()
_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")


@dataclass(frozen=True)
class Scope:
    """What names stand for. `resource(id, attribute)` is a resource's own value; '' asks for its Ref."""

    template: Template
    values: Mapping[str, str]
    resource: Callable[[str, str], str]

    def evaluate(self, value: Any) -> Any:
        """The value without functions. Raises ValueError for a function or name that isn't known."""
        if isinstance(value, Mapping):
            if len(value) == 1:
                ((name, given),) = value.items()
                if name in ("Ref", "Condition") or str(name).startswith("Fn::"):
                    return self._call(name, given)
            items = {name: self.evaluate(item) for name, item in value.items()}
            return {name: item for name, item in items.items() if item is not NO_VALUE}
        if isinstance(value, list):
            return [item for item in map(self.evaluate, value) if item is not NO_VALUE]
        return value

    def holds(self, condition: str) -> bool:
        conditions = self.template.get("Conditions", {})
        if condition not in conditions:
            raise ValueError(f"template: no condition {condition!r}")
        return bool(self.evaluate(conditions[condition]))

    def broken_rules(self) -> list[str]:
        """What the template's Rules assert and does not hold."""
        return [
            str(assertion["AssertDescription"])
            for rule in self.template.get("Rules", {}).values()
            if self.evaluate(rule.get("RuleCondition", True))
            for assertion in rule["Assertions"]
            if not self.evaluate(assertion["Assert"])
        ]

    def _call(self, name: str, given: Any) -> Any:
        if name == "Ref":
            return self._named(given)
        if name == "Condition":
            return self.holds(given)
        if name == "Fn::If":
            condition, then, otherwise = given
            return self.evaluate(then if self.holds(condition) else otherwise)
        if name == "Fn::Sub":
            return self._substituted(given)
        function = _FUNCTIONS.get(name)
        if function is None:
            raise ValueError(f"template: the sandbox does not know {name}")
        if name == "Fn::GetAtt":
            return self.resource(*given)
        return function(self.evaluate(given))

    def _named(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        return self.values[name] if name in self.values else self.resource(name, "")

    def _substituted(self, given: Any) -> str:
        text, more = (given, {}) if isinstance(given, str) else (given[0], self.evaluate(given[1]))

        def value(found: re.Match[str]) -> str:
            literal, name = found.groups()
            if literal:
                return f"${{{name}}}"
            if name in more:
                return str(more[name])
            resource, _, attribute = name.partition(".")
            return self.resource(resource, attribute) if attribute else str(self._named(name))

        return _PLACEHOLDER.sub(value, text)


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "Fn::GetAtt": lambda given: given,
    "Fn::Join": lambda given: given[0].join(given[1]),
    "Fn::Select": lambda given: given[1][int(given[0])],
    "Fn::Equals": lambda given: given[0] == given[1],
    "Fn::Not": lambda given: not given[0],
    "Fn::And": all,
    "Fn::Or": any,
}
