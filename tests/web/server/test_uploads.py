"""Uploaded files have room for one session and for all; what no page asks for is dropped."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from asked import Asked
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from streamlit.runtime import memory_uploaded_file_manager

from geo.web.server import streamlit_internals, uploads
from geo.web.server.uploads import UNUSED_S, Account, Uploads, UploadStore

MB = 1 << 20


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of an account of its own."""
    found = [1000.0]
    monkeypatch.setattr(uploads, "account", Account(lambda: found[0]))
    return found


def file(name: str, size: int = 10) -> Any:
    return SimpleNamespace(file_id=name, data=b"x" * size)


def test_what_no_page_asks_for_is_dropped_and_what_one_asked_for_stays(now: list[float]) -> None:
    store = UploadStore("/_stcore/upload_file")
    for name in ("used", "unused"):
        store.add_file("one", file(name))
    assert [one.file_id for one in store.get_files("one", ["used"])] == ["used"]
    assert store.get_files("another", ["unused"]) == []
    now[0] += UNUSED_S - 1
    store.add_file("one", file("late"))
    assert store.drop_unused() == 0
    now[0] += 2
    assert store.drop_unused() == 1
    assert [one.file_id for one in store.get_files("one", ["used", "unused", "late"])] == ["used", "late"]
    now[0] += 10 * UNUSED_S
    assert store.drop_unused() == 0


def room(session: str, size: int) -> str:
    with uploads.account.coming(session, size * MB, 100 * MB) as refused:
        return refused


def test_there_is_room_for_so_much_of_one_session_and_of_all(now: list[float]) -> None:
    store = UploadStore("/_stcore/upload_file")
    store.add_file("one", file("a", 80 * MB))
    store.add_file("one", file("b", 80 * MB))
    assert room("one", 40) == ""
    assert room("one", 41) == "server.upload.one"
    assert room("two", 100) == ""
    with (
        uploads.account.coming("two", 100 * MB, 100 * MB) as first,
        uploads.account.coming("two", 100 * MB, 100 * MB) as second,
        uploads.account.coming("three", 100 * MB, 100 * MB) as third,
    ):
        assert (first, second, third) == ("", "", "")
        assert room("two", 1) == "server.upload.one"
        assert room("four", 40) == ""
        assert room("four", 41) == "server.upload.all"
    assert room("four", 100) == "", "what was on its way has arrived or broken off"
    store.remove_file("one", "a")
    assert room("one", 100) == ""
    store.remove_session_files("one")
    assert room("one", 200) == ""


def test_a_refusal_reserves_nothing(now: list[float]) -> None:
    for _ in range(10):
        assert room("one", 201) == "server.upload.one"
    assert room("one", 200) == ""
    with pytest.raises(ValueError, match="broken off"), uploads.account.coming("one", 200 * MB, 100 * MB):
        raise ValueError("broken off")
    assert room("one", 200) == ""


async def _took(scope: Any, receive: Any, send: Any) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(f"took {len(body)}")(scope, receive, send)


def test_a_file_without_room_is_refused_before_it_is_read(now: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    known = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: 1 if name == "server.maxUploadSize" else known(name))
    asked = Asked(Uploads(_took))
    path = "/_stcore/upload_file/one/file"
    assert asked(path, "PUT", b"abc", content_length="3").body == b"took 3"
    too_large = asked(path, "PUT", content_length=str(2 * MB + 1))
    assert too_large.status == 413
    assert "too much already" in too_large.body.decode()
    assert "没有收下" in too_large.body.decode()
    for wrong in (None, "-1", "many", "1.5"):
        assert asked(path, "PUT", b"abc", content_length=wrong).status == 411
    for i in range(5):
        uploads.account.hold(f"s{i}", "file", MB)
    assert asked(path, "PUT", b"abc", content_length="3").status == 503
    assert asked(path, "DELETE").body == b"took 0"
    assert asked("/_stcore/health", "PUT", b"abc").body == b"took 3"


def test_a_file_that_stops_coming_is_refused(now: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    import apart

    monkeypatch.setattr(uploads, "STALL_S", 0.05)
    sent: list[Any] = []
    scope = {"type": "http", "method": "PUT", "path": "/_stcore/upload_file/one/file"}
    scope |= {"headers": [(b"content-length", b"9")], "query_string": b""}

    async def receive() -> Any:
        await asyncio.sleep(0 if not sent else 30)
        sent.append("read")
        return {"type": "http.request", "body": b"abc", "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    apart.run(Uploads(_took), scope, receive, send)
    assert sent[0] == "read"
    assert sent[1]["status"] == 408
    assert room("one", 200) == ""


def test_streamlit_holds_uploads_in_our_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_uploaded_file_manager, "MemoryUploadedFileManager", UploadStore.__base__)
    assert streamlit_internals.hold_uploads(uploads.UploadStore)
    assert memory_uploaded_file_manager.MemoryUploadedFileManager is UploadStore
    monkeypatch.delattr(memory_uploaded_file_manager, "MemoryUploadedFileManager")
    assert not streamlit_internals.hold_uploads(uploads.UploadStore)
