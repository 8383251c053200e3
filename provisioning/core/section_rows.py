"""Rows of the snapshot's account-level sections from AWS's answers: a look and a re-read shape them alike. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from provisioning.core.saml_metadata import stored_digest

Row = dict[str, Any]
ACCOUNT = "account"
CONTACT_TYPES = ("billing", "operations", "security")
ANALYZER_TYPES = {"external_access": "ACCOUNT", "unused_access": "ACCOUNT_UNUSED_ACCESS"}
_WORDS = {aws_type: word for word, aws_type in ANALYZER_TYPES.items()}


def policy_row(policy: Mapping[str, Any]) -> Row:
    """A password policy: every member as AWS gave it, those that nobody has a name for yet among them.

    ExpirePasswords is left out: it only repeats that there is an age.
    """
    return {"name": ACCOUNT, **{key: policy[key] for key in sorted(policy) if key != "ExpirePasswords"}}


def contact_row(kind: str, contact: Mapping[str, Any]) -> Row:
    """One alternate contact: people's data, masked wherever it is logged or kept in history."""
    return {
        "name": kind,
        "full_name": contact.get("Name", ""),
        "title": contact.get("Title", ""),
        "email": contact.get("EmailAddress", ""),
        "phone": contact.get("PhoneNumber", ""),
    }


def saml_row(arn: str, provider: Mapping[str, Any] | None) -> Row:
    """One SAML provider; `provider` is GetSAMLProvider's answer, None where it was not asked for."""
    metadata = None if provider is None else stored_digest(provider.get("SAMLMetadataDocument", ""))
    return {"name": provider_name(arn), "arn": arn, "metadata": metadata, "tags": _tags(provider or {})}


def oidc_row(arn: str, provider: Mapping[str, Any] | None) -> Row:
    """One OIDC provider; `provider` is GetOpenIDConnectProvider's answer, None where it was not asked for."""
    shown = provider or {}
    return {
        "name": provider_name(arn),
        "arn": arn,
        "client_ids": None if provider is None else sorted(shown.get("ClientIDList", [])),
        "thumbprints": sorted(thumbprint.lower() for thumbprint in shown.get("ThumbprintList", [])),
        "tags": _tags(shown),
    }


def provider_name(arn: str) -> str:
    """The name of an identity provider: what follows its kind in its ARN."""
    return arn.partition("-provider/")[2]


def analyzer_rows(region: str, analyzers: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The analyzer of each type that concerns the account alone, the first by name should there be several.

    Without what changes by itself: its state, when it last looked at what.
    """
    found: dict[str, Row] = {}
    for analyzer in sorted(analyzers, key=lambda one: str(one["name"])):
        if word := _WORDS.get(analyzer["type"]):
            found.setdefault(word, _analyzer(f"{region}/{word}", region, analyzer))
    return [found[word] for word in sorted(found)]


def finding_row(analyzer: Row, finding: Mapping[str, Any]) -> Row:
    """One finding of an analyzer's row, without its times."""
    return {
        "name": f"{analyzer['name']}/{finding['id']}",
        "analyzer": analyzer["name"],
        "region": analyzer["region"],
        "type": finding.get("findingType", ""),
        "resource": finding.get("resource", ""),
        "resource_type": finding["resourceType"],
    }


def _analyzer(name: str, region: str, analyzer: Mapping[str, Any]) -> Row:
    unused = (analyzer.get("configuration") or {}).get("unusedAccess") or {}
    tags = analyzer.get("tags") or {}
    return {
        "name": name,
        "region": region,
        "arn": analyzer["arn"],
        "unused_days": unused.get("unusedAccessAge"),
        "tags": {key: tags[key] for key in sorted(tags)},
    }


def _tags(shown: Mapping[str, Any]) -> dict[str, str]:
    tags = sorted(shown.get("Tags", []), key=lambda tag: str(tag["Key"]))
    return {tag["Key"]: tag.get("Value", "") for tag in tags}
