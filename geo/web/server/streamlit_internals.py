"""Every private name of Streamlit that the app needs, in this one module.

Nothing outside of this module may name one (a test looks), so that a new Streamlit breaks in one place; the tests of
it say which name is gone. Without a name the app does without what it serves, as each function says.

- Streamlit's server holds the second part of every answer back for 40 ms: it binds its socket without naming the
  protocol, and asyncio turns Nagle's algorithm off only for sockets that name TCP. So the body of an answer, and each
  further message of a run, waits until the browser has acknowledged what came before, which a browser puts off for
  40 ms. Connections inherit the option from the socket that they come in by: `send_at_once`.
- It takes any number of connections and of uploaded files: `server_settings`, `hold_uploads`.
- It keeps what a closed page held until another page closes: `drop_sessions`, `drop_downloads`.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import wraps
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from streamlit import config, runtime
from streamlit.delta_generator import DeltaGenerator as Slot
from streamlit.runtime import memory_uploaded_file_manager
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager as UploadManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.starlette import starlette_server

if TYPE_CHECKING:
    from streamlit.navigation.page import Page

__all__ = [
    "OWN_ROUTES",
    "UPLOADS",
    "Page",
    "Slot",
    "UploadManager",
    "downloads_of",
    "drop_downloads",
    "drop_sessions",
    "has_browser",
    "hold_uploads",
    "is_open",
    "is_wanted",
    "note_downloads",
    "option_template",
    "send_at_once",
    "server_settings",
    "session_id",
    "uploads_of",
]

#: Where Streamlit's own routes begin.
OWN_ROUTES = "/_stcore/"

#: Where a browser puts a file: followed by its session and a name.
UPLOADS = f"{OWN_ROUTES}upload_file"

_MARK = "geo_wraps_it"


def send_at_once() -> bool:
    """Make the socket that Streamlit will bind send at once; False where this Streamlit binds it in another way."""
    bind = getattr(starlette_server, "_bind_socket", None)
    if bind is None or hasattr(bind, _MARK):
        return bind is not None

    @wraps(bind)
    def bound(*args: Any, **kwargs: Any) -> socket.socket:
        made: socket.socket = bind(*args, **kwargs)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    setattr(bound, _MARK, True)
    setattr(starlette_server, "_bind_socket", bound)  # noqa: B010 - mypy allows no assignment to a function
    return True


def server_settings(**ours: Any) -> bool:
    """Give uvicorn, which Streamlit will start, settings of ours; False where this Streamlit starts another server.

    Parameters
    ----------
    ours
        As of `uvicorn.Config`: ``http``, ``ws``, ``backlog``.
    """
    settings = getattr(starlette_server, "_get_uvicorn_config_kwargs", None)
    if settings is None or hasattr(settings, _MARK):
        return settings is not None

    @wraps(settings)
    def bounded() -> dict[str, Any]:
        return {**settings(), **ours}

    setattr(bounded, _MARK, True)
    setattr(starlette_server, "_get_uvicorn_config_kwargs", bounded)  # noqa: B010 - as above
    return True


def hold_uploads(store: type[UploadManager]) -> bool:
    """Let Streamlit hold uploaded files in a store of ours; False where this Streamlit has none of that name."""
    there = hasattr(memory_uploaded_file_manager, "MemoryUploadedFileManager")
    if there:
        setattr(memory_uploaded_file_manager, "MemoryUploadedFileManager", store)  # noqa: B010 - as above
    return there


#: File of a download that was made when its button was pressed → sessions that pressed it.
_pressed: dict[str, set[str]] = {}


def _file_of(address: str) -> str:
    return PurePosixPath(address).stem


def note_downloads(manager: Any) -> bool:
    """Note for which session each download is made; False where this Streamlit makes them in another way.

    Parameters
    ----------
    manager : MediaFileManager
        Of the runtime. It knows the sessions of all files but of those that are made when their button is pressed.
    """
    make = getattr(manager, "execute_deferred", None)
    if make is None or not hasattr(manager, "_deferred_callables") or hasattr(make, _MARK):
        return hasattr(make, _MARK)

    @wraps(make)
    def made(file_id: str) -> str:
        entry = manager._deferred_callables.get(file_id)
        address: str = make(file_id)
        if entry is not None:
            _pressed.setdefault(_file_of(address), set()).add(entry["session_id"])
        return address

    setattr(made, _MARK, True)
    manager.execute_deferred = made
    return True


def is_wanted(address: str) -> bool:
    """Return whether a page is open that has a file under ``/media/``; True where it is not known who has it.

    That is so for a moment while a page runs, and with another version of Streamlit.
    """
    found = runtime.get_instance() if runtime.exists() else None
    file = _file_of(address)
    owners = set(_pressed.get(file, ()))
    with suppress(AttributeError):
        by_session = dict(found.media_file_mgr._files_by_session_and_coord)  # type: ignore[union-attr]
        owners |= {session for session, files in by_session.items() if file in list(files.values())}
    return found is None or not owners or any(found.is_active_session(session) for session in owners)


def downloads_of(app: Any) -> Any:
    """Return what holds the downloads of an `st.App`, None where it is not found."""
    return getattr(getattr(app, "_runtime", None), "media_file_mgr", None)


def drop_downloads(app: Any) -> None:
    """Let go of files that no session has, which Streamlit does only after a run of one."""
    with suppress(AttributeError):
        manager = downloads_of(app)
        manager.remove_orphaned_files()
        for file in set(_pressed) - set(manager._file_metadata):
            del _pressed[file]


def uploads_of(app: Any) -> Any:
    """Return what holds the uploaded files of an `st.App`, None where it is not found."""
    return getattr(getattr(app, "_runtime", None), "uploaded_file_mgr", None)


def drop_sessions(app: Any) -> int:
    """Let go of the closed sessions whose time is over; return how many are still kept, -1 if that is not known.

    Streamlit keeps the session of a closed page for ``server.disconnectedSessionTTL`` seconds in case the page comes
    back, but looks for those whose time is over only when another page closes.
    """
    with suppress(AttributeError):
        # Its length takes out those that are over.
        return len(app._runtime._session_mgr._session_storage._cache)
    return -1


def _server() -> runtime.Runtime | None:
    """Return the runtime of a server that runs."""
    found = runtime.get_instance() if runtime.exists() else None
    # Streamlit's test harness puts a stand-in there that says it is an instance.
    return found if type(found) is runtime.Runtime else None


def has_browser() -> bool:
    """Return whether the run of a script is for a browser, not for a test."""
    return _server() is not None


def session_id() -> str:
    """Return the id of the session whose script runs, "" outside of one."""
    found = get_script_run_ctx()
    return found.session_id if found else ""


def is_open(session: str) -> bool:
    """Return whether the page of a session is open; True where there is no server that could know."""
    found = _server()
    return found is None or found.is_active_session(session)


def option_template() -> dict[str, Any]:
    """Return Streamlit's options by dotted name: each with its type, environment variable, and whether it is secret."""
    return dict(config._config_options_template)
