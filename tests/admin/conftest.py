"""A small fleet and its people."""

import pytest
from django.contrib.auth.models import User

from tests.admin.fleet import Fleet, build_fleet
from tests.admin.people import person


@pytest.fixture
def fleet(db: None) -> Fleet:
    return build_fleet()


@pytest.fixture
def viewer(db: None) -> User:
    return person("vera", "viewer")


@pytest.fixture
def operator(db: None) -> User:
    return person("oscar", "operator")


@pytest.fixture
def approver(db: None) -> User:
    return person("ada", "approver")
