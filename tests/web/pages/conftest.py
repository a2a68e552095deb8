"""What tests of pages share."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from geo.atlas.atlas import Atlas
from geo.web.parts import mapview


@pytest.fixture(scope="module", autouse=True)
def settled(atlas: Atlas) -> None:
    """Streamlit has all that may be rubbish walked after every run of a page: let it pass over what was there before.

    So does the app (`geo.web.server.routes`).
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return what each map of a page is told, by name, and its ``places``; none is drawn."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(mapview, "show_map", lambda _, view, **more: found.append({"places": list(view), **more}))
    return found
