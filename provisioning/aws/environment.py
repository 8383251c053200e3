"""What this process would be to AWS, by the variables and files that boto3's default chain reads. Asks no network."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.session import Session

ENDPOINT = "AWS_ENDPOINT_URL"
CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
"""Variables by which a process gets an identity (boto3 guide, Credentials)."""


def credential_variables() -> list[str]:
    """Names of the variables that give this process an AWS identity."""
    return [name for name in CREDENTIALS if os.environ.get(name)]


def endpoint_overrides() -> dict[str, str]:
    """Where each override stands, and its URL (AWS SDKs reference guide, Service-specific endpoints)."""
    session = Session()
    profile = session.full_config.get("profiles", {}).get(session.profile or "default", {})
    ignored = os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") or profile.get(
        "ignore_configured_endpoint_urls", ""
    )
    if ignored.lower() == "true":
        return {}
    found = {name: url for name, url in os.environ.items() if name.startswith(ENDPOINT) and url}
    return {**found, **dict(_configured(session.full_config))}


def static_keys() -> list[str]:
    """Where boto3 would find an access key that never expires."""
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        return [] if os.environ.get("AWS_SESSION_TOKEN") else ["AWS_ACCESS_KEY_ID"]
    session = Session()
    profiles: Mapping[str, Any] = session.full_config.get("profiles", {})
    return [f"profile {name} of the AWS files" for name in _chain(profiles, session.profile or "default")]


def _chain(profiles: Mapping[str, Any], name: str) -> Iterator[str]:
    """Profiles with such a key, from this one along its source profiles."""
    seen: set[str] = set()
    while name and name not in seen:
        seen.add(name)
        profile = profiles.get(name, {})
        if profile.get("aws_access_key_id") and not profile.get("aws_session_token"):
            yield name
        name = profile.get("source_profile", "")


def _configured(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, profile in config.get("profiles", {}).items():
        if url := profile.get("endpoint_url"):
            yield f"endpoint_url of profile {name} in the AWS config file", str(url)
    for name, services in config.get("services", {}).items():
        for service, values in services.items():
            if isinstance(values, Mapping) and (url := values.get("endpoint_url")):
                yield f"endpoint_url of {service} in services {name} of the AWS config file", str(url)
