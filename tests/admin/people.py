"""The people of the admin's tests, one per role."""

from tests.people import PASSWORD, person

__all__ = ["PASSWORD", "person"]
