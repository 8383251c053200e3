"""A stack in one account, or in many as a StackSet makes them. Nothing of a stack is remembered but its resources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.cloudformation.intrinsics import Scope
from sandbox.cloudformation.resources import Made, make
from sandbox.cloudformation.template import Template, parameters_of, read
from sandbox.world import PARTITION, world

Outputs = dict[str, str]

_SHIPPED = Path(__file__).resolve().parents[2] / "deploy" / "cloudformation"


def shipped(name: str) -> str:
    """The text of one of the product's own templates, e.g. firstline-roles."""
    return (_SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")


def deploy_stackset(text: str, parameters: Mapping[str, str], accounts: Iterable[str]) -> dict[str, Outputs]:
    """The outputs of the stack in each account. Raises ValueError (template, parameters), KeyError (account)."""
    template = read(text)
    values = parameters_of(template, parameters)
    return {account: _Stack(template, values, world.accounts[account].id).deploy() for account in accounts}


@dataclass
class _Stack:
    template: Template
    parameters: Mapping[str, str]
    account: str
    made: dict[str, Made] = field(default_factory=dict)

    def deploy(self) -> Outputs:
        scope = self._scope
        if broken := scope.broken_rules():
            raise ValueError("parameters: " + "; ".join(broken))
        for name, resource in self.template["Resources"].items():
            if "Condition" not in resource or scope.holds(resource["Condition"]):
                self._value(name, "")
        return {name: str(scope.evaluate(output["Value"])) for name, output in self.template.get("Outputs", {}).items()}

    @property
    def _scope(self) -> Scope:
        pseudo = {
            "AWS::AccountId": self.account,
            "AWS::Partition": PARTITION,
            "AWS::Region": "us-east-1",
            "AWS::URLSuffix": "amazonaws.com",
        }
        return Scope(self.template, {**pseudo, **self.parameters}, self._value)

    def _value(self, name: str, attribute: str) -> str:
        """Makes the resource when it is first named, so that each comes after what it refers to."""
        if name not in self.made:
            resource: Mapping[str, Any] | None = self.template["Resources"].get(name)
            if resource is None:
                raise ValueError(f"template: no resource or parameter {name!r}")
            properties = self._scope.evaluate(resource.get("Properties", {}))
            self.made[name] = make(self.account, resource["Type"], properties)
        made = self.made[name]
        return made.attributes[attribute] if attribute else made.ref
