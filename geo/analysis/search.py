"""Find places, institutions, stations and policy items by 中文, pinyin (whole, initials or mixed) or English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from geo.atlas.atlas import Atlas
from geo.base.fold import fold
from geo.base.optional import needs

__all__ = ["Hit", "Index"]

#: Order of kinds among equally good hits: the map is about places.
_KINDS = ("place", "district", "institution", "policy", "station")

#: Only so many characters of a name can be found by pinyin: a search looks at each.
_SPELLED = 200

# Scores: the smaller the better.
_EXACT, _PREFIX, _INSIDE, _PINYIN, _PINYIN_INSIDE = range(5)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: what it is, its id, names, and where it lies (None where unknown)."""

    kind: str
    id: str
    name_zh: str
    name_en: str
    lon: float | None
    lat: float | None
    score: int


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    id: str
    name_zh: str
    name_en: str
    lon: float | None
    lat: float | None
    keys: tuple[str, ...]
    spelled: tuple[tuple[tuple[str, ...], ...], ...]


class Index:
    """Everything of an atlas that can be searched for, spelled in pinyin once.

    Notes
    -----
    Building spells about 500 names: some 0.2 s. A search compares every entry: a few milliseconds.
    """

    def __init__(self, atlas: Atlas) -> None:
        self._entries = list(_entries(atlas))

    def search(self, text: str, limit: int = 12) -> list[Hit]:
        """Return the best hits for a text, best first.

        Parameters
        ----------
        text : str
            中文 ("北园"), initials ("by"), pinyin ("beiyuan", "beiy"), English ("north park") or an id.
        limit : int
            Most hits to return.
        """
        query = fold(text)
        if not query:
            return []
        found = []
        for entry in self._entries:
            score = _score(query, entry)
            if score is not None:
                shortest = min(len(key) for key in entry.keys)
                found.append((score, _KINDS.index(entry.kind), shortest, entry.id, entry))
        found.sort(key=lambda item: item[:4])
        return [Hit(e.kind, e.id, e.name_zh, e.name_en, e.lon, e.lat, s) for s, _, _, _, e in found[:limit]]


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
    """Yield the positions from which successive characters spell the query, each by a prefix of a reading of it."""

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
    with needs("search", "pypinyin", "app"):
        from pypinyin import Style, pinyin
    spelled = []
    for name in names:
        chinese = "".join(c for c in name[:_SPELLED] if "\u4e00" <= c <= "\u9fff" or (c.isascii() and c.isalnum()))
        if any("\u4e00" <= c <= "\u9fff" for c in chinese):
            readings = pinyin(list(chinese), style=Style.NORMAL, heteronym=True)
            spelled.append(tuple(tuple(dict.fromkeys(r.casefold() for r in options)) for options in readings))
    return tuple(spelled)


def _entries(atlas: Atlas) -> Iterator[_Entry]:
    def entry(kind: str, identifier: str, zh: str, en: str, lon: float | None, lat: float | None, *more: str) -> _Entry:
        names = [name for name in (zh, en, *more) if isinstance(name, str) and name]
        # An English name is also found by any of its words.
        words = [fold(word) for word in en.split() if len(word) > 1] if isinstance(en, str) else []
        keys = tuple(dict.fromkeys([*(fold(name) for name in names), fold(identifier), *words]))
        return _Entry(kind, identifier, zh, en if isinstance(en, str) else zh, lon, lat, keys, _spell(names))

    places = atlas.rows("places")
    for place in atlas.places.reset_index().itertuples():
        more = [place.short_zh, place.short_en, *places[place.place_id]["aliases"]]
        kind = "district" if atlas.roles[place.kind] in ("city", "district") else "place"
        yield entry(kind, place.place_id, place.name_zh, place.name_en, place.label_lon, place.label_lat, *more)
    for row in atlas.institutions.reset_index().itertuples():
        point = row.geometry
        lon, lat = (point.x, point.y) if point is not None else (None, None)
        yield entry("institution", row.institution_id, row.name_zh, row.name_en, lon, lat)
    for layer in atlas.table("basemap").query("role == 'station'")["layer_id"]:
        for row in atlas.basemap(layer).itertuples():
            yield entry("station", row.station_id, row.name_zh, row.name_en, row.geometry.x, row.geometry.y)
    for item in atlas.table("policy").to_dict("records"):
        yield entry("policy", item["policy_id"], item["text_zh"], item["text_en"], None, None)
