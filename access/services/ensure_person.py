"""People known by name, for the command line: made without a password when they are new."""

from typing import Any

from django.contrib.auth import get_user_model


def ensure_person(username: str) -> Any:
    """The person. Raises ValidationError for a name that can't be one."""
    if found := get_user_model().objects.filter(username=username).first():
        return found
    made = get_user_model()(username=username)
    made.set_unusable_password()
    made.full_clean(exclude=["password"])
    made.save()
    return made
