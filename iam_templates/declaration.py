"""What a platform team writes: the shape of a declaration, and its check without an account. Pure.

What the fields of an item mean is each kind's own business (`Kind.parse`); this module only asks.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from iam_templates.check_declaration import MOST_CHECKS, Check, plain_checks, rendered_checks, twice
from iam_templates.parameters import FACTS, Name, Parameter, declared_reasons
from iam_templates.render import placeholders, render, render_checks
from iam_templates.singletons import as_written, not_closable, with_names
from provisioning.core.desired import DesiredCheck, Origin
from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.kind import Context, Kind
from provisioning.core.merge import pointer
from provisioning.kinds.context import context_of

Kinds = Mapping[str, Kind[Any]]
SAMPLE_FACTS = {
    "account_id": "111122223333",
    "account_name": "sample",
    "environment": "dev",
    "ou_path": "/sample",
    "partition": "aws",
    "owner_team": "sample",
}
SAMPLE_ORIGIN = Origin("sample", 0, "", "")
MAX_NAME = 128
ItemName = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]


class Closed(BaseModel):
    """Resources of the kind below `path` that nobody declared are extra."""

    model_config = ConfigDict(extra="forbid", strict=True)

    path: Annotated[
        str,
        StringConstraints(pattern=r"^/([!-.0-z|~]+/)*$", max_length=512),
        Field(description="An IAM path such as /teams/, or / for all."),
    ]


class Declaration(BaseModel):
    """A baseline: parameters, what must be there, and where nothing else may be."""

    model_config = ConfigDict(extra="forbid", strict=True)

    description: Annotated[str, Field(max_length=2000, description="What it is for, in your words.")] = ""
    parameters: Annotated[
        dict[Name, Parameter], Field(description="What differs between accounts; {{ name }} takes the value.")
    ] = {}
    resources: Annotated[
        dict[str, dict[ItemName, dict[str, Any]]],
        Field(description="What must be there, by kind and name. A field left out is not managed."),
    ] = {}
    closed: Annotated[
        dict[str, Closed], Field(description="By kind: where a resource that nobody declared is extra.")
    ] = {}
    checks: Annotated[
        list[Check],
        Field(max_length=MOST_CHECKS, description="What somebody may or may not do, whatever the policies say."),
    ] = []

    @cached_property
    def used(self) -> frozenset[str]:
        """Every name its placeholders use."""
        return placeholders(self.resources) | placeholders(self.written_checks)

    @cached_property
    def written_checks(self) -> list[Mapping[str, Any]]:
        """The checks, not yet rendered."""
        return plain_checks(self.checks)

    @cached_property
    def free(self) -> frozenset[str]:
        """Parameters that may hold wildcards and IAM variables."""
        return frozenset(name for name, parameter in self.parameters.items() if parameter.allow_wildcards)


def checks_with(declaration: Declaration, values: Mapping[str, Any]) -> tuple[DesiredCheck, ...]:
    """The checks with sample values put in. Raises DeclarationError."""
    return rendered_checks(render_checks(declaration.written_checks, values, declaration.free), SAMPLE_ORIGIN)


_LATER = {
    "absent": "not yet supported: removal comes later; delete this key",
}


def parse_declaration(content: Mapping[str, Any], kinds: Kinds) -> Declaration:
    """The declaration's shape. Raises DeclarationError with every reason: unknown fields and kinds, wrong types."""
    try:
        return _parsed(with_names(content, kinds), kinds)
    except DeclarationError as error:
        raise DeclarationError(as_written(error.reasons, kinds)) from None


def _parsed(content: Mapping[str, Any], kinds: Kinds) -> Declaration:
    later = [Reason(pointer(key), message) for key, message in _LATER.items() if key in content]
    rest = {key: value for key, value in content.items() if key not in _LATER}
    try:
        declaration = Declaration.model_validate(rest)
    except ValidationError as error:
        raise DeclarationError([*later, *_unknown_kinds(rest, kinds), *_pydantic_reasons(error)]) from None
    if reasons := [*later, *_unknown_kinds(rest, kinds), *_shape_reasons(declaration, kinds)]:
        raise DeclarationError(reasons)
    return declaration


def check_declaration(content: Mapping[str, Any], kinds: Kinds) -> Declaration:
    """Everything that can be known without an account: shape, then every item read by its kind with sample values."""
    try:
        declaration = parse_declaration(content, kinds)
    except DeclarationError as error:
        raise DeclarationError([*error.reasons, *_reasons_of_what_can_be_read(content, kinds)]) from None
    if reasons := _item_reasons_everywhere(declaration, kinds):
        raise DeclarationError(reasons)
    return declaration


def _reasons_of_what_can_be_read(content: Mapping[str, Any], kinds: Kinds) -> set[Reason]:
    """What is wrong with the items of known kinds although the declaration around them is refused anyway."""
    resources = content.get("resources")
    known = {kind: items for kind, items in resources.items() if kind in kinds} if isinstance(resources, dict) else {}
    try:
        parts = {"parameters": content.get("parameters", {}), "resources": known}
        declaration = parse_declaration(parts, kinds)
    except DeclarationError:
        return set()  # every reason of these parts is told already
    return _item_reasons_everywhere(declaration, kinds)


