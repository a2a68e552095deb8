"""A server as a process of its own: started on a free port, waited for, stopped; tests in a browser use it too."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["CHROMIUM", "FLAGS", "PATIENCE_S", "START", "free_port", "running"]

#: How long what must come is waited for, in tests and measurements: only a hang takes it, however busy the machine is.
PATIENCE_S = 180.0
#: How long a server may take to end by itself.
_DOWN_S = 20.0

#: The shell draws the same pages and has no windows of its own to draw: 60 % of the work.
CHROMIUM = os.environ.get("GEO_CHROMIUM") or shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: The command that starts the app; a port comes after it.
START = [
    sys.executable,
    "-c",
    "import sys; from geo.cli.main import main; sys.exit(main())",
    "app",
    "--no-browser",
    "--port",
]


def free_port() -> int:
    """Return a port of this computer that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], folder: Path, health: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Start a server in a folder, wait until an address of it answers, yield its process and its log; stop it.

    Raises
    ------
    RuntimeError
        If it ends, or does not answer in `PATIENCE_S`; the text holds its log.
    """
    log = folder / f"server.{urlsplit(health).port}.log"
    with log.open("wb") as out:
        settings = {**os.environ, **(environment or {})}
        process = subprocess.Popen(command, cwd=folder, env=settings, stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait(process, health, log)
            yield process, log
        finally:
            process.terminate()
            try:
                process.wait(timeout=_DOWN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=PATIENCE_S)


def _wait(process: subprocess.Popen[bytes], health: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended:\n{log.read_text(encoding='utf-8')}")
        try:
            with urllib.request.urlopen(health, timeout=20):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server does not answer:\n{log.read_text(encoding='utf-8')}")
