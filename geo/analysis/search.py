"""Search an atlas by 中文, pinyin (full, initials or mixed) or English, with tolerance for one wrong character."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import shapely

from geo.analysis.labels import district_words
from geo.atlas.atlas import Atlas
from geo.base.fold import fold
from geo.base.messages import text
from geo.base.traditional import simplified

__all__ = [
    "KINDS",
    "LONGEST",
    "WORST",
    "Index",
    "Named",
    "kind_text",
    "named",
    "readings",
    "spelled_characters",
    "zoom_to",
]

#: Order of kinds among equally good hits; places come first.
KINDS = (
    *("place", "district", "cluster", "measure", "institution", "policy"),
    *("station", "line", "township", "service"),
)

#: Shortest query that may have one wrong character: with two Chinese characters the other one alone says too little.
_FEWEST_CHINESE, _FEWEST_LETTERS = 3, 5

#: English words longer than this may be plurals.
_FEWEST_PLURAL = 4

#: Chinese numerals of metro lines, as they are spoken.
_DIGITS = ("一", "二", "三", "四", "五", "六", "七", "八", "九")
_NUMERALS = (*_DIGITS, "十", *("十" + one for one in _DIGITS))
_LINE = re.compile(rf"({'|'.join(sorted(_NUMERALS, key=len, reverse=True))})(?=号线)")

#: Only this many characters of a name are searchable by pinyin, since a search looks at each of them.
_SPELLED = 200

#: Maximum length of a query in characters.
LONGEST = 80

#: Zoom at which a map shows a hit of this kind; 15 for all others.
_ZOOMS = {"line": 11, "township": 13}

# Scores; smaller is better.
_EXACT, _PREFIX, _INSIDE, _SINGULAR, _PINYIN, _PINYIN_INSIDE = range(6)

#: The worst score of a hit that contains the query; hits of `Index.near` score higher.
WORST = _PINYIN_INSIDE


#: Kind, role of its basemap layer, id column.
_BASEMAP = (("station", "station", "station_id"), ("line", "rail", "line_id"), ("township", "township", "township_id"))


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that can be found, or that was found.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    id, name_zh, name_en : str
        Names; "" if there is none.
    lon, lat : float or None
        Location in WGS 84 degrees.
    more : tuple of str
        Other names.
    score : int
        How well the thing matches the query; smaller is better.
    """

    kind: str
    id: str
    name_zh: str
    name_en: str
    lon: float | None
    lat: float | None
    more: tuple[str, ...] = ()
    score: int = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    named: Named
    keys: tuple[str, ...]
    spelled: tuple[tuple[tuple[str, ...], ...], ...]


def kind_text(atlas: Atlas, kind: str, language: str) -> str:
    """Return the name of a kind of hit; for districts the city's own word."""
    return district_words(atlas, language) if kind == "district" else text(f"search.kind.{kind}", language)


def zoom_to(kind: str) -> int:
    """Return the zoom at which a map shows a hit that is not a place of the layout."""
    return _ZOOMS.get(kind, 15)


class Index:
    """A search index of everything in an atlas, with its pinyin.

    Notes
    -----
    Building the index spells about 1,700 names: about 0.6 s. A search compares every entry: a few milliseconds.
    """

    def __init__(self, atlas: Atlas) -> None:
        self._entries = list(_entries(atlas))

    @staticmethod
    def _plain(text: str) -> str:
        """Return a query in the usual spelling of names: simplified characters, toneless pinyin, lines by number."""
        plain = "".join(c for c in unicodedata.normalize("NFD", text[:LONGEST]) if not unicodedata.combining(c))
        return _LINE.sub(lambda found: str(_NUMERALS.index(found[1]) + 1), fold(simplified(plain)))

    def near(self, text: str, limit: int = 5) -> list[Named]:
        """Return suggestions for a text without hits: names that differ in one character, best first.

        Parameters
        ----------
        text : str
            At least three Chinese characters or five letters; shorter texts would match too much.
        limit : int
            Maximum number of hits.
        """
        query = self._plain(text)
        fewest = _FEWEST_LETTERS if query.isascii() else _FEWEST_CHINESE
        if len(query) < fewest:
            return []
        pool: dict[str, list[_Entry]] = {}
        for entry in self._entries:
            whole = ("".join(readings[0] for readings in syllables) for syllables in entry.spelled)
            for key in dict.fromkeys((*entry.keys, *whole)):
                if abs(len(key) - len(query)) <= 1:
                    pool.setdefault(key, []).append(entry)
        # Similarity left when one of n characters is wrong, missing, superfluous or swapped with its neighbour.
        alike = 1 - 1 / len(query) - 0.01
        keys = difflib.get_close_matches(query, list(pool), n=limit, cutoff=alike)
        found = {(one.kind, one.id): one for key in keys for one in (entry.named for entry in pool[key])}
        return [replace(one, score=WORST + 1) for one in list(found.values())[:limit]]

    def search(self, text: str, limit: int = 12) -> list[Named]:
        """Return the best hits for a text, best first.

        Parameters
        ----------
        text : str
            中文 ("北园"), initials ("by"), pinyin ("beiyuan", "beiy"), English ("north park") or an id.
        limit : int
            Maximum number of hits.
        """
        query = self._plain(text)
        if not query:
            return []
        asked = dict.fromkeys((fold(text[:LONGEST]), query))
        found = []
        # Names use the singular: "parks" also finds names with "park", ranked after exact matches.
        single = query[:-1] if query.isascii() and query[-1] == "s" and len(query) > _FEWEST_PLURAL else ""
        for entry in self._entries:
            score = min((s for one in asked if (s := _score(one, entry)) is not None), default=None)
            if score is None and single and any(single in key for key in entry.keys):
                score = _SINGULAR
            if score is not None:
                shortest = min(len(key) for key in entry.keys)
                found.append((score, KINDS.index(entry.named.kind), shortest, entry.named.id, entry.named))
        found.sort(key=lambda item: item[:4])
        return [replace(one, score=score) for score, _, _, _, one in found[:limit]]


