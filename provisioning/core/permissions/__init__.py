"""Checks: what somebody may and may not do, asked of a snapshot, of a declaration, and of an account after a plan."""
