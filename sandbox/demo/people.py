"""Makes the demo's people, in a process of its own: the one thing that the demo does past the REST API.

Reads {name: {"role": …, "password": … or null}} as JSON and prints {name: token}. Everybody holds
their role on the whole fleet; whoever has a password is staff, and so can sign in to the admin.
"""

from __future__ import annotations

import json
import sys
from io import StringIO
from typing import Any

import django


def main() -> None:
    django.setup()
    wanted: dict[str, dict[str, Any]] = json.load(sys.stdin)
    print(json.dumps({name: _make(name, **person) for name, person in wanted.items()}))


def _make(name: str, role: str, password: str | None) -> str:
    from django.core.management import call_command

    token = StringIO()
    call_command("grant_role", user=name, role=[role], stdout=StringIO())
    call_command("create_token", user=name, role=[role], name="demo", days=1, stdout=token, stderr=StringIO())
    if password is not None:
        _let_sign_in(name, password)
    return token.getvalue().strip()


def _let_sign_in(name: str, password: str) -> None:
    from django.contrib.auth import get_user_model

    person = get_user_model().objects.get(username=name)
    person.is_staff = True
    person.set_password(password)
    person.save()


if __name__ == "__main__":
    main()