def _score(query: str, entry: _Entry) -> int | None:
    best: int | None = None
    for key in entry.keys:
        if key == query:
            return _EXACT
        if key.startswith(query):
            best = _PREFIX
        elif query in key and (best is None or best > _INSIDE):
            best = _INSIDE
    if best is None and query.isascii() and query.isalnum():
        for syllables in entry.spelled:
            start = next(_spelled_at(query, syllables), None)
            if start is not None:
                score = _PINYIN if start == 0 else _PINYIN_INSIDE
                best = score if best is None else min(best, score)
    return best


def _spelled_at(query: str, syllables: tuple[tuple[str, ...], ...]) -> Iterator[int]:
    """Yield the positions from which successive characters spell the query, each by a prefix of one of its readings."""

    @cache
    def matches(at: int, character: int) -> bool:
        if at == len(query):
            return True
        if character == len(syllables):
            return False
        return any(
            query.startswith(reading[:length], at) and matches(at + length, character + 1)
            for reading in syllables[character]
            for length in range(len(reading), 0, -1)
        )

    for start in range(len(syllables)):
        if matches(0, start):
            yield start


def _spell(names: list[str]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    wanted = [spelled_characters(name) for name in names]
    return tuple(
        tuple(own[character] for character in name)
        for name in wanted
        if any(map(_is_chinese, name))
        for own in (readings(name),)
    )


def _is_chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def spelled_characters(name: str) -> str:
    """Return the characters of a name that pinyin finds: Chinese characters, ASCII letters and digits."""
    return "".join(c for c in name[:_SPELLED] if _is_chinese(c) or (c.isascii() and c.isalnum()))


def readings(characters: str) -> dict[str, tuple[str, ...]]:
    """Return the readings of each character, the usual one first; a non-Chinese character is its own reading."""
    from pypinyin import Style, pinyin  # here, since its dictionaries are large

    found = pinyin(list(characters), style=Style.NORMAL, heteronym=True)
    return {
        character: tuple(dict.fromkeys(reading.casefold() for reading in own))
        for character, own in zip(characters, found, strict=True)
    }


def _entries(atlas: Atlas) -> Iterator[_Entry]:
    for one in named(atlas):
        names = [name for name in (one.name_zh, one.name_en, *one.more) if name]
        # An English name is also found by each of its words.
        words = [fold(word) for word in one.name_en.split() if len(word) > 1]
        keys = tuple(dict.fromkeys([*(fold(name) for name in names), fold(one.id), *words]))
        yield _Entry(replace(one, name_en=one.name_en or one.name_zh), keys, _spell(names))


def named(atlas: Atlas) -> Iterator[Named]:
    """Yield everything that can be found; equally good hits keep this order."""

    def one(kind: str, identifier: str, zh: Any, en: Any, lon: float | None, lat: float | None, *more: Any) -> Named:
        zh, en = (name if isinstance(name, str) else "" for name in (zh, en))
        return Named(kind, identifier, zh, en, lon, lat, tuple(name for name in more if isinstance(name, str) and name))

    places = atlas.rows("places")
    for place in atlas.places.reset_index().itertuples():
        more = [place.short_zh, place.short_en, *places[place.place_id]["aliases"]]
        kind = "district" if atlas.roles[place.kind] in ("city", "district") else "place"
        yield one(kind, place.place_id, place.name_zh, place.name_en, place.label_lon, place.label_lat, *more)
    for row in atlas.institutions.reset_index().itertuples():
        point = row.geometry
        lon, lat = (point.x, point.y) if point is not None else (None, None)
        yield one("institution", row.institution_id, row.name_zh, row.name_en, lon, lat)
    for row in atlas.table("clusters").to_dict("records"):
        yield one("cluster", row["cluster_id"], row["name_zh"], row["name_en"], None, None)
    for row in atlas.table("measures").to_dict("records"):
        yield one("measure", row["measure_id"], row["label_zh"], row["label_en"], None, None)
    for row in atlas.table("filed_services").to_dict("records"):
        yield one("service", row["filing_no"], row["name"], row["name"], None, None)
    layers = atlas.table("basemap")
    for kind, role, key in _BASEMAP:
        for layer in layers.loc[layers["role"] == role, "layer_id"]:
            for row in atlas.basemap(layer).to_dict("records"):
                point = shapely.point_on_surface(row["geometry"])
                yield one(kind, row[key], row["name_zh"], row["name_en"], point.x, point.y)
    for item in atlas.table("policy").to_dict("records"):
        yield one("policy", item["policy_id"], item["text_zh"], item["text_en"], None, None)
