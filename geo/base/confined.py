"""Handle untrusted content in a child process without network, with bounded memory and time, apart from its parent.

`run` starts this module in a child process, which imports the module that does the work and calls its
``work(job, folder)``. The job is passed in as JSON, the answer comes back as JSON of limited length, and large data are
exchanged through a folder. The child has limits on memory, processor time and file size and, where the system supports
it, can neither open sockets nor start programs. If it crashes, aborts or floods, the parent gets an error.
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
#: Exit code of a child that could not write its answer because the disk is full.
_FULL = 74
_ANSWER_BYTES = 16 << 20
_LOOK_S = 0.05
_MIB = 1 << 20
_DIE_WITH_PARENT = 1
#: Number of traceback frames that are logged.
_FRAMES = 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of a child process; None means no limit.

    Attributes
    ----------
    memory_bytes : int or None
        Address space.
    seconds : int or None
        Processor time.
    clock_seconds : int or None
        Wall-clock time, which includes the time of other processes.
    file_bytes : int or None
        Size of any single file that it writes.
    nice : int
        Niceness, 0 to 19; if above 0, the child also joins the control group of children, where there is one.
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
    """Run a job of a module in a child process, and return its answer.

    Parameters
    ----------
    module : str
        Module with a function ``work(job, folder)`` that returns a mapping that JSON can hold. Its imports are loaded
        with it, because memory is limited afterwards.
    job : mapping
        Values that JSON can hold.
    folder : Path
        A private folder, where the child puts large data.
    name : str
        User's name for the file that is read or made.
    bounds : Bounds
    drivers : sequence of str
        GDAL drivers that the child may use.
    pandas : bool
        Whether the child may import pandas and geopandas.
    watch : callable, optional
        Called some twenty times a second; an exception that it raises ends the child.
    ended : str
        Prefix of the messages on how the child ended, followed by ``crash``, ``crash_memory``, ``time``, ``clock``,
        ``memory`` or ``system``. By default the messages on reading a file.

    Raises
    ------
    DataError
        If the child crashed or exceeded its limits; and every `GeoError` that the work itself raised. If a programming
        error ended it, the log has the traceback.
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
    """Lower a child's priority from the start: loading its libraries costs as much as reading most files."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # the child has ended already
            os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, 0) + nice)


def _tell(child: subprocess.Popen[bytes], job: Mapping[str, Any]) -> None:
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # the child has ended: its exit code says why
        child.stdin.write(json.dumps(job).encode())
        child.stdin.close()


def _wait(child: subprocess.Popen[bytes], bounds: Bounds, watch: Callable[[], object] | None) -> int | None:
    """Return the exit code of a child; None if it still runs when its wall-clock time is over."""
    last = time.monotonic() + bounds.clock_seconds if bounds.clock_seconds else None
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.wait(_LOOK_S)
        if watch is not None:
            watch()
        if last is not None and time.monotonic() > last:
            return None


def _ended(code: int, name: str, bounds: Bounds, ended: str, answer: Mapping[str, Any]) -> GeoError:
    """Return the error for how a child ended, from its exit code and its answer."""
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
    """Hide pandas and geopandas: readers import them if present, do not need them, and would lose a second."""

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
        if _is_full(error, bounds):  # in the folder shared with the parent
            return _FULL
        answer = {"system": error.strerror or str(error)}
    except Exception as error:
        answer = {"fault": _fault(error)}
    (folder / _ANSWER).write_text(json.dumps(answer), encoding="utf-8")
    return 1 if "fault" in answer else 0


def _fault(error: Exception) -> str:
    """Return the traceback of a programming error without the exception's text, which may contain a user's rows."""
    return "".join(["\n", *traceback.format_tb(error.__traceback__)[-_FRAMES:], type(error).__name__])


def _confine(bounds: Bounds) -> None:
    """Limit this process permanently, as far as the system supports it."""
    seccomp.shut()
    try:
        import resource
    except ImportError:  # Windows: the parent's wall-clock limit is the only one
        return
    limits = [(resource.RLIMIT_CORE, 0, 0)]
    if bounds.memory_bytes:
        limits.append((resource.RLIMIT_AS, bounds.memory_bytes, bounds.memory_bytes))
    if bounds.seconds:
        limits.append((resource.RLIMIT_CPU, bounds.seconds, bounds.seconds + 1))
    if bounds.file_bytes:
        limits.append((resource.RLIMIT_FSIZE, bounds.file_bytes, bounds.file_bytes))
    for kind, soft, hard in limits:
        with contextlib.suppress(ValueError, OSError):  # an inherited limit is stricter
            resource.setrlimit(kind, (soft, hard))


def _is_full(error: OSError, bounds: Bounds) -> bool:
    """Return whether the disk was full; a file beyond the size limit set here is too large instead."""
    if error.errno != errno.EFBIG:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    import resource

    return resource.getrlimit(resource.RLIMIT_FSIZE)[0] != bounds.file_bytes


def _end_with(parent: int) -> None:
    """Make the kernel end this process together with its parent."""
    import ctypes

    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # the parent ended in the meantime
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), pandas="pandas" in sys.argv[3:]))
