"""What tests of pages share."""

from __future__ import annotations

from typing import Any

import pytest

from geo.web.parts import mapview


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return what each map of a page is told, by name, and its ``places``; none is drawn."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(mapview, "show_map", lambda _, view, **more: found.append({"places": list(view), **more}))
    return found
