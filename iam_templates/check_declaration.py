"""How a check is declared: `{as: {role: X}, actions: […], resources: […], context: {…}, expect: denied}`. Pure."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from provisioning.core.desired import DesiredCheck, Origin
from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.merge import pointer
from provisioning.core.permissions import words

MOST_CHECKS = 200
MOST_LISTED = 50

Text = Annotated[str, StringConstraints(min_length=1, max_length=128)]


def _is_placeholder(text: str) -> bool:
    return "{{" in text


def _action(text: str) -> str:
    if not words.is_action(text) and not _is_placeholder(text):
        raise ValueError(words.ACTION)
    return text


def _resource(text: str) -> str:
    if not words.is_resource(text) and not _is_placeholder(text):
        raise ValueError(words.RESOURCE)
    return text


def _given(value: Any) -> Any:
    if not words.is_value(value):
        raise ValueError(words.VALUE)
    return value


_ONE_VALUE: dict[str, Any] = {"type": ["string", "boolean", "integer"]}
_GIVEN_SCHEMA = {"anyOf": [_ONE_VALUE, {"type": "array", "minItems": 1, "items": _ONE_VALUE}]}

Action = Annotated[str, StringConstraints(max_length=128), AfterValidator(_action)]
Resource = Annotated[str, StringConstraints(max_length=2048), AfterValidator(_resource)]
Given = Annotated[Any, AfterValidator(_given), WithJsonSchema(_GIVEN_SCHEMA)]
_LISTED = Field(min_length=1, max_length=MOST_LISTED)


class Principal(BaseModel):
    """Who is asked about: exactly one of the three."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"minProperties": 1, "maxProperties": 1})

    role: Text | None = None
    group: Annotated[Text | None, Field(description="Any member of it, with nothing but the group's policies.")] = None
    user: Text | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "Principal":
        if len(self.named) != 1:
            raise ValueError("name one principal: {role: X}, {group: X} or {user: X}")
        return self

    @property
    def named(self) -> list[tuple[str, str]]:
        """What is given: (role, group or user; its name)."""
        given = (("role", self.role), ("group", self.group), ("user", self.user))
        return [(holder, name) for holder, name in given if name is not None]


class Check(BaseModel):
    """What somebody may or may not do; it holds when every action is as expected on every resource."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[
        str, StringConstraints(max_length=100), Field(description="What reports call it; one check has it.")
    ] = ""
    description: Annotated[str, Field(max_length=500)] = ""
    as_: Annotated[Principal, Field(alias="as", description="Whose permissions are asked about.")]
    actions: Annotated[list[Action], _LISTED]
    resources: Annotated[
        list[Resource], _LISTED, Field(description="ARNs, which may hold * and ?: then it must be so on each of them.")
    ] = ["*"]
    context: Annotated[
        dict[Text, Given],
        Field(description="What the request brings, by condition key, e.g. aws:MultiFactorAuthPresent."),
    ] = {}
    expect: Literal["allowed", "denied"]
    considers: Annotated[
        Literal["identity", "full"],
        Field(description="identity: identity policies and boundary; full: SCPs, and a role's trust, as well."),
    ] = "identity"

    def desired(self, origin: Origin) -> DesiredCheck:
        """The check as a desired state holds it."""
        ((holder, principal),) = self.as_.named
        return DesiredCheck(
            holder=holder,
            principal=principal,
            actions=tuple(dict.fromkeys(self.actions)),
            resources=tuple(dict.fromkeys(self.resources)),
            context={key: words.values(value) for key, value in sorted(self.context.items())},
            expect=self.expect,
            considers=self.considers,
            name=self.name,
            description=self.description,
            origins=(origin,),
        )


class _Checks(BaseModel):
    checks: list[Check]


def rendered_checks(rendered: Sequence[Any], origin: Origin) -> tuple[DesiredCheck, ...]:
    """Checks whose placeholders were filled. Raises DeclarationError: what was put in may not fit."""
    try:
        read = _Checks.model_validate({"checks": list(rendered)})
    except ValidationError as error:
        raise DeclarationError(_reasons(error)) from None
    return tuple(check.desired(origin) for check in read.checks)


def _reasons(error: ValidationError) -> list[Reason]:
    told = error.errors(include_url=False, include_context=False, include_input=False)
    return [Reason(pointer(*item["loc"]), str(item["msg"]).removeprefix("Value error, ")) for item in told]


def twice(checks: Sequence[Check]) -> list[Reason]:
    """Checks that share a name, so that a report could not tell them apart."""
    seen: dict[str, int] = {}
    reasons = []
    for index, check in enumerate(checks):
        if check.name and (first := seen.setdefault(check.name, index)) != index:
            reasons.append(Reason(pointer("checks", index, "name"), f"the check at /checks/{first} has this name"))
    return reasons


def plain_checks(checks: Sequence[Check]) -> list[Mapping[str, Any]]:
    """The checks as they were written, to be rendered."""
    return [check.model_dump(by_alias=True, exclude_unset=True) for check in checks]
