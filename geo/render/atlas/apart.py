"""Make the atlas of the whole layout in a child process (`geo.base.confined`), with reports of its progress."""

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

#: Ten times what a layout of fifty places takes; the priority is below that of the pages.
_BOUNDS = Bounds(memory_bytes=8 << 30, seconds=240, clock_seconds=900, file_bytes=256 << 20, nice=10)


def atlas_pdf_apart(
    atlas: Atlas, *, language: str, paper: str = "a4", watch: Callable[[float], object] | None = None
) -> bytes:
    """Return the atlas of all layers, as `geo.render.atlas.book.atlas_pdf` makes it.

    Parameters
    ----------
    atlas : Atlas
        The child process reads its folder again.
    language : str
    paper : {"a4", "a3"}
    watch : callable, optional
        Called some twenty times a second with the share done, 0 to 1; an exception that it raises ends the child.

    Raises
    ------
    DataError
        If the child ended without a result, or found other layers than those of `atlas`; and whatever `atlas_pdf`
        raises.

    Notes
    -----
    A second slower than in this process; the same bytes.
    """
    layers = str(Path(atlas.folder).resolve())
    job = {"layers": layers, "digest": atlas.digest, "language": language, "paper": paper}
    with scratch_folder("atlas") as made:
        folder, share = Path(made), 0.0

        def look() -> None:
            nonlocal share
            with contextlib.suppress(OSError, ValueError):  # not there yet, or just being written: keep the last value
                share = float((folder / _SHARE).read_text(encoding="ascii"))
            if watch is not None:
                watch(share)

        run(__name__, job, folder, _FILE, _BOUNDS, drivers=("GeoJSON",), pandas=True, watch=look, ended="atlas.ended.")
        return (folder / _FILE).read_bytes()


def work(job: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Make the atlas for a job, in the child process; the PDF is written to the folder."""
    from geo.render.atlas.book import atlas_pdf  # imported here, so that the app starts without the PDF writer

    atlas = Atlas.load(job["layers"])
    if atlas.digest != job["digest"]:  # rebuilt meanwhile: the result would be kept as the atlas of the old layers
        raise told(DataError, "atlas.ended.data")
    view = atlas.select(language=job["language"])

    def tell(share: float) -> None:
        (folder / _SHARE).write_text(f"{share:.3f}", encoding="ascii")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a missing font is reported on the page
        (folder / _FILE).write_bytes(atlas_pdf(view, paper=job["paper"], tell=tell))
    return {}
