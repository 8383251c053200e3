"""The policies that apply to a request, each with the name that people know it by."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """One policy: where it stands ("group Admins, inline policy X") and its JSON text; None when that isn't known."""

    source: str
    document: str | None


@dataclass(frozen=True, slots=True)
class Policies:
    """Everything to consider. None leaves a layer out; a NamedDocument without text makes it count as not known.

    `scps` holds one tuple per level, root first, account last. `missing` names policies of which neither text nor
    layer is known: they may deny or allow anything.
    """

    identity: tuple[NamedDocument, ...] = ()
    boundary: NamedDocument | None = None
    session: tuple[NamedDocument, ...] | None = None
    scps: tuple[tuple[NamedDocument, ...], ...] | None = None
    resource: NamedDocument | None = None
    missing: tuple[str, ...] = ()

    def all(self) -> Iterator[NamedDocument]:
        """Every policy, layer by layer in the order AWS documents."""
        for level in self.scps or ():
            yield from level
        yield from (self.resource,) if self.resource else ()
        yield from self.identity
        yield from (self.boundary,) if self.boundary else ()
        yield from self.session or ()
