"""A flood of log records is cut to some of each kind a minute, and counted."""

from __future__ import annotations

import logging

import pytest

from geo.web.server import logs
from geo.web.server.logs import PER_MINUTE, Sparing


class Told(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def told() -> Told:
    return Told()


def logger(told: Told, filtered: logging.Filter) -> logging.Logger:
    made = logging.Logger("test")
    made.addHandler(told)
    made.addFilter(filtered)
    return made


def test_a_flood_is_cut_and_counted(told: Told) -> None:
    now = [0.0]
    log = logger(told, Sparing(lambda: now[0]))

    def bad(i: int) -> None:
        log.warning("bad request %d", i)

    for i in range(10_000):
        bad(i)
    assert len(told.lines) == PER_MINUTE
    assert told.lines[0] == "bad request 0"
    assert told.lines[-1].startswith(f"bad request {PER_MINUTE - 1} (more of its kind")
    now[0] = 61
    for i in range(2):
        bad(i)
        log.error("another %s", "line")
    assert told.lines[PER_MINUTE:] == [
        f"bad request 0 (and {10_000 - PER_MINUTE:,} more of its kind before)",
        "another line",
        "bad request 1",
        "another line",
    ]


def test_lines_of_code_do_not_speak_for_each_other(told: Told) -> None:
    log = logger(told, Sparing(lambda: 0.0))
    for _ in range(PER_MINUTE * 3):
        log.warning("one")
        log.warning("two")
    assert (sum("one" in line for line in told.lines), len(told.lines)) == (PER_MINUTE, 2 * PER_MINUTE)


def test_what_is_to_be_filled_in_stays_as_it_is(told: Told) -> None:
    """A message that holds a percent sign once it is filled in is not filled in again."""
    log = logger(told, Sparing(lambda: 0.0))
    for _ in range(PER_MINUTE):
        log.warning("%s", "100 % of %s")
    assert told.lines[-1].startswith("100 % of %s (more")


def test_it_is_put_on_every_logger_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sparing = Sparing()
    monkeypatch.setattr(logs, "_sparing", sparing)
    known = [logging.getLogger(name) for name in ("asyncio", "uvicorn.error", "geo.tests.late")]
    known.append(logging.getLogger())
    assert logs.spare() >= len(known)
    logs.spare()
    try:
        assert [one.filters.count(sparing) for one in known] == [1] * len(known)
    finally:
        for one in [logging.root, *logging.root.manager.loggerDict.values()]:
            if isinstance(one, logging.Logger):
                one.removeFilter(sparing)
