"""People with tokens."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from tests.people import token

As = Callable[..., APIClient]


@pytest.fixture
def as_(db: None) -> As:
    """`as_("operator")`, `as_("approver", "ada")`, `as_("operator", scope="team:payments")`.

    A client with a token of this role, on the fleet unless said otherwise, of someone by default named like it.
    """

    def client(role: str, name: str = "", scope: str = "fleet") -> APIClient:
        signed_in = APIClient()
        signed_in.credentials(HTTP_AUTHORIZATION=f"Bearer {token(name or role, role, scope=scope)}")
        return signed_in

    return client
