"""The admin's pages about people's rights, one module per resource."""

from access.admin import people, role_bindings, teams, tokens

__all__ = ["people", "role_bindings", "teams", "tokens"]