def _item_reasons_everywhere(declaration: Declaration, kinds: Kinds) -> set[Reason]:
    reasons: set[Reason] = set()
    for environment in sample_environments(declaration):
        values, origin = sample_values(declaration, environment)
        reasons.update(_rendered_reasons(declaration, values, kinds, origin))
    return set(as_written(reasons, kinds))


def item_reasons(
    items: Iterable[tuple[str, str, Mapping[str, Any]]], facts: Mapping[str, str], kinds: Kinds
) -> tuple[Reason, ...]:
    """What the kinds say against rendered items (kind, name, fields)."""
    rows = list(items)
    context = context_of(rows, facts["account_id"], facts["partition"])
    return tuple(
        Reason(pointer("resources", kind, name) + reason.pointer, reason.message)
        for kind, name, fields in rows
        for reason in _kind_reasons(kinds[kind], name, fields, context)
    )


def rows_of(resources: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Items as (kind, name, fields)."""
    return [(kind, name, fields) for kind, items in resources.items() for name, fields in items.items()]


def _kind_reasons(kind: Kind[Any], name: str, fields: Mapping[str, Any], context: Context) -> tuple[Reason, ...]:
    return _refusals(lambda: kind.parse(name, fields, context))


def _unknown_kinds(content: Mapping[str, Any], kinds: Kinds) -> list[Reason]:
    unknown = [
        Reason(pointer(part, kind), f"unknown kind; there are: {', '.join(kinds)}")
        for part in ("resources", "closed")
        if isinstance(content.get(part), Mapping)
        for kind in content[part]
        if kind not in kinds
    ]
    return [*unknown, *not_closable(content, kinds)]


def _pydantic_reasons(error: ValidationError) -> list[Reason]:
    return [
        Reason(pointer(*(part for part in item["loc"] if part != "[key]")), _message(item))
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _message(item: Any) -> str:
    if item["type"] == "extra_forbidden":
        return "unknown field; remove it or correct its spelling"
    return str(item["msg"]).removeprefix("Value error, ")


def _shape_reasons(declaration: Declaration, kinds: Kinds) -> list[Reason]:
    reasons = [*declared_reasons(declaration.parameters), *_unknown_names(declaration)]
    if not declaration.closed and not declaration.checks and not any(declaration.resources.values()):
        reasons.append(Reason("/resources", "declare at least one resource, closed scope or check"))
    return [*reasons, *_twice(declaration.resources, kinds), *twice(declaration.checks)]


def _unknown_names(declaration: Declaration) -> list[Reason]:
    known = {*declaration.parameters, *FACTS}
    values = {name: _sample(declaration, name) for name in known}
    return [
        *_refusals(lambda: render(declaration.resources, values, declaration.free)),
        *_refusals(lambda: render_checks(declaration.written_checks, values, declaration.free)),
    ]


def _refusals(read: Callable[[], Any]) -> tuple[Reason, ...]:
    try:
        read()
    except DeclarationError as error:
        return error.reasons
    return ()


def _sample(declaration: Declaration, name: str) -> Any:
    return declaration.parameters[name].sample if name in declaration.parameters else SAMPLE_FACTS[name]


def _twice(resources: Mapping[str, Mapping[str, Any]], kinds: Kinds) -> list[Reason]:
    reasons = []
    for kind, items in resources.items():
        seen: dict[str, str] = {}
        for name in items if kind in kinds else ():
            other = seen.setdefault(kinds[kind].identity(name), name)
            if other != name:
                reasons.append(Reason(pointer("resources", kind, name), f"AWS takes {other} and {name} for one name"))
    return reasons


def sample_environments(declaration: Declaration) -> list[str]:
    """Where its values may differ: everywhere (`""`), and in each environment that has values of its own."""
    named = {name for parameter in declaration.parameters.values() for name in parameter.by_environment}
    return ["", *sorted(named)]


def sample_values(declaration: Declaration, environment: str) -> tuple[dict[str, Any], str]:
    """Its parameters and the facts of an account that does not exist, in that environment."""
    facts = {**SAMPLE_FACTS, "environment": environment or SAMPLE_FACTS["environment"]}
    own = {
        name: parameter.sample if (value := parameter.value_for(environment)) is None else value
        for name, parameter in declaration.parameters.items()
    }
    return {**facts, **own}, environment


def _rendered_reasons(
    declaration: Declaration, values: Mapping[str, Any], kinds: Kinds, environment: str
) -> Iterable[Reason]:
    resources = render(declaration.resources, values, declaration.free)
    facts = {name: values[name] for name in SAMPLE_FACTS}
    reasons = [*item_reasons(rows_of(resources), facts, kinds), *_refusals(lambda: checks_with(declaration, values))]
    where = f" (with the values of environment {environment})" if environment else ""
    return [Reason(reason.pointer, reason.message + where) for reason in reasons]
