"""Rate limit of the log: each line of code may log a number of records per minute; the others are counted.

Otherwise a client that opens many broken connections would make a library log each of them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

__all__ = ["PER_MINUTE", "Sparing", "spare"]

#: Records per line of code and minute; a traceback is one record.
PER_MINUTE = 20

_MINUTE_S = 60.0


class Sparing(logging.Filter):
    """Passes the first records of each origin in a minute; the next one that passes states how many were dropped.

    Parameters
    ----------
    clock : callable, optional
        Returns seconds; replaced in tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        #: Origin → start of its minute, records passed, records dropped.
        self._seen: dict[tuple[str, str, int], tuple[float, int, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to log a record; after a flood, add the number of dropped records to its message."""
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
    """Add the filter to every existing logger and return their number; call again for loggers created later."""
    # On loggers, not on a handler, because Streamlit gives each logger its own handler.
    loggers = [
        logging.root,
        *(one for one in list(logging.root.manager.loggerDict.values()) if isinstance(one, logging.Logger)),
    ]
    for logger in loggers:
        logger.addFilter(_sparing)  # adding it twice has no effect
    return len(loggers)
