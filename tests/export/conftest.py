"""A real PostGIS server on loopback, and a drawing of the city, for the tests that need one."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bench.serving import PATIENCE_S
from geo.atlas.atlas import Atlas
from geo.export import export


def _program(name: str) -> str:
    """Return a server program: Debian keeps them out of the PATH."""
    found = shutil.which(name) or next(
        iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    assert found, f"{name} is not here: run make test, which installs postgresql and postgis"
    return str(found)


@pytest.fixture(scope="session")
def postgis_url() -> Iterator[str]:
    """Start a server of our own, yield its address, stop it by its id."""
    folder = Path(tempfile.mkdtemp(prefix="geo-postgis-"))
    # The server refuses to run as root; any account without rights will do.
    account = pwd.getpwnam("nobody") if os.getuid() == 0 else None
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    drop = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    # Its home and working folder must be ones that the account may enter.
    environment = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    data = folder / "data"
    common = {"env": environment, "cwd": folder, **drop}
    subprocess.run(
        [_program("initdb"), "-D", data, "-U", "geo", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        timeout=PATIENCE_S,
        **common,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "log").open("w")
    server = subprocess.Popen(
        [
            *(_program("postgres"), "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder),
            *("-c", "fsync=off", "-c", "jit=off", "-c", "shared_buffers=32MB"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=log,
        **common,
    )
    url = f"postgresql://geo:secret@127.0.0.1:{port}/postgres"
    try:
        end = time.monotonic() + PATIENCE_S
        while True:
            assert server.poll() is None, (folder / "log").read_text()
            try:
                psycopg.connect(url, connect_timeout=20).close()
                break
            except psycopg.OperationalError:
                assert time.monotonic() < end, (folder / "log").read_text()
                time.sleep(0.05)
        yield url
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=PATIENCE_S)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def drawing(atlas: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a DXF of the city with its basemap."""
    made = tmp_path_factory.mktemp("drawing") / "a.dxf"
    export(atlas.select(), made, basemap=True)
    return made
