"""The policies that apply to a request, each with the name that people know it by."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """One policy: where it stands ("group Admins, inline policy X") and its JSON text; None when that isn't known."""

    source: str
    document: str | None


@dataclass(frozen=True, slots=True)
class Policies:
    """Everything to consider. None leaves a layer out; a NamedDocument without text makes it count as not known."""

    identity: tuple[NamedDocument, ...] = ()
    boundary: NamedDocument | None = None
    session: tuple[NamedDocument, ...] | None = None
    scps: tuple[tuple[NamedDocument, ...], ...] | None = None
    """One tuple per level, the root's first, the account's last."""
    resource: NamedDocument | None = None
    missing: tuple[str, ...] = ()
    """Policies of which neither text nor layer is known: they may deny or allow anything."""
