"""Parameters of a baseline: their types, and which value holds for an account. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from iam_templates.reading import name_fault
from provisioning.core.errors import Reason
from provisioning.core.merge import pointer

FACTS = ("account_id", "account_name", "environment", "ou_path", "partition", "owner_team")
"""What a placeholder may name besides parameters: facts of the account that is rendered."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Environment = Literal["sandbox", "dev", "test", "staging", "prod"]
Type = Literal["email", "decimal", "integer", "string", "boolean", "account_id", "arn", "names"]

_WILDCARD = re.compile(r"[*?]|\$\{")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'+/=^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?")
_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}|aws)?:\S{1,1024}")
_USER_NAME = re.compile(r"[\w+=,.@*?-]{1,64}", re.ASCII)
MAX_TEXT = 1024
MAX_NAMES = 500


class Parameter(BaseModel):
    """One parameter: `default` holds everywhere, `by_environment` where it has an entry; an assignment's value wins."""

    model_config = ConfigDict(extra="forbid", strict=True)

    type: Annotated[Type, Field(description="What a value must be; decimals and account ids are text, in quotes.")]
    description: Annotated[str, Field(max_length=500, description="What it is for.")] = ""
    required: Annotated[bool, Field(description="true: each assignment gives the value.")] = False
    default: Annotated[Any, Field(description="The value where nothing else gives one.")] = None
    by_environment: Annotated[dict[Environment, Any], Field(description="The value by environment.")] = {}
    allow_wildcards: Annotated[bool, Field(description="Whether values may hold *, ? and ${ (string, arn, names).")] = (
        False
    )
    example: Annotated[
        Any, Field(description="Stands in for a required value when a version is checked before it has an account.")
    ] = None

    @model_validator(mode="after")
    def _has_one_source(self) -> "Parameter":
        if self.required and (self.default is not None or self.by_environment):
            raise ValueError(
                "a required parameter is always given by the assignment; remove default and by_environment"
            )
        if not self.required and self.default is None and not self.by_environment:
            raise ValueError("give it a default, or say required: true")
        if self.allow_wildcards and self.type not in {"string", "arn", "names"}:
            raise ValueError(f"allow_wildcards means nothing for type {self.type}; remove it")
        return self

    def value_for(self, environment: str) -> Any:
        """The value without an assignment's; None where there is none."""
        return self.by_environment.get(environment, self.default)  # type: ignore[call-overload]

    @property
    def sample(self) -> Any:
        """A value of its type, for checks before there is an account."""
        given = [value for value in (self.example, self.default) if value is not None]
        return given[0] if given else _SAMPLES[self.type]


_SAMPLES: Mapping[str, Any] = {
    "email": "someone@example.com",
    "decimal": "10",
    "integer": 1,
    "string": "sample",
    "boolean": True,
    "account_id": "111122223333",
    "arn": "arn:aws:iam::111122223333:role/sample",
    "names": ["sample"],
}


def declared_reasons(parameters: Mapping[str, Parameter]) -> tuple[Reason, ...]:
    """What is wrong with the values a baseline itself gives its parameters."""
    return tuple(
        Reason(pointer("parameters", name, *where), fault)
        for name, parameter in parameters.items()
        for where, value in _declared_values(parameter)
        if (fault := value_fault(parameter, value))
    ) + tuple(
        Reason(pointer("parameters", name), f"{name} is a fact of the account; choose another name")
        for name in parameters
        if name in FACTS
    )


def _declared_values(parameter: Parameter) -> list[tuple[tuple[str, ...], Any]]:
    own = {("default",): parameter.default, ("example",): parameter.example}
    by_environment = {("by_environment", str(name)): value for name, value in parameter.by_environment.items()}
    return [(where, value) for where, value in own.items() if value is not None] + list(by_environment.items())


