"""docs/api.md names every address of the API."""

import re

import pytest

from access.urls import urlpatterns as access
from history.urls import urlpatterns as history
from iam_templates.urls import urlpatterns as iam_templates
from provisioning.urls import urlpatterns as provisioning
from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESSES = sorted({str(one.pattern) for one in (*access, *history, *provisioning, *iam_templates)})


@pytest.mark.parametrize("address", ADDRESSES)
def test_address_is_on_the_page(address: str) -> None:
    """Its fixed parts are; what stands between them may be called otherwise there."""
    missing = [part for part in re.sub(r"<[^>]+>", "", address).split("/") if part and f"/{part}" not in PAGE]
    assert not missing, f"docs/api.md does not name {address}"
