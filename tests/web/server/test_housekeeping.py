"""What the app lets go of while it runs."""

from __future__ import annotations

import asyncio
import time
import tomllib
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import apart
import pytest
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from bench.serving import PATIENCE_S
from geo.web import asgi
from geo.web.server import housekeeping

ROOT = Path(__file__).parents[3]


class Held:
    """Such as a user's table; in a cycle, as sessions are."""

    def __init__(self) -> None:
        self.id = "one"
        self.me = self


def app_with(storage: MemorySessionStorage) -> Any:
    manager = WebsocketSessionManager(storage, None, None, None)  # type: ignore[arg-type]
    return SimpleNamespace(_runtime=SimpleNamespace(_session_mgr=manager))


def test_a_session_whose_time_is_over_is_let_go() -> None:
    async def closed(seconds: int) -> tuple[int, bool]:
        storage = MemorySessionStorage(ttl_seconds=seconds)
        held = Held()
        seen = weakref.ref(held)
        storage.save(SimpleNamespace(session=held))  # type: ignore[arg-type]
        del held
        return await housekeeping.sweep(app_with(storage)), seen() is None

    assert apart.run(closed, 0) == (0, True)
    assert apart.run(closed, 60) == (1, False)


def test_another_version_of_streamlit_is_no_harm() -> None:
    assert apart.run(housekeeping.sweep, SimpleNamespace()) == -1


def test_it_goes_on_while_the_app_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[object] = []

    async def sweep(app: object) -> int:
        swept.append(app)
        return 0

    async def live() -> int:
        async with housekeeping.lifespan("the app"):
            end = time.monotonic() + PATIENCE_S
            while len(swept) < 3 and time.monotonic() < end:
                await asyncio.sleep(0.01)
        after = len(swept)
        await asyncio.sleep(0.05)
        return len(swept) - after

    monkeypatch.setattr(housekeeping, "sweep", sweep)
    monkeypatch.setattr(housekeeping, "EVERY_S", 0.01)
    assert apart.run(live) == 0
    assert swept[:3] == ["the app"] * 3


def test_both_ways_to_start_keep_house() -> None:
    assert asgi.app._user_lifespan is housekeeping.lifespan
    assert "lifespan=housekeeping.lifespan" in (ROOT / "app.py").read_text(encoding="utf-8")
    assert asgi.options()["runner.postScriptGC"] is False
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["runner"]["postScriptGC"] is False
