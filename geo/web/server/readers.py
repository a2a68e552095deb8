"""A queue for reading files: users take turns and see their place in it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from geo.base.cores import cores
from geo.base.told import told
from geo.errors import DataError

__all__ = ["MOST_WAITING", "Turns", "turns"]

#: Longest queue; with more, the last would wait for an hour.
MOST_WAITING = 40
_LOOK_S = 0.25


@dataclass(eq=False, slots=True)
class _Ticket:
    owner: str
    reads: bool = False


class Turns:
    """A fair queue: whoever had a turn longest ago comes first, so ten files of one visitor delay another by one file.

    Parameters
    ----------
    at_once : int
        Number of turns at the same time.
    waiting : int
        Most tickets that may wait.
    """

    def __init__(self, at_once: int, waiting: int = MOST_WAITING) -> None:
        self._at_once, self._most = at_once, waiting
        self._changed = threading.Condition()
        self._tickets: list[_Ticket] = []  # in order of arrival
        self._turns, self._last = 0, dict[str, int]()  # owner → number of the owner's last turn

    @contextmanager
    def take(self, owner: str, tell: Callable[[int], object]) -> Iterator[None]:
        """Wait for a turn, and hold it during the block.

        Parameters
        ----------
        owner : str
            Owner of the turn; the turns of one owner count together.
        tell : callable
            Called several times a second while waiting, with the number of tickets ahead; an exception that it raises
            leaves the queue.

        Raises
        ------
        DataError
            If too many tickets wait already; the message is in every language.
        """
        ticket = _Ticket(owner)
        with self._changed:
            if sum(not other.reads for other in self._tickets) >= self._most:
                raise told(DataError, "data.queue.full")
            self._tickets.append(ticket)
        try:
            while (place := self._place(ticket)) is not None:
                tell(place)
                with self._changed:
                    self._changed.wait(_LOOK_S)
            yield
        finally:
            with self._changed:
                self._tickets.remove(ticket)
                if not any(other.owner == owner for other in self._tickets):
                    self._last.pop(owner, None)
                self._changed.notify_all()

    def _place(self, ticket: _Ticket) -> int | None:
        """Start the turn of a ticket and return None, or return the number of tickets ahead."""
        with self._changed:
            reading = [other for other in self._tickets if other.reads]
            mine: Counter[str] = Counter(other.owner for other in reading)
            order: list[tuple[int, int, _Ticket]] = []
            for other in self._tickets:
                if not other.reads:
                    order.append((mine[other.owner], self._last.get(other.owner, 0), other))
                    mine[other.owner] += 1
            order.sort(key=lambda entry: entry[:2])  # the sort is stable, so equals stay in order of arrival
            before = next(place for place, entry in enumerate(order) if entry[2] is ticket)
            if len(reading) + before < self._at_once:
                ticket.reads = True
                self._turns += 1
                self._last[ticket.owner] = self._turns
                return None
            return len(reading) + before


#: The queue of this process; one processor is left for the pages.
turns = Turns(max(1, min(4, cores() - 1)))
