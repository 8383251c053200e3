"""Identity providers in the shapes of core/snapshot.py. Those that nobody declared are listed by name alone."""

from collections.abc import Iterator, Mapping
from typing import Any

from provisioning.aws.account_sections import Ask
from provisioning.core.change import Read
from provisioning.core.saml_metadata import stored_digest


def saml_providers(ask: Ask, declared: frozenset[str]) -> dict[str, Any]:
    """ListSAMLProviders, and GetSAMLProvider for each declared name."""
    listed = ask(_iam("ListSAMLProviders")) or {}
    arns = sorted(one["Arn"] for one in listed.get("SAMLProviderList", []))
    return {"providers": [_saml(ask, arn, declared) for arn in arns]}


def saml_row(arn: str, provider: Mapping[str, Any] | None) -> dict[str, Any]:
    """One provider; `provider` is GetSAMLProvider's answer, None where it was not asked for."""
    metadata = None if provider is None else stored_digest(provider.get("SAMLMetadataDocument", ""))
    return {"name": _name(arn), "arn": arn, "metadata": metadata, "tags": _tags(provider or {})}


def oidc_providers(ask: Ask, declared: frozenset[str]) -> dict[str, Any]:
    """ListOpenIDConnectProviders, and GetOpenIDConnectProvider for each declared name."""
    listed = ask(_iam("ListOpenIDConnectProviders")) or {}
    arns = sorted(one["Arn"] for one in listed.get("OpenIDConnectProviderList", []))
    return {"providers": [_oidc(ask, arn, declared) for arn in arns]}


def oidc_row(arn: str, provider: Mapping[str, Any] | None) -> dict[str, Any]:
    """One provider; `provider` is GetOpenIDConnectProvider's answer, None where it was not asked for."""
    shown = provider or {}
    return {
        "name": _name(arn),
        "arn": arn,
        "client_ids": None if provider is None else sorted(shown.get("ClientIDList", [])),
        "thumbprints": sorted(thumbprint.lower() for thumbprint in shown.get("ThumbprintList", [])),
        "tags": _tags(shown),
    }


def _saml(ask: Ask, arn: str, declared: frozenset[str]) -> dict[str, Any]:
    wanted = _name(arn) in declared
    return saml_row(arn, ask(_iam("GetSAMLProvider", SAMLProviderArn=arn)) if wanted else None)


def _oidc(ask: Ask, arn: str, declared: frozenset[str]) -> dict[str, Any]:
    wanted = _name(arn).lower() in {name.lower() for name in declared}
    return oidc_row(arn, ask(_iam("GetOpenIDConnectProvider", OpenIDConnectProviderArn=arn)) if wanted else None)


def _name(arn: str) -> str:
    return arn.partition("-provider/")[2]


def _tags(shown: Mapping[str, Any]) -> dict[str, str]:
    return dict(_pairs(shown))


def _pairs(shown: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for tag in sorted(shown.get("Tags", []), key=lambda one: str(one["Key"])):
        yield tag["Key"], tag.get("Value", "")


def _iam(operation: str, **params: Any) -> Read:
    return Read("iam", operation, params, frozenset())
