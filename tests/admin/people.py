"""The people of the admin's tests, one per role."""

from django.contrib.auth.models import Group, User

PASSWORD = "a long pass phrase"


def person(name: str, *roles: str, is_staff: bool = True, password: str | None = None) -> User:
    """Someone who may sign in, in the groups of these roles."""
    made = User.objects.create_user(name, password=password, is_staff=is_staff)
    made.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    return made
