"""The app as an ASGI object, for `geo app` and any ASGI server; ``app.py`` is the same app for `streamlit run`."""

from __future__ import annotations

import os
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import streamlit as st

from geo.base.told import told
from geo.errors import UsageError
from geo.web.main import failed
from geo.web.server import housekeeping, middleware, routes, streamlit_internals

__all__ = ["app", "options"]

app = st.App(
    Path(__file__).parent / "script" / "run.py",
    routes=routes.routes(),
    middleware=middleware.middleware(),
    lifespan=housekeeping.lifespan,
    on_script_error=failed,
)


def options() -> dict[str, Any]:
    """Return the Streamlit options of the app by dotted name, from the ``config.toml`` of this package.

    As with `streamlit run`, an environment variable overrides any option:
    ``STREAMLIT_SERVER_MAX_UPLOAD_SIZE=50``.

    Raises
    ------
    UsageError
        If such a variable does not have the type of its option.
    """
    flat: dict[str, Any] = {}

    def walk(prefix: str, table: dict[str, Any]) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                walk(f"{prefix}{key}.", value)
            else:
                flat[f"{prefix}{key}"] = value

    walk("", tomllib.loads(resources.files("geo.web").joinpath("config.toml").read_text(encoding="utf-8")))
    return flat | _environment()


def _environment() -> dict[str, Any]:
    found: dict[str, Any] = {}
    # From the option template, because the options themselves are read when Streamlit starts, which is later.
    for name, option in streamlit_internals.option_template().items():
        words = os.environ.get(option.env_var)
        if words is None or option.sensitive:  # Streamlit reads sensitive options itself
            continue
        try:
            if option.multiple:
                found[name] = words.split()
            else:
                found[name] = words.lower() in ("1", "true", "yes") if option.type is bool else option.type(words)
        except (TypeError, ValueError):
            said = {"variable": option.env_var, "given": words, "name": name, "kinds": option.type.__name__}
            raise told(UsageError, "wrong.environment", (), **said) from None
    return found
