"""Users: where they lie, what they may do, which groups they are in. A password is taken away
where it must not be, and never made."""

from provisioning.kinds.iam_user.kind import UserKind

__all__ = ["UserKind"]
