"""When a trust in an identity provider is a trust in whoever that provider speaks for. Pure.

IAM user guide, "Create a role for OpenID Connect federation": a provider such as GitHub signs tokens for everybody it
serves, so that only a condition on the subject says whose they are.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

OIDC_PROVIDER = re.compile(r"arn:[a-z0-9-]+:iam::[0-9]{12}:oidc-provider/(.+)")
ROLES_ANYWHERE = "rolesanywhere.amazonaws.com"
# Built into IAM; each tells applications or identity pools apart by its audience.
_BUILT_IN = frozenset({"accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"})
_NARROWING = re.compile(r"(?i)(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike)")
_STARTS_OPEN = re.compile(r"([A-Za-z0-9_-]+:)?[*?]")


def names_nobody(subject: str) -> bool:
    """Whether a pattern of subjects leaves open whose they are: `*`, `repo:*`, `repo:*/app:*`."""
    return not subject or bool(_STARTS_OPEN.match(subject))


def trusts_every_subject(statement: Mapping[str, Any]) -> bool:
    """Whether this Allow takes tokens of an OpenID Connect provider whoever they are for."""
    principal = statement.get("Principal")
    named = _values(principal.get("Federated")) if isinstance(principal, Mapping) else []
    issuers = [found[1] if (found := OIDC_PROVIDER.fullmatch(one)) else one for one in named]
    # What is left as an ARN is a SAML provider's: a company's own.
    return any(not _is_narrowed(statement, one) for one in issuers if not one.startswith("arn:"))


def _is_narrowed(statement: Mapping[str, Any], issuer: str) -> bool:
    keys = {f"{issuer}:sub"} | ({f"{issuer}:aud", f"{issuer}:app_id"} if issuer in _BUILT_IN else set())
    wanted = {key.lower() for key in keys}
    return any(
        key.lower() in wanted and values and not any(map(names_nobody, values))
        for operator, key, values in _conditions(statement)
        if _NARROWING.fullmatch(operator)
    )


def _conditions(statement: Mapping[str, Any]) -> Iterable[tuple[str, str, list[str]]]:
    written = statement.get("Condition")
    for operator, keys in written.items() if isinstance(written, Mapping) else ():
        for key, values in keys.items() if isinstance(keys, Mapping) else ():
            yield operator, key, _values(values)


def _values(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, str)]