def given_reasons(parameters: Mapping[str, Parameter], given: Mapping[str, Any]) -> tuple[Reason, ...]:
    """What is wrong with the values an assignment gives: unknown, missing or of another type."""
    known = ", ".join(sorted(parameters)) or "none"
    unknown = [
        Reason(pointer("parameters", name), f"unknown parameter; this version has: {known}")
        for name in given
        if name not in parameters
    ]
    missing = [
        Reason(pointer("parameters", name), f"required; give a value of type {parameter.type}")
        for name, parameter in parameters.items()
        if parameter.required and name not in given
    ]
    wrong = [
        Reason(pointer("parameters", name), fault)
        for name, value in given.items()
        if name in parameters and (fault := value_fault(parameters[name], value))
    ]
    return (*unknown, *missing, *wrong)


def values_for(
    parameters: Mapping[str, Parameter], given: Mapping[str, Any], facts: Mapping[str, str]
) -> tuple[dict[str, Any], tuple[Reason, ...]]:
    """All values that placeholders may take in one account, and why any is missing or refused."""
    values: dict[str, Any] = dict(facts)
    reasons = list(given_reasons(parameters, given))
    for name, parameter in parameters.items():
        value = given[name] if name in given else parameter.value_for(facts["environment"])
        if value is not None:
            values[name] = value
        elif not parameter.required:
            where = facts["environment"]
            reasons.append(Reason(pointer("parameters", name), f"no value for environment {where}; give one"))
    return values, tuple(reasons)


def fact_reasons(facts: Mapping[str, str], used: Iterable[str]) -> tuple[Reason, ...]:
    """Facts of an account that a declaration uses and that could widen a policy."""
    return tuple(
        Reason("", f"the account's {name} is used and {fault}")
        for name in sorted(used)
        if name in facts and (fault := wildcard_fault(facts[name]) or _string(facts[name]))
    )


def value_fault(parameter: Parameter, value: Any) -> str | None:
    """Why `value` is not one of the parameter's type, or None."""
    fault = _CHECKS[parameter.type](value)
    return fault or (None if parameter.allow_wildcards else wildcard_fault(value))


def wildcard_fault(value: Any) -> str | None:
    """Why a value could widen a policy it is put into."""
    texts = value if isinstance(value, list) else [value]
    if any(isinstance(text, str) and _WILDCARD.search(text) for text in texts):
        return "may not hold *, ? or ${ (a parameter may with allow_wildcards)"
    return None


def _string(value: Any) -> str | None:
    if not isinstance(value, str):
        return "must be text; put it in quotes"
    if len(value) > MAX_TEXT:
        return f"must have at most {MAX_TEXT} characters"
    return "may not hold control characters or marks that turn the reading direction" if name_fault(value) else None


def _matching(pattern: re.Pattern[str], what: str) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return f"must be {what}, in quotes"
        return None if pattern.fullmatch(value) and len(value) <= MAX_TEXT else f"must be {what}"

    return check


def _decimal(value: Any) -> str | None:
    fits = isinstance(value, str) and _DECIMAL.fullmatch(value)
    return None if fits else 'must be a decimal number in quotes, e.g. "10.50"'


def _integer(value: Any) -> str | None:
    return None if isinstance(value, int) and not isinstance(value, bool) else "must be a whole number, without quotes"


def _boolean(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false, without quotes"


def _names(value: Any) -> str | None:
    if not isinstance(value, list) or not all(isinstance(name, str) and _USER_NAME.fullmatch(name) for name in value):
        return "must be a list of IAM user names (letters, digits and +=,.@_-, at most 64 each)"
    if len(value) > MAX_NAMES:
        return f"must have at most {MAX_NAMES} names"
    return None if len({name.lower() for name in value}) == len(value) else "names one user twice (IAM ignores case)"


_CHECKS: Mapping[str, Callable[[Any], str | None]] = {
    "email": _matching(_EMAIL, "an e-mail address"),
    "decimal": _decimal,
    "integer": _integer,
    "string": _string,
    "boolean": _boolean,
    "account_id": _matching(re.compile(r"[0-9]{12}"), "12 digits"),
    "arn": _matching(_ARN, "an ARN"),
    "names": _names,
}
