"""Handle untrusted content in a child process without network, with bounded memory and time, apart from its parent.

`run` starts this module, which imports the module that is to do the work and calls its ``work(job, folder)``. The job
goes in as JSON, the answer comes out as JSON of bounded length, and what is large lies in a folder that both know. The
child has bounds on memory, processor time and the size of files; where the system can, no sockets and no programs. A
crash, an abort or a flood ends the child and becomes an error of the parent.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.abc
import json
import logging
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from geo.base import seccomp, slices
from geo.base.files import unwritable
from geo.base.sealed import environment
from geo.base.told import told
from geo.errors import CRSError, DataError, GeoError, MissingDependencyError, OutputError, UsageError

__all__ = ["Bounds", "main", "run"]

_log = logging.getLogger(__name__)

_ERRORS: dict[str, type[GeoError]] = {
    kind.__name__: kind for kind in (DataError, UsageError, CRSError, OutputError, MissingDependencyError)
}
_ANSWER = "answer.json"
#: Exit code of a child that had no room for what it puts down: no answer could be written either.
_FULL = 74
_ANSWER_BYTES = 16 << 20
_LOOK_S = 0.05
_MIB = 1 << 20
_DIE_WITH_PARENT = 1
#: Of a traceback that goes into the log.
_FRAMES = 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may take; None: as much as there is.

    Attributes
    ----------
    memory_bytes : int or None
        Address space.
    seconds : int or None
        Processor time.
    clock_seconds : int or None
        By the clock, while others work too.
    file_bytes : int or None
        Size of any file that it writes.
    nice : int
        How much it steps back behind others, 0 to 19; if at all, in a control group of children where there is one.
    """

    memory_bytes: int | None = None
    seconds: int | None = None
    clock_seconds: int | None = None
    file_bytes: int | None = None
    nice: int = 0


