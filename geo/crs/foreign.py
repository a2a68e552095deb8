"""Check a CRS that comes as text from outside before PROJ reads it: not endless, and naming no file or address.

PROJ takes quadratic time over the parameters of a text and lets no other thread run meanwhile; it opens what a text
names as its grid or its table of definitions, be that a pipe on which it waits for ever.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

import pyproj

from geo.base.told import told
from geo.errors import CRSError

__all__ = ["LONGEST", "read_crs"]

#: Characters. The longest CRS of the EPSG registry has some 12,000 as WKT; PROJ takes 0.2 s at most over so many.
LONGEST = 32_768
_DEEPEST = 40
# Where a file may be named: a parameter of a PROJ text, of WKT or of PROJJSON, or what stands before the code.
_NAMES_A_FILE = re.compile(
    r"""\b(?:init|\w*grids|\w*file|catalog)\s*=\s*[^\s+]*[/\\]
      | \bPARAMETERFILE\s*\[\s*"(?:[^"]|"")*"\s*,\s*"[^"]*[/\\]
      | "(?:name|value)"\s*:\s*"[^"]*[/\\][^"]*\.\w+"
      | ^\s*[^\s\[{+]*[/\\][^\s\[{]*:[^\s]*\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_REGISTERED = re.compile(r"https?://(?:www\.)?opengis\.net/def/crs[/?][\w./?&=:,-]+", re.IGNORECASE)


def read_crs(given: Any) -> pyproj.CRS:
    """Return the CRS that a text, a code or a `pyproj.CRS` stands for; nothing is opened or asked for it.

    Parameters
    ----------
    given : int, str or pyproj.CRS
        Such as ``4490``, ``"4490"``, ``"EPSG:4490"``, WKT, PROJJSON or a PROJ text.

    Raises
    ------
    CRSError
        If PROJ does not know it, or it is too long, nested too deep or names a file; the message says which, and
        leaves it to the caller to say what to give instead.

    Notes
    -----
    At most a second of processor time, whatever the text.

    Examples
    --------
    >>> read_crs("3857").to_epsg()
    3857
    >>> read_crs("+proj=longlat +nadgrids=http://127.0.0.1/a.gtx")
    Traceback (most recent call last):
    geo.errors.CRSError: the CRS '+proj=longlat +nadgrids=http://127.0.0.1/a.gtx' names a file, which is not opened
    """
    if isinstance(given, str):
        _look_at(given)
        given = int(given) if given.isdecimal() and len(given) < 10 else given
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an old notation, which is no news to who was handed the file
            return pyproj.CRS.from_user_input(given)
    except (pyproj.exceptions.ProjError, ValueError, TypeError, RecursionError):
        raise told(CRSError, "refused.crs", crs=_shown(given)) from None


def _look_at(words: str) -> None:
    if len(words) > LONGEST:
        raise CRSError(f"a CRS of {len(words)} characters was given; no CRS has more than {LONGEST}")
    depth = deepest = 0
    for bracket in re.findall(r"[\[({]|[\])}]", words):
        depth += 1 if bracket in "[({" else -1
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise CRSError(f"the CRS {_shown(words)} is nested {deepest} levels deep, as no CRS is")
    if _NAMES_A_FILE.search(words) and not _REGISTERED.fullmatch(words.strip()):
        raise CRSError(f"the CRS {_shown(words)} names a file, which is not opened")


def _shown(given: Any) -> str:
    return repr(str(given)[:80])
