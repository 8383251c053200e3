"""OpenID Connect providers: whose tokens an account believes (build systems, Kubernetes clusters).

Named by their address without https://. Client ids say for whom a token must have been made (its audience).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator

from provisioning.core.change import Call, Change, Create, ResourceKey
from provisioning.core.errors import Reason
from provisioning.core.fields import UNMANAGED, Exclusive, Shared, Unmanaged
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.section_rows import oidc_row
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.declaration import (
    BINDING,
    EXCLUSIVE,
    SHARED,
    Declaration,
    Include,
    bound_set,
    json_schema,
    read,
    refuse,
    undeclared,
)
from provisioning.kinds.iam_names import arn
from provisioning.kinds.iam_reads import iam_read
from provisioning.kinds.iam_tags import PrincipalTags, Provider, TagsField, tag_calls
from provisioning.kinds.provider_tags import create_actions, created_with, declared_tags, seen_tags

NOUN = "OpenIDConnectProvider"
MOST_CLIENT_IDS, MOST_THUMBPRINTS = 100, 5
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*)(?:/[\w.~%-]*)*", re.ASCII)
_THUMBPRINT = re.compile(r"[0-9a-fA-F]{40}")

Texts = Exclusive[frozenset[str]] | Shared[frozenset[str]]


@dataclass(frozen=True)
class OidcProviderSpec:
    """One OIDC provider."""

    client_ids: Texts | Unmanaged = UNMANAGED
    thumbprints: Texts | Unmanaged = UNMANAGED
    tags: TagsField | Unmanaged = UNMANAGED


def _client_id(value: str) -> str:
    if not 1 <= len(value) <= 255:
        raise refuse("A client id (audience) has 1 to 255 characters.")
    return value


def _thumbprint(value: str) -> str:
    if not _THUMBPRINT.fullmatch(value):
        raise refuse("A thumbprint is the SHA-1 of a certificate: 40 hexadecimal digits.")
    return value.lower()


def _at_most(most: int, what: str) -> Any:
    def check(value: Any) -> Any:
        listed = value.include if isinstance(value, Include) else value
        if len(listed) > most:
            raise refuse(f"{len(listed)} {what}; AWS takes {most} at most.")
        return value

    return AfterValidator(check)


ClientId = Annotated[str, AfterValidator(_client_id)]
Thumbprint = Annotated[str, AfterValidator(_thumbprint)]
ClientIds = Annotated[
    Annotated[list[ClientId], EXCLUSIVE] | Annotated[Include[list[ClientId]], SHARED],
    BINDING,
    _at_most(MOST_CLIENT_IDS, "client ids"),
]
Thumbprints = Annotated[
    Annotated[list[Thumbprint], EXCLUSIVE] | Annotated[Include[list[Thumbprint]], SHARED],
    BINDING,
    _at_most(MOST_THUMBPRINTS, "thumbprints"),
]


class OidcProviderDeclaration(Declaration):
    """The fields of one `iam.oidc_provider`."""

    client_ids: ClientIds = undeclared(description="For whom tokens are made (audiences). AWS: ClientIDList")
    thumbprints: Thumbprints = undeclared(
        description="SHA-1 of the provider's top certificates; AWS finds them if left out. AWS: ThumbprintList"
    )
    tags: PrincipalTags = undeclared(description="Tags by key.")


class OidcProviderKind(Kind[OidcProviderSpec]):
    """`iam.oidc_provider`."""

    name: ClassVar[str] = "iam.oidc_provider"
    sections: ClassVar[frozenset[Section]] = frozenset({Section.OIDC_PROVIDERS})
    writes: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        (f"iam:{operation}", "oidc-provider/*")
        for operation in (
            *(f"{verb}{NOUN}" for verb in ("Create", "Tag", "Untag")),
            *("AddClientIDToOpenIDConnectProvider", "RemoveClientIDFromOpenIDConnectProvider"),
            "UpdateOpenIDConnectProviderThumbprint",
        )
    )
    rereads: ClassVar[frozenset[str]] = frozenset({"iam:GetOpenIDConnectProvider"})
    example: ClassVar[Mapping[str, Any]] = {
        "token.actions.githubusercontent.com": {
            "client_ids": ["sts.amazonaws.com"],
            "thumbprints": {"include": ["6938fd4d98bab03faadb97b34396831e3780aea1"]},
            "tags": {"include": {"team": "platform"}},
        }
    }

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> OidcProviderSpec:
        model = read(OidcProviderDeclaration, declared, context, _name_faults(name))
        return OidcProviderSpec(bound_set(model.client_ids), bound_set(model.thumbprints), declared_tags(model.tags))

    def asks(self, name: str, declared: Mapping[str, Any], context: Context) -> Mapping[Section, frozenset[str]]:
        return {Section.OIDC_PROVIDERS: frozenset({name})}

    def schema(self) -> Mapping[str, Any]:
        return json_schema(OidcProviderDeclaration)

    def identity(self, name: str) -> str:
        """Host names ignore case, paths do not."""
        host, slash, path = name.partition("/")
        return f"{host.lower()}{slash}{path}"

    def observed(self, snapshot: Snapshot) -> Mapping[str, OidcProviderSpec]:
        return {row["name"]: _spec(row) for row in snapshot.body(Section.OIDC_PROVIDERS)["providers"]}

    def arn(self, name: str, spec: OidcProviderSpec, context: Context | Snapshot) -> str:
        return arn(context, "oidc-provider", "/", name)

    def references(self, name: str, spec: OidcProviderSpec, context: Context) -> frozenset[ResourceKey]:
        return frozenset()

    def calls(self, change: Change[OidcProviderSpec], snapshot: Snapshot) -> Sequence[Call]:
        own_arn = self.arn(change.key.name, change.desired, snapshot)
        if isinstance(change, Create):
            return (_create(change.key.name, own_arn, change.desired),)
        return [*_updates(Provider(NOUN, own_arn), change.observed, change.desired)]

    def reread(self, name: str, context: Context) -> Reread:
        own_arn = arn(context, "oidc-provider", "/", name)
        answer = yield iam_read("GetOpenIDConnectProvider", own_arn, OpenIDConnectProviderArn=own_arn)
        if answer is None:
            return {Section.OIDC_PROVIDERS: {"providers": [], "absent": {"providers": [name]}}}
        return {Section.OIDC_PROVIDERS: {"providers": [oidc_row(own_arn, answer)]}}

    def protected(self, name: str, spec: OidcProviderSpec, context: Context) -> str | None:
        return None

    def risks(
        self, name: str, desired: OidcProviderSpec, applied: OidcProviderSpec | None, snapshot: Snapshot
    ) -> tuple[str, ...]:
        """New audiences and new certificates let other tokens in; a new provider may, once a role names it."""
        before = applied or OidcProviderSpec()
        widens = applied is None or any(
            _texts(wanted) - _texts(had)
            for wanted, had in ((desired.client_ids, before.client_ids), (desired.thumbprints, before.thumbprints))
        )
        return ("identity_provider",) if widens else ()


def _name_faults(name: str) -> list[Reason]:
    if "://" in name:
        return [Reason("", "Name the provider by its address without https://.")]
    if not _NAME.fullmatch(name) or len(name) > 247:
        told = "The name of an OIDC provider is its host and path, without port and query, at most 247 characters."
        return [Reason("", told)]
    return []


def _spec(row: Mapping[str, Any]) -> OidcProviderSpec:
    if row["client_ids"] is None:
        return OidcProviderSpec()
    return OidcProviderSpec(
        Exclusive(frozenset(row["client_ids"])), Exclusive(frozenset(row["thumbprints"])), seen_tags(row)
    )


def _create(name: str, own_arn: str, desired: OidcProviderSpec) -> Call:
    tags = created_with(desired.tags)
    lists = {"ClientIDList": _texts(desired.client_ids), "ThumbprintList": _texts(desired.thumbprints)}
    params = {"Url": f"https://{name}", **{key: sorted(value) for key, value in lists.items() if value}}
    return Call(
        "iam", f"Create{NOUN}", {**params, **({"Tags": tags} if tags else {})}, create_actions(NOUN, own_arn, tags)
    )


def _updates(provider: Provider, observed: OidcProviderSpec, desired: OidcProviderSpec) -> Iterator[Call]:
    """What narrows comes first, what widens last."""
    yield from tag_calls(provider, observed.tags, desired.tags)
    there, wanted = _texts(observed.client_ids), _texts(desired.client_ids)
    gone = there - wanted if isinstance(desired.client_ids, Exclusive) else frozenset()
    yield from (provider.call("RemoveClientIDFrom{}", ClientID=one) for one in sorted(gone))
    yield from _thumbprint_calls(provider, _texts(observed.thumbprints), desired.thumbprints)
    yield from (provider.call("AddClientIDTo{}", ClientID=one) for one in sorted(wanted - there))


def _thumbprint_calls(provider: Provider, there: frozenset[str], desired: Texts | Unmanaged) -> Iterator[Call]:
    """The call replaces the whole list, so others' thumbprints are sent along where ours are shared."""
    if isinstance(desired, Unmanaged):
        return
    whole = desired.items if isinstance(desired, Exclusive) else there | desired.items
    if whole != there:
        yield provider.call("Update{}Thumbprint", ThumbprintList=sorted(whole))


def _texts(field: Texts | Unmanaged) -> frozenset[str]:
    return frozenset() if isinstance(field, Unmanaged) else field.items
