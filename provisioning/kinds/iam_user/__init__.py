"""Users: where they lie, what they may do, which groups they are in. Passwords, keys and MFA are never touched here."""

from provisioning.kinds.iam_user.kind import UserKind

__all__ = ["UserKind"]
