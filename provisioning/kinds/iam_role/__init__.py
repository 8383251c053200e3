"""Roles: who may take them (trust, instance profile) and what they may then do (policies below a boundary)."""

from provisioning.kinds.iam_role.kind import RoleKind

__all__ = ["RoleKind"]
