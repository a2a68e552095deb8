"""The atlas to print as the app hands it on: made once for a data set, language and paper, one at a time, and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable

from geo.atlas.atlas import Atlas
from geo.render.atlas.apart import atlas_pdf_apart
from geo.web.server.readers import Turns

__all__ = ["Books", "books"]


class Books:
    """The atlases that were made, and the queue of those who wait for one.

    Parameters
    ----------
    make : callable
        As `geo.render.atlas.apart.atlas_pdf_apart`.
    """

    def __init__(self, make: Callable[..., bytes] = atlas_pdf_apart) -> None:
        self._make = make
        self._turns = Turns(1)
        self._held: dict[tuple[str, str, str], bytes] = {}
        self._lock = threading.Lock()

    def kept(self, atlas: Atlas, language: str, paper: str) -> bytes | None:
        """Return the atlas if it was made, else None."""
        with self._lock:
            return self._held.get((atlas.digest, language, paper))

    def made(
        self,
        atlas: Atlas,
        language: str,
        paper: str,
        owner: str,
        *,
        wait: Callable[[int], object],
        watch: Callable[[float], object],
    ) -> bytes:
        """Return the atlas, making it when the turn comes.

        Parameters
        ----------
        atlas : Atlas
        language, paper : str
        owner : str
            Whose turn it is.
        wait : callable
            Called while others have their turn, with the number of those who come before; what it raises leaves the
            queue.
        watch : callable
            Called while it is made, with the share that is done; what it raises ends the making, and whoever waits
            for the same begins anew.

        Raises
        ------
        DataError
            If too many wait already, or it could not be made.
        """
        with self._turns.take(owner, wait):
            found = self.kept(atlas, language, paper)
            if found is None:  # nobody made the same meanwhile
                found = self._make(atlas, language=language, paper=paper, watch=watch)
                with self._lock:
                    self._held = {key: body for key, body in self._held.items() if key[0] == atlas.digest}
                    self._held[atlas.digest, language, paper] = found
            return found


#: Those of this process: languages times papers of one data set, a few megabytes.
books = Books()
