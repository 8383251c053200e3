"""What a client of an older API document could no longer rely on. Pure; run as a command it compares two files."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

Document = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 12


def breaking_changes(old: Document, new: Document) -> list[str]:
    """Each change that breaks somebody: a sentence that names the operation and the place.

    Requests may take more and ask for no more; answers may give more and leave out nothing.
    """
    found: list[str] = []
    for path, method, operation in _operations(old):
        now = new["paths"].get(path, {}).get(method)
        name = f"{method.upper()} {path}"
        if now is None:
            found.append(f"{name}: removed")
        else:
            found += [f"{name}: {change}" for change in _operation_changes(operation, now, old, new)]
    return found


def _operations(document: Document) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def _operation_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], before: Document, after: Document
) -> Iterator[str]:
    yield from _parameter_changes(old, new)
    yield from _body_changes(old.get("requestBody", {}), new.get("requestBody", {}), before, after)
    for status, answer in old["responses"].items():
        if not status.startswith("2"):
            continue
        if status not in new["responses"]:
            yield f"answer {status} removed"
            continue
        for media, content in answer.get("content", {}).items():
            now = new["responses"][status].get("content", {}).get(media)
            if now is None:
                yield f"answer {status} is no longer {media}"
            else:
                yield from _Answer(before, after).changes(content.get("schema", {}), now.get("schema", {}), status)


def _parameter_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    was = {(one["in"], one["name"]): one for one in old.get("parameters", [])}
    now = {(one["in"], one["name"]): one for one in new.get("parameters", [])}
    for where, name in was.keys() - now.keys():
        yield f"parameter {name} ({where}) removed"
    for key, parameter in now.items():
        if parameter.get("required") and not was.get(key, {}).get("required"):
            yield f"parameter {key[1]} ({key[0]}) is now required"
        gone = _values(was.get(key, {}).get("schema", {})) - _values(parameter.get("schema", {}))
        if key in was and gone and _values(parameter.get("schema", {})):
            yield f"parameter {key[1]} no longer takes {', '.join(sorted(gone))}"


def _body_changes(old: Mapping[str, Any], new: Mapping[str, Any], before: Document, after: Document) -> Iterator[str]:
    if new.get("required") and not old.get("required"):
        yield "a body is now required"
    for media, content in old.get("content", {}).items():
        now = new.get("content", {}).get(media)
        if now is None:
            yield f"the body may no longer be {media}"
        else:
            yield from _Request(before, after).changes(content.get("schema", {}), now.get("schema", {}), "body")


def _values(schema: Mapping[str, Any]) -> set[str]:
    return {str(value) for value in schema.get("enum", [])}


class _Comparison:
    """Two schemas of two documents, walked together."""

    def __init__(self, before: Document, after: Document) -> None:
        self.before, self.after = before, after

    def changes(self, old: Mapping[str, Any], new: Mapping[str, Any], at: str, depth: int = 0) -> Iterator[str]:
        """What breaks between them, with the place."""
        old, new = _whole(old, self.before), _whole(new, self.after)
        if depth > DEEPEST:
            return
        yield from self.own_changes(old, new, at)
        for name, field in old.get("properties", {}).items():
            if name in new.get("properties", {}):
                yield from self.changes(field, new["properties"][name], f"{at}/{name}", depth + 1)
        if "items" in old and "items" in new:
            yield from self.changes(old["items"], new["items"], f"{at}/*", depth + 1)

    def own_changes(self, old: Mapping[str, Any], new: Mapping[str, Any], at: str) -> Iterator[str]:
        """What breaks at this very place."""
        raise NotImplementedError


class _Request(_Comparison):
    """What clients send: everything they sent must still be taken."""

    def own_changes(self, old: Mapping[str, Any], new: Mapping[str, Any], at: str) -> Iterator[str]:
        for name in old.get("properties", {}).keys() - new.get("properties", {}).keys():
            yield f"{at}/{name} is no longer taken"
        for name in set(new.get("required", [])) - set(old.get("required", [])):
            yield f"{at}/{name} is now required"
        if _types(new) and _types(old) - _types(new):
            yield f"{at} no longer takes {', '.join(sorted(_types(old) - _types(new)))}"
        if _values(new) and (gone := (_values(old) or {"any other value"}) - _values(new)):
            yield f"{at} no longer takes {', '.join(sorted(gone))}"
        yield from _tighter(old, new, at)


class _Answer(_Comparison):
    """What clients read: everything they read must still be there and mean the same."""

    def own_changes(self, old: Mapping[str, Any], new: Mapping[str, Any], at: str) -> Iterator[str]:
        for name in old.get("properties", {}).keys() - new.get("properties", {}).keys():
            yield f"answer {at}/{name} removed"
        for name in set(old.get("required", [])) - set(new.get("required", [])):
            if name in new.get("properties", {}):
                yield f"answer {at}/{name} may now be missing"
        if _types(old) and _types(new) - _types(old):
            yield f"answer {at} may now be {', '.join(sorted(_types(new) - _types(old)))}"


def _tighter(old: Mapping[str, Any], new: Mapping[str, Any], at: str) -> Iterator[str]:
    for name, is_tighter in (("maxLength", -1), ("maximum", -1), ("maxItems", -1), ("minLength", 1), ("minimum", 1)):
        limit, was = new.get(name), old.get(name)
        if limit is not None and (was is None or (limit - was) * is_tighter > 0):
            yield f"{at} has a tighter {name}: {limit}"


def _types(schema: Mapping[str, Any]) -> set[str]:
    found = schema.get("type", [])
    types = {found} if isinstance(found, str) else set(found)
    return types | {"integer"} if "number" in types else types


def _whole(schema: Mapping[str, Any], document: Document) -> Mapping[str, Any]:
    """The schema with its reference followed and its parts put together."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for part in (_whole(one, document) for one in schema.get("allOf", [])):
        schema = {**part, **{key: value for key, value in schema.items() if key != "allOf"}}
    return schema


def main(old: str, new: str) -> int:
    """Print what breaks; 1 when something does."""
    found = breaking_changes(*(yaml.safe_load(Path(name).read_text()) for name in (old, new)))
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
