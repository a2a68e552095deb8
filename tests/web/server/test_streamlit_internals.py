"""What the app needs of Streamlit beyond its public face: each name is there, and does what it is taken for."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette import starlette_server

from bench.serving import PATIENCE_S
from geo.web.server import streamlit_internals
from geo.web.server.streamlit_internals import send_at_once

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "geo" / "web" / "server" / "streamlit_internals.py"


def downloads() -> MediaFileManager:
    return MediaFileManager(MemoryMediaFileStorage("/media"))


def an_option() -> Any:
    return import_module("streamlit.config")._config_options_template["server.maxUploadSize"]


#: Every name that `streamlit_internals` takes, as it would be looked up: what is gone is named by its test.
NAMES: dict[str, Callable[[], Any]] = {
    "streamlit.config._config_options_template": lambda: import_module("streamlit.config")._config_options_template,
    "an option's env_var, type, multiple, sensitive": lambda: [
        getattr(an_option(), name) for name in ("env_var", "type", "multiple", "sensitive")
    ],
    "streamlit.delta_generator.DeltaGenerator": lambda: import_module("streamlit.delta_generator").DeltaGenerator,
    "streamlit.runtime.exists, get_instance, Runtime": lambda: [
        getattr(st.runtime, name) for name in ("exists", "get_instance", "Runtime")
    ],
    "Runtime.is_active_session": lambda: st.runtime.Runtime.is_active_session,
    "Runtime.media_file_mgr, uploaded_file_mgr": lambda: [
        getattr(st.runtime.Runtime, name) for name in ("media_file_mgr", "uploaded_file_mgr")
    ],
    "streamlit.runtime.scriptrunner.get_script_run_ctx": lambda: import_module(
        "streamlit.runtime.scriptrunner"
    ).get_script_run_ctx,
    "memory_uploaded_file_manager.MemoryUploadedFileManager": lambda: import_module(
        "streamlit.runtime.memory_uploaded_file_manager"
    ).MemoryUploadedFileManager,
    "starlette_server._bind_socket": lambda: starlette_server._bind_socket,
    "starlette_server._get_uvicorn_config_kwargs": lambda: starlette_server._get_uvicorn_config_kwargs,
    "App._runtime": lambda: st.App(SOURCE)._runtime,
    "WebsocketSessionManager._session_storage": lambda: WebsocketSessionManager(
        MemorySessionStorage(), None, None, None  # type: ignore[arg-type]
    )._session_storage,
    "MemorySessionStorage._cache": lambda: len(MemorySessionStorage()._cache),
    "MediaFileManager.execute_deferred": lambda: downloads().execute_deferred,
    "MediaFileManager.remove_orphaned_files": lambda: downloads().remove_orphaned_files(),
    "MediaFileManager._deferred_callables": lambda: downloads()._deferred_callables.get,
    "MediaFileManager._files_by_session_and_coord": lambda: dict(downloads()._files_by_session_and_coord),
    "MediaFileManager._file_metadata": lambda: set(downloads()._file_metadata),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_this_name_of_streamlit_is_there(name: str) -> None:
    try:
        NAMES[name]()
    except Exception as error:  # whatever it is, the name is what must be told
        pytest.fail(
            f"streamlit {st.__version__} has no {name} as geo.web.server.streamlit_internals takes it: {error!r}"
        )


def test_every_private_name_it_takes_is_looked_for() -> None:
    source = SOURCE.read_text(encoding="utf-8")
    taken = set(re.findall(r"[\w)]\.(_[a-z]\w+)", source)) | set(re.findall(r'attr\(\w+, "(_[a-z]\w+)"', source))
    told = Path(__file__).read_text(encoding="utf-8")
    assert len(taken) > 7
    assert {name for name in taken if f".{name}" not in told} <= {"_session_mgr"}  # made when the server starts


def test_nothing_else_names_what_is_private_to_streamlit() -> None:
    public = re.compile(r"import streamlit as st|from streamlit\.components\.v1 import \w+")
    for path in (ROOT / "geo").rglob("*.py"):
        if path == SOURCE:
            continue
        text = path.read_text(encoding="utf-8")
        imports = re.findall(r"^\s*((?:from|import) streamlit\b.*)$", text, re.MULTILINE)
        assert [line for line in imports if not public.fullmatch(line)] == [], path
        assert re.findall(r"\b(?:st|app)\._\w+|_stcore|st\.(?:runtime|config|web|delta_generator)\b", text) == [], path


def test_streamlit_is_bound_to_what_was_tested() -> None:
    app = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.search(r'"streamlit>=1\.\d+,<2"', app)


def test_in_a_test_no_browser_waits_and_every_session_is_open() -> None:
    def script() -> None:
        import streamlit as st

        from geo.web.server.streamlit_internals import has_browser, is_open, session_id

        st.session_state["told"] = (has_browser(), session_id() != "", is_open(session_id()))

    app = AppTest.from_function(script).run()
    assert not app.exception
    assert app.session_state["told"] == (False, True, True)


@pytest.mark.filterwarnings("ignore")
def test_outside_of_a_run_there_is_no_session() -> None:
    assert streamlit_internals.session_id() == ""


def connection_sends_at_once() -> bool:
    server = starlette_server._bind_socket("127.0.0.1", 0, 5)
    server.setblocking(True)
    with server, socket.create_connection(server.getsockname(), timeout=PATIENCE_S):
        made, _ = server.accept()
        with made:
            return made.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_connection_to_streamlit_sends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starlette_server, "_bind_socket", vars(starlette_server._bind_socket).get(
        "__wrapped__", starlette_server._bind_socket))  # fmt: skip
    assert not connection_sends_at_once(), "Streamlit does it itself: take geo/web/server/streamlit_internals.py out"
    assert send_at_once()
    assert connection_sends_at_once()


def test_it_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starlette_server, "_bind_socket", starlette_server._bind_socket)
    send_at_once()
    first = starlette_server._bind_socket
    assert send_at_once()
    assert starlette_server._bind_socket is first


def test_another_streamlit_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(starlette_server, "_bind_socket")
    assert not send_at_once()
    assert not hasattr(starlette_server, "_bind_socket")
