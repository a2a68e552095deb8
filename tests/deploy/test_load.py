"""bench/bench_load.py in short: visitors meet no error, the server calls no other host, what goes wrong is counted."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import apart
import pytest

from bench import bench_load
from bench.bench_crowd import p95_ms
from bench.bench_load import Load, Sample
from bench.serving import PATIENCE_S
from bench.visitor import Problem, Visitor

ROOT = Path(__file__).parents[2]

#: Python loads it at the start of the server and of every process that the server starts; it writes down who is called.
LISTENER = """
import os, sys
_out = os.open({path!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
_calls = {{"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}}
def _hear(event, args):
    if event in _calls:
        os.write(_out, (repr((event, args[_calls[event]])) + "\\n").encode())
sys.addaudithook(_hear)
_hear("socket.getaddrinfo", ("started",))
"""


async def _each_page_and_an_upload(base: str) -> dict[str, int]:
    """Visit every page in both languages, and give a table; return how many widgets each page has."""
    import random

    visitor = Visitor(base)
    await visitor.open(query="lang=en")
    found = {}
    try:
        for page in list(visitor.pages):
            await visitor.follow(page)
            await bench_load.ACTIONS["language"][1](visitor, random.Random(1))
            # In the other language, once more: what the browser still holds is of the language before.
            await visitor.rerun()
            found[page] = len(visitor.widgets)
        assert await bench_load.ACTIONS["upload"][1](visitor, random.Random(1))
        assert await bench_load.ACTIONS["language"][1](visitor, random.Random(1))
        await visitor.rerun()
    finally:
        await visitor.close()
    return found


def test_visitors_meet_no_error_and_the_server_calls_nobody(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    (tmp_path / "sitecustomize.py").write_text(LISTENER.format(path=str(heard)), encoding="utf-8")
    listened = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    told: list[str] = []
    with bench_load.serve(3, listened) as (base, process, log):
        pages = apart.run(_each_page_and_an_upload, base)
        for seconds in (3, 10, 60, PATIENCE_S):  # the more, the busier the machine is
            load = Load(base, process, sessions=5, seconds=seconds, think_s=0.3, life=4)
            apart.run(load.run, told.append)
            if load.errors or (load.visitors >= 5 and len(load.clicks()) >= 5):
                break
        logged = bench_load.logged(log)
    assert len(pages) > 7
    assert logged == []
    assert dict(load.errors) == {}
    assert load.visitors >= 5
    assert len(load.clicks()) >= 5
    assert min(load.clicks()) > 0
    assert load.samples[-1].rss_mb > 100
    assert told
    report = load.report()
    assert "p95" in report
    assert "memory:" in report
    calls = {ast.literal_eval(line) for line in heard.read_text(encoding="utf-8").splitlines()}
    assert ("socket.getaddrinfo", "started") in calls, "nobody listened"
    hosts = {str(what[0] if isinstance(what, tuple) else what) for _, what in calls} - {"started"}
    assert hosts <= {"127.0.0.1", "::1", "localhost"}


def test_what_goes_wrong_is_counted(tmp_path: Path) -> None:
    async def ask(path: str) -> None:
        visitor = Visitor("http://127.0.0.1:1")
        await visitor.ask(path)

    with pytest.raises(Problem, match="ConnectionRefused"):
        apart.run(ask, "/")
    log = tmp_path / "server.log"
    log.write_text("all well\na page failed\nTraceback (most recent call last):\n", encoding="utf-8")
    assert bench_load.logged(log) == ["a page failed", "Traceback (most recent call last):"]


@pytest.mark.parametrize("kind", ["exception", "error box", "compile", "lost"])
def test_a_visitor_takes_what_a_user_would_call_an_error(kind: str) -> None:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    visitor = Visitor("http://127.0.0.1:1")
    message = ForwardMsg()
    if kind == "exception":
        message.delta.new_element.exception.type = "ValueError"
        message.delta.new_element.exception.message = "no such thing"
    elif kind == "error box":
        alert = message.delta.new_element.alert
        alert.body, alert.format = "Something failed", alert.ERROR
    elif kind == "compile":
        message.script_finished = ForwardMsg.FINISHED_WITH_COMPILE_ERROR
    else:
        message.page_not_found.page_name = "nowhere"
    visitor._take(message)
    said = {"exception": "ValueError: no such thing", "error box": "Something failed", "compile": "does not compile"}
    assert said.get(kind, "page not found") in str(visitor.problem)


def test_growth_is_that_of_the_last_quarter_over_the_second() -> None:
    load = Load("", None, 1, 400, 1)  # type: ignore[arg-type]
    load.samples = [Sample(t, 300 if t < 100 else 400 + 0.1 * t, 10, 10, t / 2, 1) for t in range(0, 401, 10)]
    assert load.growth() == pytest.approx((400 + 35) / (400 + 14.5) - 1, rel=0.01)
    assert load.slope_mb_per_min() == pytest.approx(6, rel=0.01)


def test_clicks_of_a_broken_page_are_no_measurement() -> None:
    loads = [Load("", None, 1, 1, 1) for _ in range(2)]  # type: ignore[arg-type]
    loads[0].times["filter"] += [0.1] * 9
    loads[1].times["map"] += [0.5]
    loads[1].times["open"] += [9.0]
    assert p95_ms(*loads) == pytest.approx(1000 * (0.1 + 0.55 * 0.4))
    loads[1].errors["it broke"] += 1
    with pytest.raises(RuntimeError, match="it broke"):
        p95_ms(*loads)
