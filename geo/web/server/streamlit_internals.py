"""All private names of Streamlit that the app uses, in this one module.

No other module may use one (a test checks), so that a new Streamlit breaks in one place; the tests of this module say
which name has gone. If a name is missing, the app runs without the feature that needs it, as each function states.

- Nagle's algorithm delays the second part of every answer by 40 ms: Streamlit binds its socket without a protocol, and
  asyncio sets TCP_NODELAY only on sockets whose protocol is TCP. The body of an answer, and each later message of a
  run, then waits for an acknowledgement, which browsers delay by 40 ms. Connections inherit the option from the
  listening socket: `send_at_once`.
- It accepts any number of connections and uploaded files: `server_settings`, `hold_uploads`.
- It keeps the data of a closed page until another page closes: `drop_sessions`, `drop_downloads`.
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

#: Path prefix of Streamlit's own routes.
OWN_ROUTES = "/_stcore/"

#: Path to which a browser uploads a file, followed by session id and name.
UPLOADS = f"{OWN_ROUTES}upload_file"

_MARK = "geo_wraps_it"


def send_at_once() -> bool:
    """Set TCP_NODELAY on the socket that Streamlit will bind; False if this Streamlit binds it in another way."""
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
    """Pass settings to uvicorn, which Streamlit will start; False if this Streamlit starts another server.

    Parameters
    ----------
    ours
        Parameters of `uvicorn.Config`: ``http``, ``ws``, ``backlog``.
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
    """Make Streamlit keep uploaded files in our store; False if this Streamlit has no such store."""
    there = hasattr(memory_uploaded_file_manager, "MemoryUploadedFileManager")
    if there:
        setattr(memory_uploaded_file_manager, "MemoryUploadedFileManager", store)  # noqa: B010 - as above
    return there


#: File of a download that is made on a button press → sessions that pressed the button.
_pressed: dict[str, set[str]] = {}


def _file_of(address: str) -> str:
    return PurePosixPath(address).stem


def note_downloads(manager: Any) -> bool:
    """Record the session for which each download is made; False if this Streamlit makes downloads in another way.

    Parameters
    ----------
    manager : MediaFileManager
        The manager of the runtime. It knows the session of every file except those made on a button press.
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
    """Return whether an open page refers to a file under ``/media/``; True if that is not known.

    It is not known for a moment while a page runs, and with another version of Streamlit.
    """
    found = runtime.get_instance() if runtime.exists() else None
    file = _file_of(address)
    owners = set(_pressed.get(file, ()))
    with suppress(AttributeError):
        by_session = dict(found.media_file_mgr._files_by_session_and_coord)  # type: ignore[union-attr]
        owners |= {session for session, files in by_session.items() if file in list(files.values())}
    return found is None or not owners or any(found.is_active_session(session) for session in owners)


def downloads_of(app: Any) -> Any:
    """Return the manager of the downloads of an `st.App`, None if it is not found."""
    return getattr(getattr(app, "_runtime", None), "media_file_mgr", None)


def drop_downloads(app: Any) -> None:
    """Drop files without a session, which Streamlit does only after a run."""
    with suppress(AttributeError):
        manager = downloads_of(app)
        manager.remove_orphaned_files()
        for file in set(_pressed) - set(manager._file_metadata):
            del _pressed[file]


def uploads_of(app: Any) -> Any:
    """Return the store of the uploaded files of an `st.App`, None if it is not found."""
    return getattr(getattr(app, "_runtime", None), "uploaded_file_mgr", None)


def drop_sessions(app: Any) -> int:
    """Drop closed sessions that have expired; return the number still kept, -1 if unknown.

    Streamlit keeps the session of a closed page for ``server.disconnectedSessionTTL`` seconds in case the page
    reconnects, but looks for expired ones only when another page closes.
    """
    with suppress(AttributeError):
        # Taking the length of this cache removes expired entries.
        return len(app._runtime._session_mgr._session_storage._cache)
    return -1


def _server() -> runtime.Runtime | None:
    """Return the runtime of a running server, otherwise None."""
    found = runtime.get_instance() if runtime.exists() else None
    # Streamlit's test harness installs a stand-in that claims to be an instance.
    return found if type(found) is runtime.Runtime else None


def has_browser() -> bool:
    """Return whether a script runs for a browser, not for a test."""
    return _server() is not None


def session_id() -> str:
    """Return the id of the session whose script runs, "" outside a session."""
    found = get_script_run_ctx()
    return found.session_id if found else ""


def is_open(session: str) -> bool:
    """Return whether the page of a session is open; True without a server that knows."""
    found = _server()
    return found is None or found.is_active_session(session)


def option_template() -> dict[str, Any]:
    """Return Streamlit's options by dotted name, each with type, environment variable and whether it is sensitive."""
    return dict(config._config_options_template)
