"""What makes the declaration of a role or group high risk."""

from collections.abc import Mapping

from provisioning.core.fields import Exclusive, Shared, Unmanaged
from provisioning.core.policy_document import grants_admin, read_document
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.iam_attachments import Attachments, attached_names, is_own
from provisioning.kinds.iam_grants import InlineField
from provisioning.kinds.iam_names import IamName
from provisioning.kinds.managed_policies import managed_policies

ADMIN, UNKNOWN = "admin_grant", "unknown_policy"


def dangerous_grants(
    attached: Attachments | Unmanaged, inline: InlineField | Unmanaged, snapshot: Snapshot
) -> Mapping[str, str]:
    """What among these makes an administrator, or may: grant -> code.

    A customer's own policy is judged by its document in the account; one that isn't there yet, where it is declared.
    """
    documents = inline.items if isinstance(inline, Exclusive | Shared) else {}
    found = {f"inline/{name.key}": ADMIN for name, document in documents.items() if grants_admin(document)}
    own = _own_documents(snapshot)
    for policy in attached_names(attached):
        if code := _attached(policy, own):
            found[policy.key] = code
    return found


def _attached(policy: IamName, own: Mapping[IamName, str]) -> str:
    if is_own(policy):
        return ADMIN if policy in own and grants_admin(read_document(own[policy])) else ""
    table, name = managed_policies(), policy.text.rpartition("/")[2]
    if name in table.administrators:
        return ADMIN
    return "" if name in table.paths else UNKNOWN


def _own_documents(snapshot: Snapshot) -> Mapping[IamName, str]:
    if snapshot.unread([Section.IAM_DETAILS]):
        return {}
    return {
        IamName.of_policy(row["arn"]): version["document"]
        for row in snapshot.body(Section.IAM_DETAILS)["policies"]
        for version in row["versions"]
        if version["id"] == row["default_version"]
    }
