"""The least reads that show one user whole, but for what it signs in with."""

from provisioning.core.kind import Reread
from provisioning.core.snapshot import Section
from provisioning.kinds.iam_reads import ANYWHERE, grant_reads, iam_read


def reread_user(name: str) -> Reread:
    """GetUser, its policies, its groups."""
    shown = yield iam_read("GetUser", ANYWHERE, UserName=name)
    if shown is None:
        return {Section.IAM_DETAILS: {"users": [], "absent": {"users": [name]}}}
    user = shown["User"]
    grants = yield from grant_reads("User", name, user["Arn"])
    listed = yield iam_read("ListGroupsForUser", user["Arn"], "Groups", UserName=name)
    row = {
        "name": user["UserName"],
        "path": user["Path"],
        "arn": user["Arn"],
        "id": user["UserId"],
        "groups": sorted(group["GroupName"] for group in (listed or {}).get("Groups", [])),
        **grants,
        "boundary": user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "tags": {tag["Key"]: tag["Value"] for tag in user.get("Tags", [])},
    }
    return {Section.IAM_DETAILS: {"users": [row]}}
