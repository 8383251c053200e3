"""SAML identity providers: whom an account believes when somebody signs in by another directory.

The metadata holds the certificates that AWS checks assertions with, so changing it changes whom roles let in.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator, WithJsonSchema

from provisioning.core.change import Call, Change, Create, ResourceKey
from provisioning.core.errors import Reason
from provisioning.core.fields import UNMANAGED, Unmanaged
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.plain import Json
from provisioning.core.saml_metadata import MetadataError, check_metadata, metadata_digest
from provisioning.core.section_rows import saml_row
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.declaration import Declaration, json_schema, read, refuse, undeclared
from provisioning.kinds.iam_names import arn
from provisioning.kinds.iam_reads import iam_read
from provisioning.kinds.iam_tags import PrincipalTags, Provider, TagsField, tag_calls
from provisioning.kinds.provider_tags import create_actions, created_with, declared_tags, seen_tags

NOUN = "SAMLProvider"
SHORTEST, LONGEST = 1000, 10_000_000
_NAME = re.compile(r"[\w.-]{1,128}", re.ASCII)


@dataclass(frozen=True)
class Metadata:
    """A metadata document by what it says; the text is kept to send where it is ours."""

    digest: str
    text: str = field(default="", compare=False, repr=False)

    def to_plain(self) -> Json:
        return f"sha256:{self.digest}"


@dataclass(frozen=True)
class SamlProviderSpec:
    """One SAML provider."""

    metadata: Metadata | Unmanaged = UNMANAGED
    tags: TagsField | Unmanaged = UNMANAGED


def _metadata(value: Any) -> Metadata:
    if not isinstance(value, str):
        raise refuse("Give the identity provider's metadata document as text.")
    try:
        check_metadata(value)
    except MetadataError as error:
        raise refuse(f"This is no SAML metadata: {error}.") from None
    if not SHORTEST <= len(value) <= LONGEST:
        raise refuse(f"{len(value)} characters; AWS takes {SHORTEST} to {LONGEST}.")
    return Metadata(metadata_digest(value), value)


class SamlProviderDeclaration(Declaration):
    """The fields of one `iam.saml_provider`."""

    metadata: Annotated[
        Metadata, PlainValidator(_metadata), WithJsonSchema({"type": "string", "minLength": SHORTEST})
    ] = undeclared(description="The identity provider's metadata document, XML. AWS: SAMLMetadataDocument")
    tags: PrincipalTags = undeclared(description="Tags by key.")


_CERTIFICATE = "MIIDazCCAlOgAwIBAgIUExampleExampleExample" * 20
_EXAMPLE = (
    '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/saml">'
    '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
    '<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>'
    f"{_CERTIFICATE}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
    '<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" '
    'Location="https://idp.example.com/saml/sso"/></IDPSSODescriptor></EntityDescriptor>'
)


class SamlProviderKind(Kind[SamlProviderSpec]):
    """`iam.saml_provider`."""

    name: ClassVar[str] = "iam.saml_provider"
    sections: ClassVar[frozenset[Section]] = frozenset({Section.SAML_PROVIDERS})
    writes: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        (f"iam:{verb}{NOUN}", "saml-provider/*") for verb in ("Create", "Update", "Tag", "Untag")
    )
    rereads: ClassVar[frozenset[str]] = frozenset({"iam:GetSAMLProvider"})
    example: ClassVar[Mapping[str, Any]] = {"CorporateDirectory": {"metadata": _EXAMPLE, "tags": {"team": "identity"}}}

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> SamlProviderSpec:
        model = read(SamlProviderDeclaration, declared, context, _name_faults(name))
        return SamlProviderSpec(model.metadata, declared_tags(model.tags))

    def asks(self, name: str, declared: Mapping[str, Any], context: Context) -> Mapping[Section, frozenset[str]]:
        return {Section.SAML_PROVIDERS: frozenset({name})}

    def schema(self) -> Mapping[str, Any]:
        return json_schema(SamlProviderDeclaration)

    def identity(self, name: str) -> str:
        return name

    def observed(self, snapshot: Snapshot) -> Mapping[str, SamlProviderSpec]:
        return {row["name"]: _spec(row) for row in snapshot.body(Section.SAML_PROVIDERS)["providers"]}

    def arn(self, name: str, spec: SamlProviderSpec, context: Context | Snapshot) -> str:
        return arn(context, "saml-provider", "/", name)

    def references(self, name: str, spec: SamlProviderSpec, context: Context) -> frozenset[ResourceKey]:
        return frozenset()

    def calls(self, change: Change[SamlProviderSpec], snapshot: Snapshot) -> Sequence[Call]:
        desired = change.desired
        own_arn = self.arn(change.key.name, desired, snapshot)
        if isinstance(change, Create):
            return (_create(change.key.name, own_arn, desired),) if isinstance(desired.metadata, Metadata) else ()
        return [*_update(Provider(NOUN, own_arn), change.observed, desired)]

    def reread(self, name: str, context: Context) -> Reread:
        own_arn = arn(context, "saml-provider", "/", name)
        answer = yield iam_read("GetSAMLProvider", own_arn, SAMLProviderArn=own_arn)
        if answer is None:
            return {Section.SAML_PROVIDERS: {"providers": [], "absent": {"providers": [name]}}}
        return {Section.SAML_PROVIDERS: {"providers": [saml_row(own_arn, answer)]}}

    def protected(self, name: str, spec: SamlProviderSpec, context: Context) -> str | None:
        return "AWS keeps it for IAM Identity Center" if name.startswith("AWSSSO_") else None

    def risks(
        self, name: str, desired: SamlProviderSpec, applied: SamlProviderSpec | None, snapshot: Snapshot
    ) -> tuple[str, ...]:
        before = applied.metadata if applied else UNMANAGED
        changes = isinstance(desired.metadata, Metadata) and desired.metadata != before
        return ("identity_provider",) if changes else ()


def _name_faults(name: str) -> list[Reason]:
    if _NAME.fullmatch(name):
        return []
    return [Reason("", "The name of a SAML provider has 1 to 128 letters, digits and . _ - only.")]


def _spec(row: Mapping[str, Any]) -> SamlProviderSpec:
    metadata = UNMANAGED if row["metadata"] is None else Metadata(row["metadata"])
    return SamlProviderSpec(metadata, seen_tags(row))


def _create(name: str, own_arn: str, desired: SamlProviderSpec) -> Call:
    tags = created_with(desired.tags)
    text = desired.metadata.text if isinstance(desired.metadata, Metadata) else ""
    params = {"Name": name, "SAMLMetadataDocument": text, **({"Tags": tags} if tags else {})}
    return Call("iam", f"Create{NOUN}", params, create_actions(NOUN, own_arn, tags))


def _update(provider: Provider, observed: SamlProviderSpec, desired: SamlProviderSpec) -> list[Call]:
    tagging = [*tag_calls(provider, observed.tags, desired.tags)]
    if not isinstance(desired.metadata, Metadata) or desired.metadata == observed.metadata:
        return tagging
    return [*tagging, provider.call("Update{}", SAMLMetadataDocument=desired.metadata.text)]
