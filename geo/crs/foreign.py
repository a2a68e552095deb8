"""Check a CRS given as text by a user before PROJ parses it: bounded in length, and without a file name or URL.

PROJ's parsing time is quadratic in the number of parameters, and it holds the interpreter lock meanwhile. PROJ also
opens any grid or definition file that the text names, even a named pipe, on which it would wait forever.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

import pyproj

from geo.base.told import told
from geo.errors import CRSError

__all__ = ["LONGEST", "read_crs"]

#: Maximum length in characters. The longest CRS of the EPSG registry has some 12,000 as WKT; PROJ parses 32,768
#: characters in at most 0.2 s.
LONGEST = 32_768
_DEEPEST = 40
# Where a CRS text can name a file: a parameter of a PROJ string, WKT or PROJJSON, or the authority before the code.
# Each pattern takes linear time: its quantifiers are possessive (no backtracking), or it has none that can be long.
_BLANKS_AROUND = re.compile(r"(?<!\s)\s*+=\s*+")
_BETWEEN_PARAMETERS = re.compile(r"[\s+]")
_OF_FILES = re.compile(r"(?:\b(?:init|catalog)|grids|file)=", re.IGNORECASE)
_PARAMETER_FILE = re.compile(r"""\bPARAMETERFILE\s*+\[\s*+"(?:[^"]|"")*+"\s*+,\s*+"([^"]*+)""", re.IGNORECASE)
_JSON_TEXT = re.compile(r'"(?:name|value)"\s*+:\s*+"([^"]*+)"', re.IGNORECASE)
_SLASH = re.compile(r"[/\\]")
_REGISTERED = re.compile(r"https?://(?:www\.)?opengis\.net/def/crs[/?][\w./?&=:,-]+", re.IGNORECASE)


def read_crs(given: Any) -> pyproj.CRS:
    """Return the CRS for a code, a text or a `pyproj.CRS`, without opening a file or URL for it.

    Parameters
    ----------
    given : int, str or pyproj.CRS
        Such as ``4490``, ``"4490"``, ``"EPSG:4490"``, WKT, PROJJSON or a PROJ string.

    Raises
    ------
    CRSError
        If PROJ does not know the CRS, or the text is too long, nested too deeply or names a file. The message says
        which; the caller adds what to give instead.

    Notes
    -----
    At most a second of processor time for any text.

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
            warnings.simplefilter("ignore")  # about an old notation, which the sender of the file cannot change
            return pyproj.CRS.from_user_input(given)
    except (pyproj.exceptions.ProjError, ValueError, TypeError, RecursionError):
        raise told(CRSError, "refused.crs", crs=_shown(given)) from None


def _look_at(words: str) -> None:
    if len(words) > LONGEST:
        raise told(CRSError, "refused.crs_long", count=str(len(words)), most=str(LONGEST))
    depth = deepest = 0
    for bracket in re.findall(r"[\[({]|[\])}]", words):
        depth += 1 if bracket in "[({" else -1
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise told(CRSError, "refused.crs_nested", crs=_shown(words), count=deepest)
    if _names_a_file(words) and not _REGISTERED.fullmatch(words.strip()):
        raise told(CRSError, "refused.crs_file", crs=_shown(words))


def _names_a_file(words: str) -> bool:
    """Return whether a file is named by a parameter, or by what stands before a code; linear in the length."""
    if not _SLASH.search(words):
        return False
    for parameter in _BETWEEN_PARAMETERS.split(_BLANKS_AROUND.sub("=", words)):
        *before, _ = _SLASH.split(parameter)
        if before and _OF_FILES.search("/".join(before)):
            return True
    if any(_SLASH.search(name) for name in _PARAMETER_FILE.findall(words)):
        return True
    for name in _JSON_TEXT.findall(words):
        stem, _, ending = name.rpartition(".")
        if _SLASH.search(stem) and re.fullmatch(r"\w+", ending):
            return True
    folder, *rest = _SLASH.split(words.strip(), maxsplit=1)  # such as "/folder/definitions:1234"
    name, colon, _ = "".join(rest).partition(":")
    return (
        bool(colon)
        and not re.search(r"\s", words.strip())
        and not set("[{+") & set(folder)
        and not set("[{") & set(name)
    )


def _shown(given: Any) -> str:
    return repr(str(given)[:80])
