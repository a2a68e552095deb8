"""The app without home, screen, browser or a writable project; uploads cut off half-way; figures without fonts."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import faulty
import pytest
from test_faults_places import AS_ANYONE

from bench.serving import PATIENCE_S
from bench.visitor import Visitor
from geo.atlas.atlas import Atlas
from geo.cli.main import main
from geo.render.figure import fonts

#: As many files as are cut off, each where another part of the request was under way.
CUTS = (0, 1, 40, 200, 5_000, 400_000)


@pytest.fixture(scope="module")
def address(tiny: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start ``geo app`` as on a locked-down machine; at the end it must stop when told, without a word of a crash."""
    folder = tmp_path_factory.mktemp("locked")
    shutil.copytree(faulty.ROOT / "geo", folder / "geo")
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode & 0o555)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLCONFIGDIR": str(folder),
        "DISPLAY": ":no-such-screen",
        "BROWSER": "false",
        "TZ": "Pacific/Kiritimati",
    }
    command = [
        *AS_ANYONE,
        sys.executable,
        "-m",
        "geo.cli",
        "app",
        "--port",
        str(port),
        "--layers",
        str(tiny.folder),
    ]
    said = tmp_path_factory.mktemp("log") / "said.txt"
    with (
        said.open("wb") as log,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            code = process.wait(PATIENCE_S)
    told = said.read_text("utf-8")
    assert told.startswith(f"http://127.0.0.1:{port}  （按 `Ctrl+C` 停止） (Ctrl+C to stop)\n")
    assert "Traceback" not in told, told
    assert "Streamlit" not in told, told
    assert code in (0, 143)


def visit(visits: Coroutine[Any, Any, None]) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, visits).result(4 * PATIENCE_S)


async def arrived(address: str, page: str = "") -> Visitor:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", urlsplit(address).port)) == 0:
                break
        await asyncio.sleep(0.1)
    visitor = Visitor(address)
    await visitor.open(page)
    return visitor


def test_it_serves_without_home_screen_browser_or_a_writable_project(address: str) -> None:
    async def look() -> None:
        visitor = await arrived(address)
        assert visitor.problem is None
        assert await visitor.ask("/_stcore/health")
        await visitor.close()

    visit(look())


def cut_off(visitor: Visitor, url: str, whole: bytes, sent: int) -> None:
    """Send the beginning of an upload and break the connection off."""
    where = urlsplit(visitor.base)
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    head = (
        f"PUT {url} HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: {cookies}\r\n"
        f"X-Xsrftoken: {visitor.cookies.get('_streamlit_xsrf', '')}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(whole)}\r\n\r\n"
    )
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=PATIENCE_S) as connection:
        connection.sendall(head.encode() + whole[:sent])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # reset


def test_uploads_cut_off_half_way_harm_nobody(address: str) -> None:
    table = f"name,lon,lat\n{faulty.ROWS}".encode()
    whole = b'--x\r\nContent-Disposition: form-data; name="a.csv"; filename="a.csv"\r\n\r\n' + table * 10 + b"\r\n--x--"

    async def look() -> None:
        careless, other = await arrived(address, "data"), await arrived(address, "data")
        for sent in CUTS:
            url = f"/_stcore/upload_file/{careless.session_id}/{sent}"
            await asyncio.to_thread(cut_off, careless, url, whole, sent)
        assert await other.upload("mine.csv", table)
        assert other.problem is None
        assert careless._socket is not None
        careless._socket.transport.abort()  # as when its machine loses power
        again = await arrived(address, "data")
        assert await again.upload("again.csv", table)
        assert (again.problem, other.problem) == (None, None)
        await other.rerun()
        assert other.problem is None
        for visitor in (again, other, careless):
            await visitor.close()

    visit(look())


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_figure_without_a_chinese_font(
    ending: str, tiny: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fonts, "CHINESE_FONTS", ("No Such Font",))
    out = tmp_path / f"a.{ending}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a glyph that the font lacks would be a box in the figure
        assert main(["report", str(out), "--layers", str(tiny.folder)]) == 0
    assert out.stat().st_size > 5000
    said = capsys.readouterr().err
    assert "这台计算机上没有含汉字的字体" in said
    assert "No Such Font" in said
