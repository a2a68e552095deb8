"""The search index of the static site: all names with the readings of their characters, for ``site-find.js``."""

from __future__ import annotations

from typing import Any

from geo.analysis.search import KINDS, LONGEST, kind_text, named, readings, spelled_characters, zoom_to
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES, text
from geo.render.map.standalone import embed_json

__all__ = ["search_words", "service_anchor", "site_index"]

_WORDS = ("count", "maybe", "near", "none", "unplaced")


def service_anchor(filing_no: str) -> str:
    """Return the element id of a registered service; ids cannot contain spaces."""
    return "v-" + "_".join(filing_no.split())


def search_words(atlas: Atlas, language: str) -> dict[str, str]:
    """Return the texts of the search box in a language."""
    words = {name: text(f"search.{name}", language, count="{count}", word="{word}") for name in _WORDS}
    return words | {f"kind.{kind}": kind_text(atlas, kind, language) for kind in KINDS}


def site_index(atlas: Atlas) -> bytes:
    """Return the search index as a script: texts, zoom levels by kind, readings of characters, one row per name.

    A row is [kind as a number, id, Chinese name, English name, other names, latitude, longitude]; trailing elements may
    be missing.
    """
    rows: list[list[Any]] = []
    characters: set[str] = set()
    for one in named(atlas):
        where = [] if one.lat is None or one.lon is None else [round(one.lat, 5), round(one.lon, 5)]
        row: list[Any] = [KINDS.index(one.kind), one.id, one.name_zh, one.name_en, list(one.more) or 0, *where]
        rows.append(row if where or one.more else row[:4])
        for name in (one.name_zh, one.name_en, *one.more):
            characters.update(c for c in spelled_characters(name) if not c.isascii())
    read = readings("".join(sorted(characters)))
    told = {
        "kinds": KINDS,
        "zooms": [zoom_to(kind) for kind in KINDS],
        "longest": LONGEST,
        "words": {one: search_words(atlas, one) for one in LANGUAGES},
        "readings": {character: " ".join(own) for character, own in read.items()},
        "rows": rows,
    }
    return f"window.geoFind.take({embed_json(told)});\n".encode()