def run(
    module: str,
    job: Mapping[str, Any],
    folder: Path,
    name: str,
    bounds: Bounds,
    *,
    drivers: Sequence[str] = (),
    pandas: bool = False,
    watch: Callable[[], object] | None = None,
    ended: str = "refused.",
) -> dict[str, Any]:
    """Have a module do a job in a child process, and return its answer.

    Parameters
    ----------
    module : str
        Has a function ``work(job, folder)`` that returns a mapping of JSON. What it needs is imported with it, for
        memory is bounded afterwards.
    job : mapping
        Of JSON.
    folder : Path
        A private folder, in which the child leaves what is large.
    name : str
        What the user calls the file that is read, or made.
    bounds : Bounds
    drivers : sequence of str
        Of GDAL, that it may have.
    pandas : bool
        Whether it has pandas and geopandas.
    watch : callable, optional
        Called some twenty times a second; what it raises ends the child.
    ended : str
        How the messages begin that say what ended the child; ``crash``, ``crash_memory``, ``time``, ``clock``,
        ``memory`` and ``system`` follow. By default they are those of a file that is read.

    Raises
    ------
    DataError
        If the child crashed or went beyond its bounds; and every `GeoError` that the work itself raised. Where a fault
        of the program ended it, the log has the traceback.
    """
    command = [sys.executable, "-P", "-X", "utf8", "-m", "geo.base.confined", module, str(folder)]
    command += ["pandas"] if pandas else []
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(drivers),
        cwd=folder,
    )
    try:
        if bounds.nice:
            _step_back(child.pid, bounds.nice)
            slices.enter(child.pid)
        _tell(child, {"job": dict(job), "bounds": asdict(bounds), "parent": os.getpid()})
        code = _wait(child, bounds, watch)
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()
    if code is None:
        raise told(DataError, ended + "clock", name=name, seconds=bounds.clock_seconds)
    if code == _FULL:
        raise unwritable(folder, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    answer = _read_answer(folder / _ANSWER)
    if "error" in answer:
        error = _ERRORS.get(str(answer["error"]), DataError)(str(answer.get("message", "")))
        error.translations = {str(language): str(words) for language, words in answer.get("translations", {}).items()}
        raise error
    if "fault" in answer:
        _log.error("%s failed in its child process: %s", module, answer["fault"])
    if code != 0 or "result" not in answer:
        raise _ended(code, name, bounds, ended, answer)
    return dict(answer["result"])


def _step_back(pid: int, nice: int) -> None:
    """Put a child behind others from its first moment: to load its libraries costs as much as to read most files."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, 0) + nice)


def _tell(child: subprocess.Popen[bytes], job: Mapping[str, Any]) -> None:
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it ended before: its exit code says more
        child.stdin.write(json.dumps(job).encode())
        child.stdin.close()


def _wait(child: subprocess.Popen[bytes], bounds: Bounds, watch: Callable[[], object] | None) -> int | None:
    """Return the exit code of a child; None if it still runs when its time by the clock is over."""
    last = time.monotonic() + bounds.clock_seconds if bounds.clock_seconds else None
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.wait(_LOOK_S)
        if watch is not None:
            watch()
        if last is not None and time.monotonic() > last:
            return None


def _ended(code: int, name: str, bounds: Bounds, ended: str, answer: Mapping[str, Any]) -> GeoError:
    """Return the error that says what ended a child, as far as its code and its answer tell."""
    most = f"{(bounds.memory_bytes or 0) // _MIB} MiB"
    if "system" in answer:
        return told(OutputError, ended + "system", name=name, why=answer["system"])
    if bounds.seconds and code == -getattr(signal, "SIGXCPU", 0):
        return told(DataError, ended + "time", name=name, seconds=bounds.seconds)
    if "memory" in answer:
        return told(DataError, ended + "memory" if bounds.memory_bytes else "fault.memory", name=name, most=most)
    kind = "crash_memory" if bounds.memory_bytes else "crash"
    return told(DataError, ended + kind, name=name, most=most, code=str(code))


def _read_answer(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            answer = json.loads(file.read(_ANSWER_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


# --- in the child ---------------------------------------------------------------------------------------------------


class _Absent(importlib.abc.MetaPathFinder):
    """pandas and geopandas are not there: readers take them along if they are, need them for nothing, wait a second."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name in ("pandas", "geopandas"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def main(module: str, folder: Path, *, pandas: bool = False) -> int:
    """Import a module, confine this process, have the module do the job, and leave the answer; return the exit code."""
    if not pandas:
        sys.meta_path.insert(0, _Absent())
    told = json.loads(sys.stdin.buffer.read())
    bounds = Bounds(**told["bounds"])
    try:
        work: Callable[[dict[str, Any], Path], Mapping[str, Any]] = import_module(module).work
        _confine(bounds)
        if sys.platform == "linux":
            _end_with(told["parent"])
        answer: dict[str, Any] = {"result": dict(work(told["job"], folder))}
    except GeoError as error:
        answer = {"error": type(error).__name__, "message": str(error), "translations": dict(error.translations)}
    except MemoryError:
        answer = {"memory": True}
    except OSError as error:
        if _is_full(error, bounds):  # of what it puts down for its parent
            return _FULL
        answer = {"system": error.strerror or str(error)}
    except Exception as error:
        answer = {"fault": _fault(error)}
    (folder / _ANSWER).write_text(json.dumps(answer), encoding="utf-8")
    return 1 if "fault" in answer else 0


def _fault(error: Exception) -> str:
    """Return the traceback of a fault of the program, without the words of the error: they may hold a user's rows."""
    return "".join(["\n", *traceback.format_tb(error.__traceback__)[-_FRAMES:], type(error).__name__])


def _confine(bounds: Bounds) -> None:
    """Bound this process for good, as far as the system can."""
    seccomp.shut()
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only bound
        return
    limits = [(resource.RLIMIT_CORE, 0, 0)]
    if bounds.memory_bytes:
        limits.append((resource.RLIMIT_AS, bounds.memory_bytes, bounds.memory_bytes))
    if bounds.seconds:
        limits.append((resource.RLIMIT_CPU, bounds.seconds, bounds.seconds + 1))
    if bounds.file_bytes:
        limits.append((resource.RLIMIT_FSIZE, bounds.file_bytes, bounds.file_bytes))
    for kind, soft, hard in limits:
        with contextlib.suppress(ValueError, OSError):  # a bound from outside is narrower
            resource.setrlimit(kind, (soft, hard))


def _is_full(error: OSError, bounds: Bounds) -> bool:
    """Return whether there was no room to write; a file beyond the bound set here is too large instead."""
    if error.errno != errno.EFBIG:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    import resource

    return resource.getrlimit(resource.RLIMIT_FSIZE)[0] != bounds.file_bytes


def _end_with(parent: int) -> None:
    """Have the kernel end this process with the thread that waits for it."""
    import ctypes

    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it ended in the meantime
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), pandas="pandas" in sys.argv[3:]))
