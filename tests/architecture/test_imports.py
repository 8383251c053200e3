"""Who may import whom (.importlinter), and which few files may import the libraries that reach outside."""

import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.architecture.sources import PRODUCT, ROOT, imported_modules, python_files

AWS_MODULES = ("provisioning/aws/*", "accounts/aws/*")
CELERY_MODULES = ("config/celery.py", "config/dispatch*", "config/*/dispatch*", "*/tasks.py")
MAY_IMPORT = {
    "boto3": AWS_MODULES,
    "botocore": AWS_MODULES,
    "celery": CELERY_MODULES,
    "kombu": CELERY_MODULES,
    "redis": CELERY_MODULES,
    "moto": (),
    "sandbox": (),
    "tests": (),
    "bench": (),
}


def test_layers_and_purity_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("library", MAY_IMPORT)
def test_library_is_imported_only_where_it_belongs(library: str) -> None:
    importers = [path for path in python_files(*PRODUCT, "manage.py") if _imports(path, library)]
    strangers = [str(path) for path in importers if not any(fnmatch(str(path), may) for may in MAY_IMPORT[library])]
    assert not strangers, f"{library} belongs to {MAY_IMPORT[library] or 'nothing in the product'}"


def _imports(path: Path, library: str) -> bool:
    return any(name.partition(".")[0] == library for name in imported_modules(path))
