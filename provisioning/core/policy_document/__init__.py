"""IAM policy documents compared by meaning: never drift for two that AWS treats alike, never silence for two that it
does not. Where that can't be decided the documents count as different."""

from provisioning.core.policy_document.document import PolicyDocument, Source, equivalent, read_document
from provisioning.core.policy_document.errors import PolicyDocumentError, Reason
from provisioning.core.policy_document.grammar import Use, parse_document
from provisioning.core.policy_document.risk import grants_admin, trusted_principals, trusts_outside
from provisioning.core.policy_document.width import covers

__all__ = [
    "PolicyDocument",
    "PolicyDocumentError",
    "Reason",
    "Source",
    "Use",
    "covers",
    "equivalent",
    "grants_admin",
    "parse_document",
    "read_document",
    "trusted_principals",
    "trusts_outside",
]
