"""One visitor of the app without a browser: speaks Streamlit's own messages over its websocket, and HTTP beside it.

It does what the page's script does: keeps the values of the widgets, answers with all of them, tells which messages it
has cached, and says that the map is painted. Any exception, error box, broken connection or HTTP error is a `Problem`.
"""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import secrets
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.serving import PATIENCE_S

__all__ = ["Problem", "Visitor"]

#: Kind of element → where the value of its widget goes; the values are those that the user reads.
_VALUES = {"button_group": "strings", "multiselect": "strings", "selectbox": "string", "text_input": "string"}
_VALUES |= {"radio": "string"}


class Problem(Exception):  # noqa: N818 - it is what the visitor met, not a mistake of ours
    """What a user would call an error."""


class Visitor:
    """A session of the app.

    Parameters
    ----------
    base : str
        Address of the app, such as ``http://127.0.0.1:8501``, without a slash at the end.
    """

    def __init__(self, base: str) -> None:
        self.base = base
        where = urlsplit(base)
        self._folder = where.path
        self._http = http.client.HTTPConnection(where.hostname or "", where.port, timeout=PATIENCE_S)
        self._asking = asyncio.Lock()
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        self._finished = asyncio.Event()
        self._urls: asyncio.Future[Any] | None = None
        self._made: asyncio.Future[Any] | None = None
        self._cached: dict[str, ForwardMsg] = {}
        self._states: dict[str, WidgetState] = {}
        self._seen: dict[str, tuple[str, Any]] = {}
        self._background: set[asyncio.Task[Any]] = set()
        self.widgets: dict[str, tuple[str, Any]] = {}
        self.pages: dict[str, str] = {}
        self.page = ""
        self.query = ""
        self.session_id = ""
        self.cookies: dict[str, str] = {}
        self.problem: Problem | None = None
        self.said: list[str] = []  #: what the page warned of, and code that it shows
        self.map: dict[str, Any] = {}
        self.sent_at = self.map_at = 0.0
        self.received = 0
        self.requests = 0

    # --- HTTP -----------------------------------------------------------------------------------------------------

    async def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> bytes:
        """Ask by HTTP and return the body; raise `Problem` unless the answer is good."""
        async with self._asking:
            return await asyncio.to_thread(self._ask, path, method, body, headers or {})

    def _ask(self, path: str, method: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        if self.cookies:
            headers = {**headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        self.requests += 1
        for turn in range(2):
            try:
                self._http.request(method, self._folder + path, body, {"Accept-Encoding": "gzip", **headers})
                answer = self._http.getresponse()
                content = answer.read()
                if answer.getheader("Content-Encoding") == "gzip":
                    content = gzip.decompress(content)
                break
            except (ConnectionError, http.client.HTTPException) as error:
                self._http.close()  # a connection kept open may have been closed at the other end in the meantime
                if turn:
                    raise Problem(f"{method} {path}: {error!r}") from error
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if answer.status >= 400:
            raise Problem(f"{method} {path}: HTTP {answer.status} {content[:200]!r}")
        return content

    # --- the session ----------------------------------------------------------------------------------------------

    async def open(self, page: str = "", query: str = "") -> None:
        """Load the page, connect, and wait until it was run."""
        await self.ask(f"/{page}?{query}" if query else f"/{page}")
        await self.ask("/_stcore/health")  # brings the cookie that uploads are checked by
        self.query = query
        self._socket = await connect(
            self.base.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit", self.cookies.get("_streamlit_xsrf") or "none"],  # type: ignore[list-item]
            additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())},
            max_size=None,
            open_timeout=PATIENCE_S,
            ping_interval=None,
            proxy=None,
        )
        self._reading = asyncio.create_task(self._read())
        await self.rerun(page_name=page)

    async def close(self) -> None:
        """Leave, as a closed tab does."""
        if self._socket is not None:
            await self._socket.close()
        if self._reading is not None:
            await self._reading
        for task in self._background:
            task.cancel()
        self._http.close()

    async def _read(self) -> None:
        assert self._socket is not None
        try:
            async for data in self._socket:
                self.received += len(data)
                message = ForwardMsg()
                message.ParseFromString(data if isinstance(data, bytes) else data.encode())
                self._take(message)
        except ConnectionClosed as error:
            self._fail(f"connection lost: {error}")
        except Exception as error:
            self._fail(f"cannot read an answer: {error!r}")
        self._started.set()
        self._finished.set()

    def _fail(self, words: str) -> None:
        self.problem = self.problem or Problem(words)
        self._started.set()
        self._finished.set()

    def _take(self, message: ForwardMsg) -> None:
        if message.WhichOneof("type") == "ref_hash":
            place = message.metadata
            message = self._cached[message.ref_hash]
            message.metadata.CopyFrom(place)
        elif message.metadata.cacheable and message.hash:
            self._cached[message.hash] = message
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session_id = message.new_session.initialize.session_id
            self._seen, self.said = {}, []
            self._started.set()
        elif kind == "navigation":
            self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self.page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._element(message.delta.new_element)
        elif kind == "page_not_found":
            self._fail("page not found")
        elif kind == "file_urls_response" and self._urls is not None:
            self._urls.set_result(message.file_urls_response)
        elif kind == "backend_operation_response" and self._made is not None:
            self._made.set_result(message.backend_operation_response)
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                self._fail("the script does not compile")
            elif message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN and self._started.is_set():
                self.widgets = self._seen
                self._states = {key: state for key, state in self._states.items() if key in self.widgets}
                self._finished.set()

    def _element(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        one = getattr(element, kind)
        if kind == "exception":
            self._fail(f"exception: {one.type}: {one.message}")
        elif kind == "alert" and one.format == one.ERROR:
            self._fail(f"error box: {one.body}")
        elif kind == "code" or (kind == "html" and 'role="alert"' in one.body):
            self.said.append(one.code_text if kind == "code" else one.body)
        if not getattr(one, "id", ""):
            return
        self._seen[one.id] = (kind, one)
        if kind in _VALUES and one.set_value:
            if _VALUES[kind] == "strings":
                self._set(one.id, strings=one.raw_values)
            else:
                self._set(one.id, string=one.value if kind == "text_input" else one.raw_value)
        state = json.loads(one.json_args).get("state") if kind == "component_instance" else None
        if state is not None:
            self.map = state
            self.map_at = time.perf_counter()
            if say := state.get("say"):
                task = asyncio.create_task(self._painted(say))
                self._background.add(task)
                task.add_done_callback(self._background.discard)

    async def _painted(self, say: str) -> None:
        try:
            await self.ask(say.removeprefix(self._folder) if self._folder else say, "POST", b"")
        except Problem as problem:
            self._fail(str(problem))

    # --- what a user does -----------------------------------------------------------------------------------------

    def find(self, key: str) -> tuple[str, Any] | None:
        """Return kind and element of the widget whose key begins with a word, None where it is not on the page."""
        return next((found for name, found in self.widgets.items() if f"-{key}" in name), None)

    def of_kind(self, kind: str) -> Any:
        """Return the first element of a kind, such as ``file_uploader``, None where it is not on the page."""
        return next((one for name, one in self.widgets.values() if name == kind), None)

    def _set(self, widget: str, *, strings: Iterable[str] | None = None, string: str | None = None) -> None:
        state = self._states[widget] = WidgetState(id=widget)
        if strings is not None:
            state.string_array_value.data.extend(strings)
            state.string_array_value.SetInParent()
        elif string is not None:
            state.string_value = string

    async def choose(self, key: str, value: Any, *, wait: bool = True) -> bool:
        """Set a widget to what the user reads there (a string or several) and wait for the run; False if not there."""
        found = self.find(key)
        if found is None:
            return False
        if isinstance(value, str):
            self._set(found[1].id, string=value)
        else:
            self._set(found[1].id, strings=value)
        await self.rerun(wait=wait)
        return True

    async def press(self, key: str) -> bool:
        """Press a button; False if it is not there."""
        found = self.find(key)
        if found is None or found[1].disabled:
            return False
        await self.rerun(extra=WidgetState(id=found[1].id, trigger_value=True))
        return True

    async def click_map(self, place: str) -> bool:
        """Click a place on the map; False if there is no map."""
        found = self.of_kind("component_instance")
        if found is None:
            return False
        number = secrets.randbelow(10**9) + 1
        self._states[found.id] = WidgetState(id=found.id, json_value=json.dumps({"n": number, "place": place}))
        await self.rerun()
        return True

    async def follow(self, page: str, query: str = "") -> None:
        """Follow a link to a page of the app in a state, as ``page.js`` does."""
        self.query = query
        await self.rerun(page_name=page, page_hash=self.pages.get(page, ""))

    async def send_file(self, name: str, content: bytes) -> Any:
        """Send a file to an address that the server gives for it, and return that; no page is told of it."""
        self._urls = asyncio.get_running_loop().create_future()
        asked = BackMsg()
        asked.file_urls_request.request_id = secrets.token_hex(8)
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self.session_id
        await self._send(asked)
        answer = await asyncio.wait_for(self._urls, PATIENCE_S)
        urls = answer.file_urls[0]
        border = secrets.token_hex(12)
        head = f'--{border}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
        body = head.encode() + b"Content-Type: text/csv\r\n\r\n" + content + f"\r\n--{border}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={border}"}
        headers["X-Xsrftoken"] = self.cookies.get("_streamlit_xsrf", "")
        await self.ask(urls.upload_url, "PUT", body, headers)
        return urls

    async def upload(self, name: str, content: bytes) -> bool:
        """Give a file to the page's file field and wait for the run; False if there is none."""
        found = self.of_kind("file_uploader")
        if found is None:
            return False
        urls = await self.send_file(name, content)
        info = UploadedFileInfo(name=name, size=len(content), file_id=urls.file_id, file_urls=urls)
        state = self._states[found.id] = WidgetState(id=found.id)
        state.file_uploader_state_value.uploaded_file_info.append(info)
        await self.rerun()
        return True

    async def download(self, key: str) -> str:
        """Press a button of a download and return the address of the file that was made for it."""
        found = self.find(key)
        if found is None:
            raise Problem(f"no download {key}")
        self._made = asyncio.get_running_loop().create_future()
        asked = BackMsg()
        asked.backend_operation_request.request_id = secrets.token_hex(8)
        asked.backend_operation_request.session_id = self.session_id
        asked.backend_operation_request.deferred_file.file_id = found[1].deferred_file_id
        await self._send(asked)
        answer = await asyncio.wait_for(self._made, PATIENCE_S)
        if answer.error_msg:
            raise Problem(f"the download {key} was not made: {answer.error_msg}")
        return str(answer.deferred_file.url)

    async def rerun(
        self, *, page_name: str = "", page_hash: str = "", extra: WidgetState | None = None, wait: bool = True
    ) -> None:
        """Send the state of all widgets, wait until the script has run, or has only begun; else raise `Problem`."""
        message = BackMsg()
        wanted = message.rerun_script
        wanted.query_string = self.query
        wanted.page_script_hash = page_hash or ("" if page_name else self.page)
        wanted.page_name = page_name
        wanted.cached_message_hashes.extend(self._cached)
        wanted.widget_states.widgets.extend([*self._states.values(), *([extra] if extra else [])])
        wanted.context_info.timezone = "UTC"
        wanted.context_info.url = f"{self.base}/{page_name}"
        self._started.clear()  # the end of a run that began before this click is not this click's
        self._finished.clear()
        self.sent_at = time.perf_counter()
        await self._send(message)
        awaited = self._finished if wait else self._started
        try:
            await asyncio.wait_for(awaited.wait(), PATIENCE_S)
        except TimeoutError:
            self._fail(f"a run did not finish in {PATIENCE_S} s")
        if self.problem is not None:
            raise self.problem

    async def _send(self, message: BackMsg) -> None:
        assert self._socket is not None
        try:
            await self._socket.send(message.SerializeToString())
        except ConnectionClosed as error:
            raise Problem(f"connection lost: {error}") from error
