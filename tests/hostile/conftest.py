"""The hostile city, built once by the command that anyone runs."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from geo.atlas.atlas import Atlas
from geo.cli.main import main

# The clients and the driver of the browser are those of the other tests.
TESTS = Path(__file__).parents[1]
for folder in ("", "export", "browser", "hostile"):
    sys.path.append(str(TESTS / folder))
hostile_city = importlib.import_module("hostile_city")


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the layers of the hostile city."""
    folder = tmp_path_factory.mktemp("hostile")
    hostile_city.write(folder / "seeds")
    assert main(["build", "--seeds", str(folder / "seeds"), "--layers", str(folder / "layers")]) == 0
    return folder / "layers"


@pytest.fixture(scope="session")
def hostile_atlas(city: Path) -> Atlas:
    return Atlas.load(city)


def _fixtures(folder: str) -> Any:
    """Return the conftest of other tests, under another name than ours."""
    spec = importlib.util.spec_from_file_location(f"{folder}_conftest", TESTS / folder / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


postgis_url = _fixtures("export").postgis_url
_driven = _fixtures("browser")
browser, windows, open_page = _driven.browser, _driven.windows, _driven.open_page
pytest_runtest_teardown = _driven.pytest_runtest_teardown
