"""The layout over time: which places each document names and adds, and which had been named by then.

Two questions, two functions: `layout_of` returns the layout of one document, the places that it names itself (as the
filter `editions` of a selection); `named_by_then` also includes the earlier documents. The city and its districts are
not places of the layout: documents may name them, but they are never counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.atlas.atlas import Atlas
from geo.base.told import told
from geo.errors import UsageError

__all__ = ["Edition", "Mention", "editions", "fullest", "layout_of", "named_by_then"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One place that a document names, the source, and what the document says of the place."""

    place_id: str
    source_id: str
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One document and its layout.

    Attributes
    ----------
    edition_id, month, kind, title_zh, title_en, short_zh, short_en, source_id, note_zh, note_en : str
        As in ``editions.csv``; `kind` is "layout" or "supplement" (this map only added a place from the document).
    named : tuple of Mention
        Places that the document names, including districts, in the order of `Atlas.places`; empty if it names none of
        this map.
    layout : tuple of str
        The places of the layout in `named`: the layout that the document draws.
    added : tuple of str
        The places in `layout` that no earlier edition names.
    named_by_then : tuple of str
        All places of the layout that this edition or an earlier one names, in the order of `Atlas.places`.
    """

    edition_id: str
    month: str
    kind: str
    title_zh: str
    title_en: str
    short_zh: str
    short_en: str
    source_id: str
    note_zh: str
    note_en: str
    named: tuple[Mention, ...]
    layout: tuple[str, ...]
    added: tuple[str, ...]
    named_by_then: tuple[str, ...]

    @property
    def named_ids(self) -> tuple[str, ...]:
        """Ids of the places named, districts among them."""
        return tuple(mention.place_id for mention in self.named)


def editions(atlas: Atlas) -> tuple[Edition, ...]:
    """Return every edition in chronological order.

    Notes
    -----
    A document that does not mention a place does not end that place. Cost: a few milliseconds.
    """
    places = set(atlas.layout_ids)
    order = {str(place_id): index for index, place_id in enumerate(atlas)}
    mentions: dict[str, list[Mention]] = {}
    for row in atlas.table("edition_places").to_dict("records"):
        one = Mention(row["place_id"], row["source_id"], _text(row, "note_zh"), _text(row, "note_en"))
        mentions.setdefault(row["edition_id"], []).append(one)
    found = []
    before: set[str] = set()
    table = atlas.table("editions").sort_values(["month", "edition_id"])
    for row in table.to_dict("records"):
        named = tuple(sorted(mentions.get(row["edition_id"], ()), key=lambda one: order[one.place_id]))
        layout = tuple(one.place_id for one in named if one.place_id in places)
        added = tuple(place_id for place_id in layout if place_id not in before)
        before.update(added)
        words = {name: _text(row, name) for name in ("edition_id", "month", "kind", "title_zh", "title_en")}
        words |= {name: _text(row, name) for name in ("short_zh", "short_en", "source_id", "note_zh", "note_en")}
        by_then = tuple(sorted(before, key=order.__getitem__))
        found.append(Edition(**words, named=named, layout=layout, added=added, named_by_then=by_then))
    return tuple(found)


def fullest(atlas: Atlas) -> str:
    """Return the id of the edition that names most places of the layout, if equal the earliest: the default."""
    return max(editions(atlas), key=lambda one: len(one.layout)).edition_id


def layout_of(atlas: Atlas, edition_id: str) -> tuple[str, ...]:
    """Return the ids of the places of the layout that a document names; raise `UsageError` if there is no such edition.

    The same places as ``atlas.select(editions=[edition_id])``.
    """
    return _edition(atlas, edition_id).layout


def named_by_then(atlas: Atlas, edition_id: str) -> tuple[str, ...]:
    """Return the ids of the places of the layout that a document or an earlier one names.

    Raises
    ------
    UsageError
        If there is no such edition.
    """
    return _edition(atlas, edition_id).named_by_then


def _edition(atlas: Atlas, edition_id: str) -> Edition:
    found = {one.edition_id: one for one in editions(atlas)}
    if edition_id not in found:
        raise told(UsageError, "wrong.edition", given=edition_id, allowed=", ".join(found))
    return found[edition_id]


def _text(row: Mapping[Any, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
