"""The meaning of column names, by names and parts of names in ``geo/data/column_names.csv`` (中文 and English)."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import accumulate

__all__ = ["NameMatch", "fold_name", "is_column_name", "match_name", "missing_words", "stated_datum", "words_of"]

_NOISE = re.compile(r"[\s_\-.:/\\()\[\]{}<>（）【】《》“”\"'`·、，,°]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ASCII_WORDS = re.compile(r"[a-z]+\d*|[^\x00-\x7f]+|\d+")
#: Most characters of a name that are examined. A question of a survey has about 300; normalising a text takes quadratic
#: time where many combining marks follow one letter.
_LOOKED_AT = 500
_KEPT = 8192  # twice as many as the columns a table may have
_AXES = ("lon", "lat")
#: Roles of cells rather than of columns.
_OF_CELLS = ("missing", "total", "remark", "unit")


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A meaning of a column's name.

    Attributes
    ----------
    role : str
        ``lon``, ``lat``, ``x``, ``y``, ``point``, ``geometry``, ``address``, ``district``, ``township`` or ``code``.
    exact : bool
        Whether the whole name is known, not only a part of it.
    rest : str
        The other part of the name, such as ``start`` in ``start_lng``; the two columns of a pair have the same.
    datum : str
        The datum that the name states, or "".
    """

    role: str
    exact: bool
    rest: str
    datum: str


def fold_name(name: str) -> str:
    """Return a name for comparison: its first 500 characters without case, width, spaces and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name[:_LOOKED_AT]).casefold())


@cache
def _rows() -> tuple[tuple[str, str, str], ...]:
    text = resources.files("geo.data").joinpath("column_names.csv").read_text(encoding="utf-8")
    rows = [(row["role"], row["name"], row["match"]) for row in csv.DictReader(text.splitlines())]
    return tuple(sorted(rows, key=lambda row: -len(row[1])))


@cache
def missing_words() -> frozenset[str]:
    """Return the words that stand for a missing value, lower case."""
    return frozenset(name for role, name, _ in _rows() if role == "missing")


def words_of(role: str, match: str) -> tuple[str, ...]:
    """Return the words by which cells of a role are recognised, longest first, as they are written.

    Parameters
    ----------
    role : {"total", "remark", "unit"}
    match : {"exact", "part"}
        Words that are the whole cell, or a part of it.
    """
    return tuple(name for found, name, how in _rows() if (found, how) == (role, match))


@cache
def _by_name() -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for role, name, _ in _rows():
        if role not in _OF_CELLS:
            names[fold_name(name)] = (*names.get(fold_name(name), ()), role)
    return names


def is_column_name(cell: str) -> bool:
    """Return whether a cell is exactly a known name of a coordinate, address or area column."""
    return len(fold_name(cell)) > 1 and any(not r.startswith("datum") for r in _by_name().get(fold_name(cell), ()))


def match_name(name: str) -> tuple[NameMatch, ...]:
    """Return every meaning that a column's name may have.

    Of parts of the name that overlap, the longest decides. At most 500 characters are examined, which takes at most
    about 1 ms.

    Examples
    --------
    >>> [(m.role, m.rest, m.datum) for m in match_name("gcj02_lng")]
    [('lon', '', 'gcj02')]
    >>> [(m.role, m.rest) for m in match_name("起点经度")]
    [('lon', '起点')]
    """
    return _matched(name[:_LOOKED_AT])


@lru_cache(_KEPT)
def _matched(name: str) -> tuple[NameMatch, ...]:
    text = fold_name(name)
    found = [NameMatch(role, True, "", "") for role in _by_name().get(text, ()) if not role.startswith("datum")]
    if found:
        return tuple(found)
    words = _words(name)
    datum, words = _take(words, "datum_")
    joined = "".join(words)
    matches = []
    for role in ("lon", "lat", "x", "y", "point", "geometry", "address", "district", "township", "code"):
        used, rest = _take(words, role, joined)
        if used:
            matches.append(NameMatch(role, not rest, "".join(rest), datum.removeprefix("datum_")))
    axes = [m for m in matches if m.role in _AXES and words and _take(words[-1:], m.role)[0]]
    if axes:  # "location.lon", "address_lat": the last word says what it is, those before of what
        return tuple(axes)
    shortest = min((len(m.rest) for m in matches), default=0)
    return tuple(m for m in matches if len(m.rest) == shortest)


def stated_datum(name: str) -> str:
    """Return the datum that a column's name states, "" for none.

    Examples
    --------
    >>> stated_datum("百度经度"), stated_datum("经度")
    ('bd09', '')
    """
    return _take(_words(name), "datum_")[0].removeprefix("datum_")


def _words(name: str) -> list[str]:
    """Split a name into words."""
    text = _CAMEL.sub(" ", unicodedata.normalize("NFKC", name[:_LOOKED_AT]))
    return [word for part in _NOISE.split(text.casefold()) for word in _ASCII_WORDS.findall(part)]


def _take(words: list[str], role: str, joined: str | None = None) -> tuple[str, list[str]]:
    """Return the role of the longest known part of a role (or group of roles) in the words, and the other words."""
    joined = "".join(words) if joined is None else joined
    there = [part for part in _parts(role) if part[1] in joined]
    if not there:
        return "", words
    # Where each word begins, and where the last one ends: a known part may be several words, but no piece of one.
    bounds = {at: number for number, at in enumerate(accumulate(map(len, words), initial=0))}
    for found, key in there:
        if not key.isascii():
            for i, word in enumerate(words):
                if key in word:
                    rest = word.replace(key, "", 1)
                    return found, [*words[:i], *([rest] if rest else []), *words[i + 1 :]]
            return found, [joined.replace(key, "", 1)] if joined != key else []
        at = joined.find(key)
        while at >= 0:
            if at in bounds and at + len(key) in bounds:
                return found, words[: bounds[at]] + words[bounds[at + len(key)] :]
            at = joined.find(key, at + 1)
    return "", words


@cache
def _parts(role: str) -> tuple[tuple[str, str], ...]:
    """Return part and role of the known parts of a role, or of roles that begin with it (``datum_``), longest first."""
    return tuple(
        (found, fold_name(name))
        for found, name, match in _rows()
        if match == "part" and (found == role or (role.endswith("_") and found.startswith(role)))
    )
