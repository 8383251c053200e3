"""SAML and OIDC identity providers. moto overwrites duplicates, parses no metadata and lacks the client id calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import ParseError, fromstring

from sandbox.call import Call
from sandbox.errors import AwsError, already_exists, limit_exceeded, no_such_entity
from sandbox.iam.tags import checked_tags
from sandbox.world import PARTITION, world

SAML, OIDC = "saml-provider", "oidc-provider"
_METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"
_FOUND_BY_AWS = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280"
_MOST_CLIENT_IDS, _MOST_THUMBPRINTS, _MOST_PROVIDERS = 100, 5, 100


@dataclass
class Provider:
    arn: str
    metadata: str = ""
    url: str = ""
    client_ids: list[str] = field(default_factory=list)
    thumbprints: list[str] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def provider_arn(account: str, kind: str, name: str) -> str:
    return f"arn:{PARTITION}:iam::{account}:{kind}/{name}"


def of_account(account: str, kind: str) -> list[Provider]:
    return [one for arn, one in world.providers.setdefault(account, {}).items() if f":{kind}/" in arn]


def _named(call: Call, parameter: str) -> Provider:
    arn = call.text(parameter)
    found: Provider | None = world.providers.setdefault(call.account, {}).get(arn)
    if found is None:
        what = "Manifest" if parameter.startswith("SAML") else "OpenIDConnect Provider"
        raise no_such_entity(f"{what} not found for arn {arn}")
    return found


def _add(call: Call, kind: str, provider: Provider) -> Provider:
    stored = world.providers.setdefault(call.account, {})
    if provider.arn.lower() in {arn.lower() for arn in stored}:
        raise already_exists(f"Provider with the same name already exists: {provider.arn.partition('/')[2]}")
    if len(of_account(call.account, kind)) >= _MOST_PROVIDERS:
        raise limit_exceeded(f"Cannot exceed quota for {kind}s per account: {_MOST_PROVIDERS}")
    provider.tags = checked_tags("policy", [], call.params.get("Tags") or [])
    stored[provider.arn] = provider
    return provider


def create_saml_provider(call: Call) -> dict[str, Any]:
    _check_metadata(call)
    arn = provider_arn(call.account, SAML, call.text("Name"))
    made = _add(call, SAML, Provider(arn, metadata=call.text("SAMLMetadataDocument")))
    return {"SAMLProviderArn": made.arn, "Tags": made.tags or None}


def _check_metadata(call: Call) -> None:
    try:
        tag = fromstring(call.text("SAMLMetadataDocument")).tag
    except ParseError:
        tag = ""
    if not tag.startswith(_METADATA):
        raise AwsError("InvalidInput", "Could not parse metadata")


def get_saml_provider(call: Call) -> dict[str, Any]:
    found = _named(call, "SAMLProviderArn")
    return {"SAMLMetadataDocument": found.metadata, "CreateDate": found.created_at, "Tags": found.tags or None}


def update_saml_provider(call: Call) -> dict[str, Any]:
    found = _named(call, "SAMLProviderArn")
    if call.params.get("SAMLMetadataDocument"):
        _check_metadata(call)
        found.metadata = call.text("SAMLMetadataDocument")
    return {"SAMLProviderArn": found.arn}


def list_saml_providers(call: Call) -> dict[str, Any]:
    found = of_account(call.account, SAML)
    return {"SAMLProviderList": [{"Arn": one.arn, "CreateDate": one.created_at} for one in found]}


def create_open_id_connect_provider(call: Call) -> dict[str, Any]:
    url = call.text("Url")
    if not url.startswith("https://") or "?" in url:
        raise AwsError("InvalidInput", "Invalid Open ID Connect Provider URL")
    host = url.removeprefix("https://")
    made = Provider(provider_arn(call.account, OIDC, host), url=host)
    made.client_ids = _distinct(call.params.get("ClientIDList") or [])
    made.thumbprints = _checked_thumbprints(call.params.get("ThumbprintList") or [_FOUND_BY_AWS])
    _check_client_ids(made.client_ids)
    _add(call, OIDC, made)
    return {"OpenIDConnectProviderArn": made.arn, "Tags": made.tags or None}


def get_open_id_connect_provider(call: Call) -> dict[str, Any]:
    found = _named(call, "OpenIDConnectProviderArn")
    return {
        "Url": found.url,
        "ClientIDList": found.client_ids,
        "ThumbprintList": found.thumbprints,
        "CreateDate": found.created_at,
        "Tags": found.tags or None,
    }


def list_open_id_connect_providers(call: Call) -> dict[str, Any]:
    return {"OpenIDConnectProviderList": [{"Arn": one.arn} for one in of_account(call.account, OIDC)]}


def add_client_id(call: Call) -> None:
    found = _named(call, "OpenIDConnectProviderArn")
    client_ids = _distinct([*found.client_ids, call.text("ClientID")])
    _check_client_ids(client_ids)
    found.client_ids = client_ids


def remove_client_id(call: Call) -> None:
    """One that is not there is no error."""
    found = _named(call, "OpenIDConnectProviderArn")
    found.client_ids = [one for one in found.client_ids if one != call.text("ClientID")]


def update_thumbprints(call: Call) -> None:
    """The whole list."""
    found = _named(call, "OpenIDConnectProviderArn")
    found.thumbprints = _checked_thumbprints(call.params["ThumbprintList"])


def _distinct(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _check_client_ids(client_ids: list[str]) -> None:
    if len(client_ids) > _MOST_CLIENT_IDS:
        raise limit_exceeded(f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {_MOST_CLIENT_IDS}")


def _checked_thumbprints(thumbprints: list[str]) -> list[str]:
    if any(len(one) != 40 for one in thumbprints):
        raise AwsError("InvalidInput", "Thumbprint must be 40 hexadecimal digits")
    if len(thumbprints) > _MOST_THUMBPRINTS:
        raise AwsError("InvalidInput", f"Thumbprint list must contain fewer than {_MOST_THUMBPRINTS} entries.")
    return _distinct(thumbprints)


def _tag_handlers(word: str) -> dict[str, Callable[[Call], Any]]:
    parameter = f"{word}Arn"

    def tag(call: Call) -> None:
        found = _named(call, parameter)
        found.tags = checked_tags("policy", found.tags, call.params.get("Tags") or [])

    def untag(call: Call) -> None:
        found, gone = _named(call, parameter), set(call.params.get("TagKeys") or [])
        found.tags = [one for one in found.tags if one["Key"] not in gone]

    def list_tags(call: Call) -> dict[str, Any]:
        return {"Tags": _named(call, parameter).tags, "IsTruncated": False}

    def delete(call: Call) -> None:
        del world.providers[call.account][_named(call, parameter).arn]

    return {f"Tag{word}": tag, f"Untag{word}": untag, f"List{word}Tags": list_tags, f"Delete{word}": delete}


OPERATIONS: dict[str, Callable[[Call], Any]] = {
    "CreateSAMLProvider": create_saml_provider,
    "GetSAMLProvider": get_saml_provider,
    "UpdateSAMLProvider": update_saml_provider,
    "ListSAMLProviders": list_saml_providers,
    "CreateOpenIDConnectProvider": create_open_id_connect_provider,
    "GetOpenIDConnectProvider": get_open_id_connect_provider,
    "ListOpenIDConnectProviders": list_open_id_connect_providers,
    "AddClientIDToOpenIDConnectProvider": add_client_id,
    "RemoveClientIDFromOpenIDConnectProvider": remove_client_id,
    "UpdateOpenIDConnectProviderThumbprint": update_thumbprints,
    **_tag_handlers("SAMLProvider"),
    **_tag_handlers("OpenIDConnectProvider"),
}
