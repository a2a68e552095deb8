"""A listener on loopback hears nothing while files that name its address are read: by command, as uploads, in pieces.

Three things hold it, and each is tried without the others: what is refused before a driver is asked; the settings of
the child in which drivers work; the kernel's filter (`tests/base/test_confined.py`).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reaching_files import CRS_TEXTS, EXTRACTS, FILES, TABLES
from thorough import sample

from bench.serving import PATIENCE_S
from geo.analysis.user_data.user_table import read_user_table
from geo.atlas.atlas import Atlas
from geo.base.sealed import environment
from geo.errors import GeoError

HERE = Path(__file__).parent


class Listener:
    """Takes every connection, keeps the first bytes, and answers as a server of CRSs would."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                self.heard.append(connection.recv(200))
                connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n+proj=longlat +datum=WGS84")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.close()


@pytest.fixture(scope="module")
def made(listener: Listener, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reaching")
    for name, make in FILES.items():
        make(folder / name, listener.url)
    return folder


def read_all(way: str, made: Path, city: Path, url: str, surroundings: dict[str, str]) -> dict[str, dict[str, Any]]:
    paths = [str(HERE), str(HERE.parent), str(HERE.parents[1])]
    code = [sys.executable, "-X", "faulthandler", "-W", "ignore", str(HERE / "reaching_child.py")]
    done = subprocess.run(
        [*code, way, str(made), str(city), url],
        capture_output=True,
        text=True,
        timeout=5 * PATIENCE_S,
        env=surroundings | {"PYTHONPATH": os.pathsep.join(paths)},
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, (lines[-1:], done.stderr[-2000:])
    return {line["name"]: line for line in lines if "name" in line}


def clean(outcomes: dict[str, dict[str, Any]]) -> None:
    """Nothing but our own refusals: no traceback, no crash of a reader."""
    for name, outcome in outcomes.items():
        assert outcome["code"] in (0, None, 2), (name, outcome)
        assert "Traceback" not in outcome["said"], name
        assert "its reader crashed" not in outcome["said"], name
        if outcome["code"] == 2:
            assert outcome["said"].startswith("geo: "), (name, outcome["said"])


def test_there_are_as_many_as_were_promised() -> None:
    assert len(FILES) >= 120
    assert len(EXTRACTS) >= 10
    assert len(CRS_TEXTS) >= 10


def test_the_listener_hears(listener: Listener) -> None:
    """What hears nothing may be deaf: GDAL, left alone, does ask."""
    code = (
        "import pyogrio, sys\nfor path in sys.argv[1:]:\n    try: pyogrio.read_info(path)\n    except Exception: pass"
    )
    made = Path(os.environ.get("TMPDIR", "/tmp")) / f"heard-{os.getpid()}.geojson"
    FILES["collection_link_href.geojson"](made, listener.url)
    try:
        subprocess.run([sys.executable, "-c", code, str(made)], timeout=PATIENCE_S, check=True)
    finally:
        made.unlink()
    assert listener.heard[0].startswith(b"GET /crs")
    listener.heard.clear()


def test_by_command(listener: Listener, made: Path, city: Path) -> None:
    outcomes = read_all("command", made, city, listener.url, os.environ | {"no_proxy": "127.0.0.1"})
    assert len(outcomes) == len(FILES) + 2 * len(CRS_TEXTS)
    assert listener.heard == []
    clean(outcomes)
    links = [name for name in outcomes if name.startswith(("collection_", "feature_", "geometry_", "form_"))]
    assert len(links) >= 16
    for name in links:
        assert 'its "crs" is an address' in outcomes[name]["said"], outcomes[name]


def test_what_is_refused_before_a_driver_is_asked_is_enough(listener: Listener, made: Path, city: Path) -> None:
    outcomes = read_all("library", made, city, listener.url, os.environ | {"no_proxy": "127.0.0.1"})
    assert len(outcomes) == len(TABLES)
    assert listener.heard == []
    clean(outcomes)


def test_the_settings_of_the_child_are_enough(listener: Listener, made: Path, city: Path) -> None:
    outcomes = read_all("settings", made, city, listener.url, environment(("GPKG", "GeoJSON", "ESRI Shapefile", "OSM")))
    assert len(outcomes) == len(FILES)
    assert listener.heard == []


def test_as_uploads(listener: Listener, made: Path, tiny: Atlas) -> None:
    """The way of the app."""
    for name in sample(TABLES, 20, kind=lambda name: Path(name).suffix):
        with (made / name).open("rb") as file:
            try:
                read_user_table(file, name, tiny)
            except GeoError as error:
                assert "crashed" not in str(error), name  # noqa: PT017
    for text in sample(CRS_TEXTS, 3):
        with (made / "cells.csv").open("rb") as file, pytest.raises(GeoError):
            read_user_table(file, "cells.csv", tiny, crs=text.replace("{url}", listener.url))
    assert listener.heard == []
