"""The app as an object, for `geo app` and for any ASGI server; ``app.py`` is the same for `streamlit run`."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import streamlit as st

from geo.web import server
from geo.web.main import failed

__all__ = ["app", "options"]

app = st.App(
    Path(__file__).parent / "script" / "run.py",
    routes=server.routes(),
    middleware=server.middleware(),
    on_script_error=failed,
)


def options() -> dict[str, Any]:
    """Return Streamlit's options of the app, by dotted name: ``config.toml`` of this package."""
    flat: dict[str, Any] = {}

    def walk(prefix: str, table: dict[str, Any]) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                walk(f"{prefix}{key}.", value)
            else:
                flat[f"{prefix}{key}"] = value

    walk("", tomllib.loads(resources.files("geo.web").joinpath("config.toml").read_text(encoding="utf-8")))
    return flat
