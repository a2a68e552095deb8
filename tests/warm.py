"""Confined children that are forked from a process that has imported all they need: half a second of imports less.

What confines a child happens in the fork as in a process of its own: `geo.base.confined.main` runs there, with the
surroundings and in the folder that the child would have had. Only the start is not tried this way: it is in
tests/base/test_confined.py, with processes of their own, and in every test that runs `geo` as a command.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from geo.base import confined

MODULES = ("geo.tables.worker", "geo.osm.worker")
LIMITS = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)
MOST = 4

#: Takes the folder, the input and a pipe of each child that is wanted; the pipe tells its number, how it
#: ended, and its processor time.
NURSERY = """
import gc, os, pathlib, socket, signal, sys
from importlib import import_module
from geo.base import confined
if "pandas" not in sys.argv:
    sys.meta_path.insert(0, confined._Absent())
import_module(sys.argv[1])
gc.freeze()
asked, end_with = socket.socket(fileno=os.dup(0)), confined._end_with
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    folder, given, *_ = socket.recv_fds(asked, 4096, 2)
    if not folder:
        os._exit(0)
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        child = os.fork()
        if child == 0:
            break
        os.close(given[0])
        os.write(given[1], b"%d " % child)
        _, status, used = os.wait4(child, 0)
        os.write(given[1], b"%d %f" % (os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime))
        os._exit(0)
    for number in given:
        os.close(number)
code = 1
try:
    os.dup2(given[0], 0)
    os.closerange(3, given[1] + 1)
    os.chdir(folder)
    confined._end_with = lambda parent: end_with(os.getppid())
    code = confined.main(sys.argv[1], pathlib.Path(os.fsdecode(folder)), pandas="pandas" in sys.argv)
finally:
    os._exit(code)
"""


class Child:
    """As much of a `subprocess.Popen` as `geo.base.confined` uses."""

    #: Processor time of all that have ended: they are no children of this process, by its own account.
    used_s = 0.0

    def __init__(self, nursery: socket.socket, folder: Path) -> None:
        given, write = os.pipe()
        told, tell = os.pipe()
        try:
            socket.send_fds(nursery, [os.fsencode(folder)], [given, tell])
        finally:
            os.close(given)
            os.close(tell)
        self.stdin = os.fdopen(write, "wb")
        self._told = os.fdopen(told, "rb", buffering=0)
        number = b""
        while not number.endswith(b" "):
            one = self._told.read(1)
            assert one, "no child was forked"
            number += one
        self.pid = int(number)
        for kind in LIMITS:  # those of its parent now: the child waits for its job
            resource.prlimit(self.pid, kind, resource.getrlimit(kind))
        self._code: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        if self._code is None:
            ended = select.poll()  # as a process with very many open files may too
            ended.register(self._told, select.POLLIN)
            if not ended.poll(None if timeout is None else 1000 * timeout):
                raise subprocess.TimeoutExpired("child", timeout or 0)
            code, used_s = self._told.read().split()
            self._code = int(code)
            Child.used_s += float(used_s)
            self._told.close()
            self.stdin.close()
        return self._code

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


class Warm:
    """Stands for `subprocess` in `geo.base.confined`, as long as it is entered."""

    def __init__(self) -> None:
        self._nurseries: dict[Any, tuple[socket.socket, subprocess.Popen[bytes]]] = {}
        self._one = threading.Lock()
        self._python = sys.executable

    def __enter__(self) -> Warm:
        names = ("PIPE", "DEVNULL", "TimeoutExpired")
        like = SimpleNamespace(Popen=self.start, **{name: getattr(subprocess, name) for name in names})
        confined.subprocess = like  # type: ignore[assignment]
        return self

    def __exit__(self, *_: object) -> None:
        confined.subprocess = subprocess
        while self._nurseries:
            self._close(next(iter(self._nurseries)))

    def start(self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, **more: Any) -> Any:
        """Fork a child, or start one if it is of another kind or by another interpreter."""
        module, _, *pandas = command[command.index("geo.base.confined") + 1 :]
        if module not in MODULES or command[0] != self._python:
            return subprocess.Popen(command, env=env, cwd=cwd, **more)
        key = (module, *pandas, *sorted(env.items()))
        with self._one:
            if key not in self._nurseries:
                if len(self._nurseries) == MOST:
                    self._close(next(iter(self._nurseries)))
                ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                words = [*command[: command.index("-m")], "-c", NURSERY, module, *pandas]
                with theirs:
                    process = subprocess.Popen(words, env=env, cwd="/", **more | {"stdin": theirs})
                self._nurseries[key] = (ours, process)
            return Child(self._nurseries[key][0], Path(cwd).absolute())

    def _close(self, key: Any) -> None:
        ours, process = self._nurseries.pop(key)
        ours.close()
        process.wait()
