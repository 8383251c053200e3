"""Access keys: whether users may have any, how many, how old, how long unused. Deactivated first, deleted later."""

from provisioning.kinds.iam_access_keys.kind import AccessKeysKind

__all__ = ["AccessKeysKind"]
