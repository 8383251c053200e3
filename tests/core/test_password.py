"""First passwords: long, of every class, and harmless wherever they are pasted."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.core.password import LONGEST, SHORTEST, new_password, password_rules

POLICIES = st.none() | st.fixed_dictionaries({"MinimumPasswordLength": st.integers(6, 128)})


@given(POLICIES)
def test_every_policy_is_kept(policy: dict[str, Any] | None) -> None:
    password = new_password(password_rules(policy)).reveal()
    asked = (policy or {}).get("MinimumPasswordLength", 8)
    assert max(asked, SHORTEST) == len(password) <= LONGEST
    for signs in ("[A-Z]", "[a-z]", "[0-9]", r"[!@#$%^&*()_+\-=\[\]{}|']"):
        assert re.search(signs, password)
    assert password[0].isalpha() and not set(password) & set("\"'`,;<>&\\ lIO01")


@pytest.mark.parametrize("policy", [None, {}, {"MinimumPasswordLength": 8}])
def test_two_are_never_alike(policy: dict[str, Any] | None) -> None:
    assert len({new_password(password_rules(policy)).reveal() for _ in range(50)}) == 50
