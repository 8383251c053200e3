"""What makes the declaration of a role or group high risk."""

from provisioning.core.fields import Exclusive, Shared, Unmanaged
from provisioning.core.policy_document import grants_admin
from provisioning.kinds.iam_attachments import Attachments, admin_attachments
from provisioning.kinds.iam_grants import InlineField


def admin_grants(attached: Attachments | Unmanaged, inline: InlineField | Unmanaged) -> frozenset[str]:
    """What among these makes an administrator. A customer's own policy is judged where it is declared."""
    documents = inline.items if isinstance(inline, Exclusive | Shared) else {}
    dangerous = {f"inline/{name.key}" for name, document in documents.items() if grants_admin(document)}
    return frozenset(dangerous | {policy.key for policy in admin_attachments(attached)})
