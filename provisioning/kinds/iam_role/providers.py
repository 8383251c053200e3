"""The identity providers that a role's trust names: they come before it."""

from provisioning.core.change import ResourceKey
from provisioning.core.policy_document import trusted_principals
from provisioning.kinds.iam_role.spec import Trust

_KINDS = {"saml-provider": "iam.saml_provider", "oidc-provider": "iam.oidc_provider"}


def provider_keys(trust: Trust) -> frozenset[ResourceKey]:
    """Those of the role's own account, by the names they are declared with."""
    federated = (name.removeprefix("federated:") for name in trusted_principals(trust.document))
    found = (_key(name, trust.account_id) for name in federated if name.startswith("arn:"))
    return frozenset(key for key in found if key)


def _key(arn: str, account_id: str) -> ResourceKey | None:
    _, _, place = arn.partition(f":iam::{account_id}:")
    word, _, name = place.partition("/")
    return ResourceKey(_KINDS[word], name) if word in _KINDS and name else None
