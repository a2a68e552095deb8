"""Keep the log from being flooded: each line of code may log so many records a minute; the rest are counted.

A stranger who opens broken connections as fast as a machine can makes some line of a library log each of them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

__all__ = ["PER_MINUTE", "Sparing", "spare"]

#: Records of one line of code in a minute; a traceback is one record.
PER_MINUTE = 20

_MINUTE_S = 60.0


class Sparing(logging.Filter):
    """Let the first records of each origin pass in a minute; the next that passes says how many did not.

    Parameters
    ----------
    clock : callable, optional
        Seconds; for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        #: Origin → when its minute began, records in it, records left out.
        self._seen: dict[tuple[str, str, int], tuple[float, int, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is to be logged; one after a flood carries the number of those that were not."""
        origin, now = (record.name, record.pathname, record.lineno), self._clock()
        with self._lock:
            began, count, left_out = self._seen.get(origin, (now, 0, 0))
            if now - began >= _MINUTE_S:
                began, count = now, 0
            if count >= PER_MINUTE:
                self._seen[origin] = (began, count, left_out + 1)
                return False
            self._seen[origin] = (began, count + 1, 0)
        if left_out:
            record.msg, record.args = f"{record.getMessage()} (and {left_out:,} more of its kind before)", None
        elif count + 1 == PER_MINUTE:
            record.msg, record.args = f"{record.getMessage()} (more of its kind within a minute are counted only)", None
        return True


_sparing = Sparing()


def spare() -> int:
    """Put the filter on every logger that there is; return how many. Loggers that come later are for a later call."""
    # A filter of a handler would do, but Streamlit gives each logger a handler of its own.
    loggers = [
        logging.root,
        *(one for one in list(logging.root.manager.loggerDict.values()) if isinstance(one, logging.Logger)),
    ]
    for logger in loggers:
        logger.addFilter(_sparing)  # which adds it once
    return len(loggers)
