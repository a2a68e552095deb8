"""One real server, spoken to as a browser does and as a stranger would: what it refuses, what ends with a page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import apart
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from bench.serving import PATIENCE_S, START, free_port, running
from bench.visitor import Problem, Visitor

MB = 1 << 20


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {"STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "2", "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [*START, str(port), "--host", "map.example.org"]
    with running(command, tmp_path_factory.mktemp("app"), f"{address}/_stcore/health", settings) as (_, log):
        yield address
    assert "Traceback" not in log.read_text(encoding="utf-8")


async def _socket(base: str, host: str) -> int:
    """Open a session under a name as a page of that name would; return the status of the answer."""
    local = urlsplit(base)
    headers = {"Origin": f"http://{host}"}
    where = {"host": local.hostname, "port": local.port, "proxy": None, "additional_headers": headers}
    try:
        async with connect(f"ws://{host}/_stcore/stream", subprotocols=["streamlit"], **where):  # type: ignore[list-item,arg-type]
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def test_a_page_whose_name_is_led_here_opens_no_session(base: str) -> None:
    port = base.rpartition(":")[2]
    known = dict.fromkeys((f"127.0.0.1:{port}", "map.example.org", "localhost", f"[::1]:{port}"), 101)
    for host, status in {"evil.example": 421, f"evil.example:{port}": 421, **known}.items():
        assert apart.run(_socket, base, host) == status, host


async def _uploads(base: str) -> Any:
    """Send file after file to addresses that the server gave out, and use none."""
    visitor = Visitor(base)
    await visitor.open("data")
    said = []
    try:
        for i in range(4):
            try:
                await visitor.send_file(f"{i}.csv", b"x" * (2 * MB - 1000))
            except Problem as refused:
                said.append(str(refused))
    finally:
        await visitor.close()
    return said


def test_a_session_that_uploads_and_uses_nothing_is_stopped(base: str) -> None:
    said = apart.run(_uploads, base)
    assert len(said) == 2
    assert all("HTTP 413" in one for one in said)


async def _download(base: str) -> Any:
    visitor, other = Visitor(base), Visitor(base)
    await visitor.open()
    await other.open()
    address = await visitor.download("download_csv")
    content = await other.ask(address)
    await visitor.close()
    try:
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:  # until the server has heard that the page is closed
            await other.ask(address)
            await asyncio.sleep(0.05)
    except Problem as gone:
        return content, str(gone)
    finally:
        await other.close()
    return content, "it lives on"


def test_a_download_ends_with_its_page(base: str) -> None:
    content, said = apart.run(_download, base)
    assert content.startswith(b"PK")
    assert "HTTP 404" in said
    assert "closed with its page" in said
