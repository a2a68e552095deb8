"""The atlas of the whole layout, made in a child process (`geo.base.confined`), which tells how far it is."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from geo.atlas.atlas import Atlas
from geo.base.confined import Bounds, run
from geo.base.files import scratch_folder
from geo.base.told import told
from geo.errors import DataError

__all__ = ["atlas_pdf_apart", "work"]

_FILE, _SHARE = "atlas.pdf", "share"

#: Ten times what a layout of fifty places takes; it steps back behind the pages.
_BOUNDS = Bounds(memory_bytes=8 << 30, seconds=240, clock_seconds=900, file_bytes=256 << 20, nice=10)


def atlas_pdf_apart(
    atlas: Atlas, *, language: str, paper: str = "a4", watch: Callable[[float], object] | None = None
) -> bytes:
    """Return the atlas of everything that an atlas of layers holds, as `geo.render.atlas.book.atlas_pdf`.

    Parameters
    ----------
    atlas : Atlas
        Its folder is read again by the child.
    language : str
    paper : {"a4", "a3"}
    watch : callable, optional
        Called some twenty times a second with the share that is done, 0 to 1; what it raises ends the child.

    Raises
    ------
    DataError
        If the child ended without an atlas, or found other layers than those of the atlas; and what `atlas_pdf` raises.

    Notes
    -----
    A second more than in this process, and the same bytes.
    """
    layers = str(Path(atlas.folder).resolve())
    job = {"layers": layers, "digest": atlas.digest, "language": language, "paper": paper}
    with scratch_folder("atlas") as made:
        folder, share = Path(made), 0.0

        def look() -> None:
            nonlocal share
            with contextlib.suppress(OSError, ValueError):  # not yet, or just being written: as before
                share = float((folder / _SHARE).read_text(encoding="ascii"))
            if watch is not None:
                watch(share)

        run(__name__, job, folder, _FILE, _BOUNDS, drivers=("GeoJSON",), pandas=True, watch=look, ended="atlas.ended.")
        return (folder / _FILE).read_bytes()


def work(job: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Make the atlas that a job asks for, in the child; the file lies in the folder."""
    from geo.render.atlas.book import atlas_pdf  # the app starts without what writes PDF

    atlas = Atlas.load(job["layers"])
    if atlas.digest != job["digest"]:  # they were built anew meanwhile: it would be kept as the atlas of the old
        raise told(DataError, "atlas.ended.data")
    view = atlas.select(language=job["language"])

    def tell(share: float) -> None:
        (folder / _SHARE).write_text(f"{share:.3f}", encoding="ascii")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a font is missing is told on the page
        (folder / _FILE).write_bytes(atlas_pdf(view, paper=job["paper"], tell=tell))
    return {}
