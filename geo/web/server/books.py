"""Printed atlases made by the app: one at a time, once per data set, language and paper, and then kept.

Made in a thread of the server, because the run of a page ends at the visitor's next click.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from geo.atlas.atlas import Atlas
from geo.base.told import told
from geo.errors import DataError, GeoError
from geo.render.atlas.apart import atlas_pdf_apart

__all__ = ["Book", "Books", "books"]

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Book:
    """A requested atlas.

    Attributes
    ----------
    share : float
        Share of the work done, 0 to 1.
    body : bytes or None
        The PDF, once finished.
    error : GeoError or None
        The error, if it failed.
    ended : threading.Event
        Set once `body` or `error` is set.
    """

    share: float = 0.0
    body: bytes | None = None
    error: GeoError | None = None
    ended: threading.Event = field(default_factory=threading.Event)


class Books:
    """The requested atlases.

    Parameters
    ----------
    make : callable
        Function that makes an atlas, with the signature of `geo.render.atlas.apart.atlas_pdf_apart`.
    """

    def __init__(self, make: Callable[..., bytes] = atlas_pdf_apart) -> None:
        self._make = make
        self._held: dict[tuple[str, str, str], Book] = {}
        self._waiting: list[tuple[Book, Atlas, str, str]] = []  # the first one is in progress
        self._lock = threading.Lock()

    def of(self, atlas: Atlas, language: str, paper: str) -> Book | None:
        """Return a requested atlas, None if it was not requested."""
        with self._lock:
            return self._held.get((atlas.digest, language, paper))

    def before(self, book: Book) -> int:
        """Return the number of atlases made before this one; 0 if it is in progress."""
        with self._lock:
            return next((place for place, entry in enumerate(self._waiting) if entry[0] is book), 0)

    def ask(self, atlas: Atlas, language: str, paper: str) -> Book:
        """Return the atlas if it was requested before; otherwise, or if it failed, queue it."""
        with self._lock:
            key = atlas.digest, language, paper
            found = self._held.get(key)
            if found is not None and found.error is None:
                return found
            self._held = {one: book for one, book in self._held.items() if one[0] == atlas.digest}
            book = self._held[key] = Book()
            self._waiting.append((book, atlas, language, paper))
            if len(self._waiting) == 1:
                threading.Thread(target=self._work, name="atlas", daemon=True).start()
            return book

    def _work(self) -> None:
        """Make the queued atlases one after the other; only one thread runs this."""
        while True:
            with self._lock:
                book, atlas, language, paper = self._waiting[0]

            def watch(share: float, book: Book = book) -> None:
                book.share = share

            try:
                book.body = self._make(atlas, language=language, paper=paper, watch=watch)
            except GeoError as error:
                book.error = error
            except Exception:  # shown on the page; the queue goes on
                _log.exception("an atlas could not be made")
                book.error = told(DataError, "web.error")
            with self._lock:
                self._waiting.pop(0)
                book.ended.set()
                if not self._waiting:
                    return


#: The atlases of this process: languages × papers of one data set, a few megabytes.
books = Books()
