"""The least reads that show one user whole; how it signs in only where its declaration says something of that."""

from collections.abc import Generator, Mapping
from typing import Any

from provisioning.core.change import Read
from provisioning.core.kind import Reread
from provisioning.core.snapshot import Section
from provisioning.kinds.iam_reads import ANYWHERE, grant_reads, iam_read


def reread_user(name: str, *, signs_in: bool) -> Reread:
    """GetUser, its policies, its groups, its login profile."""
    shown = yield iam_read("GetUser", ANYWHERE, UserName=name)
    if shown is None:
        return _gone(name, signs_in)
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
    login = (yield from _login(user)) if signs_in else {}
    return {Section.IAM_DETAILS: {"users": [row]}, **login}


def _login(user: Mapping[str, Any]) -> Generator[Read, Any, dict[Section, Mapping[str, Any]]]:
    name, used = user["UserName"], user.get("PasswordLastUsed")
    shown = yield iam_read("GetLoginProfile", user["Arn"], UserName=name)
    profile = (shown or {}).get("LoginProfile", {})
    made = profile.get("CreateDate")
    row = {
        "name": name,
        "has_password": bool(profile),
        "reset_required": bool(profile.get("PasswordResetRequired")),
        "created_at": made.isoformat() if made else None,
    }
    return {
        Section.LOGIN_PROFILES: {"login_profiles": [row]},
        Section.PASSWORD_USE: {
            "password_use": [{"name": name}],
            "facts": {name: used.isoformat() if used else ""},
        },
    }


def _gone(name: str, signs_in: bool) -> dict[Section, Mapping[str, Any]]:
    rows = {Section.IAM_DETAILS: "users"}
    if signs_in:
        rows |= {Section.LOGIN_PROFILES: "login_profiles", Section.PASSWORD_USE: "password_use"}
    return {section: {part: [], "absent": {part: [name]}} for section, part in rows.items()}
