"""Identity providers in the shapes of core/snapshot.py. Those that nobody declared are listed by name alone."""

from typing import Any

from provisioning.aws.account_sections import Ask
from provisioning.core.change import Read
from provisioning.core.section_rows import oidc_row, provider_name, saml_row


def saml_providers(ask: Ask, declared: frozenset[str]) -> dict[str, Any]:
    """ListSAMLProviders, and GetSAMLProvider for each declared name."""
    listed = ask(_iam("ListSAMLProviders")) or {}
    arns = sorted(one["Arn"] for one in listed.get("SAMLProviderList", []))
    return {"providers": [_saml(ask, arn, declared) for arn in arns]}


def oidc_providers(ask: Ask, declared: frozenset[str]) -> dict[str, Any]:
    """ListOpenIDConnectProviders, and GetOpenIDConnectProvider for each declared name."""
    listed = ask(_iam("ListOpenIDConnectProviders")) or {}
    arns = sorted(one["Arn"] for one in listed.get("OpenIDConnectProviderList", []))
    wanted = frozenset(name.lower() for name in declared)
    return {"providers": [_oidc(ask, arn, wanted) for arn in arns]}


def _saml(ask: Ask, arn: str, declared: frozenset[str]) -> dict[str, Any]:
    wanted = provider_name(arn) in declared
    return saml_row(arn, ask(_iam("GetSAMLProvider", SAMLProviderArn=arn)) if wanted else None)


def _oidc(ask: Ask, arn: str, declared: frozenset[str]) -> dict[str, Any]:
    wanted = provider_name(arn).lower() in declared
    return oidc_row(arn, ask(_iam("GetOpenIDConnectProvider", OpenIDConnectProviderArn=arn)) if wanted else None)


def _iam(operation: str, **params: Any) -> Read:
    return Read("iam", operation, params, frozenset())
