"""Reads one item's declared fields with a pydantic model: every error at once, in words a platform engineer knows."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.fields import UNMANAGED, Exclusive, FrozenMap, Shared, Unmanaged

Model = TypeVar("Model", bound="Declaration")
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

# Union tags turn up in pydantic's locations; no declared key can look like these.
_EXCLUSIVE, _SHARED = "\0exclusive", "\0shared"
_NOT_IN_POINTERS = frozenset({_EXCLUSIVE, _SHARED, "[key]"})


class Declaration(BaseModel):
    """A declared mapping: unknown fields are refused, text is not taken for numbers or the other way round."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


class Include(Declaration, Generic[T]):
    """`{include: …}`: ours must be there, others' may be."""

    include: Annotated[T, Field(description="At least these; what else is there is not managed.")]


def _binding(value: Any) -> str:
    return _SHARED if isinstance(value, Include) or (isinstance(value, Mapping) and "include" in value) else _EXCLUSIVE


EXCLUSIVE, SHARED, BINDING = Tag(_EXCLUSIVE), Tag(_SHARED), Discriminator(_binding)
"""`Annotated[Annotated[list[X], EXCLUSIVE] | Annotated[Include[list[X]], SHARED], BINDING]` reads a list either way;
pydantic can't fill a type variable in there."""


def undeclared(**about: Any) -> Any:
    """The default of a field that may be left out: it is then not managed."""
    return Field(default_factory=lambda: UNMANAGED, **about)


def contents(value: Any) -> Any:
    """What was listed or mapped, whichever way it binds."""
    return value.include if isinstance(value, Include) else value


def bound_set(
    value: list[K] | Include[list[K]] | Unmanaged,
) -> Exclusive[frozenset[K]] | Shared[frozenset[K]] | Unmanaged:
    """A plain list is exclusive, `{include: […]}` is shared; what was left out stays unmanaged."""
    if isinstance(value, Unmanaged):
        return value
    return Shared(frozenset(value.include)) if isinstance(value, Include) else Exclusive(frozenset(value))


def bound_map(
    value: dict[str, T] | Include[dict[str, T]] | Unmanaged, key: Callable[[str], K]
) -> Exclusive[FrozenMap[K, T]] | Shared[FrozenMap[K, T]] | Unmanaged:
    """A plain map is exclusive, `{include: {…}}` is shared; `key` says how AWS compares the names."""
    if isinstance(value, Unmanaged):
        return value
    items = value.include if isinstance(value, Include) else value
    keyed = FrozenMap({key(name): item for name, item in items.items()})
    return Shared(keyed) if isinstance(value, Include) else Exclusive(keyed)


def refuse(*reasons: Reason | str) -> PydanticCustomError:
    """The error a validator raises; pointers of its reasons are relative to the value it looked at."""
    told = [reason if isinstance(reason, Reason) else Reason("", reason) for reason in reasons]
    return PydanticCustomError("firstline", "refused", {"reasons": told})


def json_schema(model: type[Declaration]) -> dict[str, Any]:
    """The JSON Schema of a model, in one piece and without pydantic's own names."""
    schema = model.model_json_schema()
    written: dict[str, Any] = _in_one_piece(schema, schema.pop("$defs", {}))
    return written


def _in_one_piece(part: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(part, list):
        return [_in_one_piece(item, definitions) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        beside = {key: value for key, value in part.items() if key == "description"}
        return _in_one_piece(definitions[part["$ref"].rpartition("/")[2]], definitions) | beside
    kept = {key: value for key, value in part.items() if not (key == "title" and isinstance(value, str))}
    return {key: _in_one_piece(value, definitions) for key, value in kept.items()}


def read(model: type[Model], declared: Mapping[str, Any], context: Any, also: Iterable[Reason] = ()) -> Model:
    """The declared fields as a model. Raises DeclarationError with every reason, those of `also` among them."""
    reasons = list(also)
    try:
        read_model = model.model_validate(
            dict(declared) if isinstance(declared, Mapping) else declared, context=context
        )
    except ValidationError as error:
        reasons += (reason for detail in error.errors(include_url=False) for reason in _reasons(detail, model))
        raise DeclarationError(reasons) from None
    if reasons:
        raise DeclarationError(reasons)
    return read_model


def _reasons(detail: ErrorDetails, model: type[Declaration]) -> Iterable[Reason]:
    pointer = "".join(f"/{_escaped(part)}" for part in detail["loc"] if part not in _NOT_IN_POINTERS)
    if detail["type"] == "firstline":
        return [Reason(pointer + reason.pointer, reason.message) for reason in detail["ctx"]["reasons"]]
    return [Reason(pointer, _message(detail, model))]


def _escaped(part: int | str) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _message(detail: ErrorDetails, model: type[Declaration]) -> str:
    about = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return _unknown_field(detail["loc"], model)
        case "missing":
            return "This field is required."
        case "string_type":
            return "Give text; in YAML put numbers, dates, yes and no in quotes."
        case "int_type" | "int_from_float":
            return "Give a whole number."
        case "bool_type":
            return "Give true or false."
        case "list_type":
            return "Give a list (these and no others) or {include: [...]} (at least these)."
        case "dict_type" | "model_type" | "model_attributes_type":
            return "Give a map of names to values."
        case "greater_than_equal":
            return f"Give at least {about['ge']}; AWS refuses less."
        case "less_than_equal":
            return f"Give at most {about['le']}; AWS refuses more."
    return f"{detail['msg']}."


def _unknown_field(loc: tuple[int | str, ...], model: type[Declaration]) -> str:
    if len(loc) > 1:
        return "There is no such field here; leave it out."
    near = get_close_matches(str(loc[0]), model.model_fields, 1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"There is no such field.{meant} The fields are {', '.join(model.model_fields)}."
