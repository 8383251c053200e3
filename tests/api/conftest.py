"""People with tokens."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from access.roles import Role
from access.services.create_token import create_token

As = Callable[..., APIClient]


@pytest.fixture
def as_(db: None) -> As:
    """`as_("operator")`, `as_("approver", "ada")`: a client with a token of this role, by default named like it."""

    def client(role: str, name: str = "") -> APIClient:
        text = create_token(username=name or role, role=Role(role), name="test", by="test")
        signed_in = APIClient()
        signed_in.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
        return signed_in

    return client
