"""The reference of settings is complete and up to date."""

import pytest

from config.environment import Environment, variable
from config.settings_page import page
from tests.architecture.sources import ROOT


def test_page_is_the_one_that_is_printed() -> None:
    assert (ROOT / "docs/settings.md").read_text() == page(), "run: manage.py print_settings > docs/settings.md"


@pytest.mark.parametrize("name", Environment.model_fields)
def test_setting_says_what_it_is(name: str) -> None:
    assert Environment.model_fields[name].description, f"describe {variable(name)}"


def test_documented_production_environment_sets_only_what_exists() -> None:
    from tests.running.production import production_variables

    assert set(production_variables()) <= {variable(name) for name in Environment.model_fields}
