"""The child process: what it may not, how it ends, and what its parent hears of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.serving import PATIENCE_S
from geo.base import sealed
from geo.base.confined import Bounds, run
from geo.errors import CRSError, DataError, OutputError, UsageError

Work = Callable[..., dict[str, Any]]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Run the body of a function ``work(job, folder)`` in a child."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "private").mkdir()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))

    def ran(body: str, job: dict[str, Any] | None = None, bounds: Bounds | None = None, **more: Any) -> dict[str, Any]:
        head = "import ctypes, os, resource, socket, subprocess, sys\nfrom geo import errors\n"
        head += "LOADED = os.getpriority(os.PRIO_PROCESS, 0) if hasattr(os, 'getpriority') else 0\n"
        text = f"{head}def work(job, folder):\n{textwrap.indent(textwrap.dedent(body), '    ')}\n"
        (tmp_path / "modules" / "job_of_test.py").write_text(text, encoding="utf-8")
        return run("job_of_test", job or {}, tmp_path / "private", "甲.csv", bounds or Bounds(), **more)

    return ran


def test_the_answer_comes_back_and_what_is_large_lies_in_the_folder(work: Work, tmp_path: Path) -> None:
    answer = work("(folder / 'a').write_text(job['text']); return {'double': job['text'] * 2}", {"text": "甲"})
    assert answer == {"double": "甲甲"}
    assert (tmp_path / "private" / "a").read_text(encoding="utf-8") == "甲"


@pytest.mark.parametrize(
    ("kind", "name"), [(DataError, "DataError"), (UsageError, "UsageError"), (CRSError, "CRSError")]
)
def test_our_errors_come_back_as_they_are(work: Work, kind: type[Exception], name: str) -> None:
    with pytest.raises(kind, match="row 甲 is odd") as caught:
        work(f"error = errors.{name}('row 甲 is odd'); error.translations = {{'zh': '行奇怪'}}; raise error")
    assert type(caught.value) is kind
    assert caught.value.translations == {"zh": "行奇怪"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such priorities")
@pytest.mark.parametrize("nice", [0, 10])
def test_it_steps_back_before_it_loads_what_it_needs(work: Work, nice: int) -> None:
    """To load libraries takes half a second of a processor: while others click, that comes behind, too."""
    here = os.getpriority(os.PRIO_PROCESS, 0)
    told = work("return {'loaded': LOADED, 'works': os.getpriority(os.PRIO_PROCESS, 0)}", bounds=Bounds(nice=nice))
    assert told == {"loaded": min(here + nice, 19), "works": min(here + nice, 19)}


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
@pytest.mark.parametrize(
    "body",
    [
        "socket.socket()",
        "socket.socket(socket.AF_UNIX)",
        "socket.create_connection(('127.0.0.1', 9))",
        "subprocess.run(['true'])",
        "os.execv('/bin/true', ['true'])",
        "os.system('true') and None or (_ for _ in ()).throw(OSError(13, 'Permission denied'))",
    ],
)
def test_there_are_no_sockets_and_no_programs(work: Work, body: str) -> None:
    told = work(f"try:\n    {body}\nexcept OSError as error:\n    return {{'errno': error.errno}}\nreturn {{}}")
    assert told["errno"] == 13


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
def test_a_thread_started_later_is_held_too(work: Work) -> None:
    told = work(
        """
        import threading
        found = []
        def try_it():
            try: socket.socket()
            except OSError as error: found.append(error.errno)
        thread = threading.Thread(target=try_it); thread.start(); thread.join()
        return {"errno": found[0]}
        """
    )
    assert told == {"errno": 13}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("ctypes.string_at(1)", "its reader crashed"),  # a segmentation fault
        ("os.abort()", "its reader crashed"),
        ("os._exit(0)", "its reader crashed"),  # no answer is no answer, whatever the code
        ("sys.exit(3)", r"its reader crashed .*\(exit 3\)"),
        ("raise RuntimeError('not one of ours')", r"its reader crashed .*\(exit 1\)"),
        ("bytearray(1 << 40); return {}", "needs more than 512 MiB"),
        ("while True: pass", "took more than 1 s of processor time"),
        ("(folder / 'big').write_bytes(bytes(2 << 20)); return {}", "its reader crashed|File too large"),
    ],
)
def test_a_crash_or_a_flood_is_one_error_with_the_name(work: Work, body: str, words: str) -> None:
    with pytest.raises((DataError, OSError), match=words) as caught:
        work(body, {"name": "甲.csv"}, Bounds(512 << 20, 1, None, 1 << 20))
    assert str(caught.value).startswith("甲.csv: ")


def test_a_fault_of_ours_leaves_its_traceback_in_the_log_without_words_that_may_be_a_users(
    work: Work, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DataError, match="its reader crashed"):
        work("def inner(): raise KeyError('a name of a row')\ninner()")
    assert "job_of_test" in caplog.text
    assert "in inner" in caplog.text
    assert "KeyError" in caplog.text
    assert "a name of a row" not in caplog.text.replace("raise KeyError('a name of a row')", "")
    caplog.clear()
    with pytest.raises(DataError, match="its reader crashed"):
        run("no_module_of_this_name", {}, tmp_path, "甲.csv", Bounds())
    assert "ModuleNotFoundError" in caplog.text


def test_a_job_that_reads_no_file_has_words_of_its_own(work: Work) -> None:
    with pytest.raises(DataError, match="makes the atlas failed"):
        work("os._exit(3)", ended="atlas.ended.")
    with pytest.raises(DataError, match="the atlas needs more than 512 MiB"):
        work("bytearray(1 << 40)", bounds=Bounds(512 << 20), ended="atlas.ended.")
    with pytest.raises(DataError, match="the atlas was not ready within 2 s"):
        work("import time; time.sleep(60)", bounds=Bounds(clock_seconds=2), ended="atlas.ended.")
    with pytest.raises(OutputError, match=r"the atlas cannot be written: .*denied"):
        work("raise PermissionError(13, 'Permission denied')", ended="atlas.ended.")


def test_one_that_sleeps_is_ended_by_the_clock(work: Work) -> None:
    with pytest.raises(DataError, match="not read within 2 s"):
        work("import time; time.sleep(60); return {}", bounds=Bounds(clock_seconds=2))


def children() -> set[int]:
    return {int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


@pytest.mark.skipif(sys.platform != "linux", reason="children are counted as Linux lists them")
def test_who_leaves_ends_the_child(work: Work) -> None:
    """What `watch` raises, as Streamlit does when a visitor has gone, goes through and leaves no process."""
    seen: list[set[int]] = []

    def watch() -> None:
        seen.append(children())
        if len(seen) > 3:
            raise KeyboardInterrupt

    before = children()
    with pytest.raises(KeyboardInterrupt):
        work("import time; time.sleep(60); return {}", watch=watch)
    assert seen[0] - before
    assert children() <= before


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's word is Linux's")
def test_a_parent_that_is_killed_takes_its_child_along(tmp_path: Path) -> None:
    (tmp_path / "sleeper.py").write_text(
        "import os, time\ndef work(job, folder):\n    (folder / 'pid').write_text(str(os.getpid())); time.sleep(60)\n"
    )
    code = (
        "from pathlib import Path; from geo.base.confined import Bounds, run\n"
        f"run('sleeper', {{}}, Path({str(tmp_path)!r}), 'a', Bounds())"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(tmp_path)})
    try:
        for _ in range(int(PATIENCE_S / 0.1)):
            if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
                break
            time.sleep(0.1)
        child = int((tmp_path / "pid").read_text())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        for _ in range(int(PATIENCE_S / 0.1)):
            if not Path(f"/proc/{child}").exists() or "State:\tZ" in Path(f"/proc/{child}/status").read_text():
                break
            time.sleep(0.1)
        else:
            pytest.fail("it still runs")
    finally:
        parent.kill()
        parent.wait()


def test_nothing_of_the_surroundings_reaches_it(work: Work, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("GDAL_HTTP_PROXY", "http_proxy", "AWS_SECRET_ACCESS_KEY", "OGR_SKIP", "PROJ_NETWORK", "LD_PRELOAD"):
        monkeypatch.setenv(name, "mine")
    # A folder of downloads may hold anything, and who works in it must not run it.
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "json.py").write_text("raise SystemExit('owned')")
    monkeypatch.chdir(tmp_path / "downloads")
    told = work("return {'all': dict(os.environ), 'here': os.getcwd(), 'path': sys.path}")
    assert "mine" not in told["all"].values()
    assert told["all"]["PROJ_NETWORK"] == "OFF"
    assert not {"", ".", str(tmp_path / "downloads")} & set(told["path"])
    assert told["here"] == str(tmp_path / "private")


def test_only_the_drivers_that_are_asked_for_are_there(work: Work) -> None:
    told = work("import pyogrio; return {'drivers': sorted(pyogrio.list_drivers())}", drivers=("OSM", "GPKG"))
    assert told["drivers"] == ["GPKG", "OSM"]
    assert work("import pyogrio; return {'drivers': sorted(pyogrio.list_drivers())}")["drivers"] == []


def test_a_driver_that_only_a_newer_gdal_has_can_be_named() -> None:
    assert "Novel" in sealed.skipped_drivers(("GPKG",), ("Novel", "GPKG")).split(",")
    assert "GPKG" not in sealed.skipped_drivers(("GPKG",), ("Novel", "GPKG")).split(",")


def test_proj_is_shut_off_whatever_the_surroundings_say() -> None:
    code = (
        "import pyproj; from pyproj.network import is_network_enabled as on; before = on()\n"
        "from geo.base.sealed import seal; seal(); print(before, on())"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PROJ_NETWORK": "ON"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["True", "False"]
