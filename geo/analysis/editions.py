"""The layout over time: what each document names, what it adds, and what had been named by then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.atlas.atlas import Atlas

__all__ = ["Edition", "Mention", "editions", "fullest"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One place that a document names, the source that says so, and what it says of it."""

    place_id: str
    source_id: str
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One document and its layout.

    Attributes
    ----------
    edition_id, month, kind, title_zh, title_en, source_id, note_zh, note_en : str
        As in ``editions.csv``; kind is "layout" or "supplement" (this map only added a place from it).
    named : tuple of Mention
        Places that the document names, in the order of `Atlas.places`; empty where it names none of this map's.
    added : tuple of str
        Those of `named` that no earlier edition names.
    so_far : tuple of str
        All places named by this edition or an earlier one, in the order of `Atlas.places`.
    """

    edition_id: str
    month: str
    kind: str
    title_zh: str
    title_en: str
    source_id: str
    note_zh: str
    note_en: str
    named: tuple[Mention, ...]
    added: tuple[str, ...]
    so_far: tuple[str, ...]

    @property
    def named_ids(self) -> tuple[str, ...]:
        """Ids of the places named."""
        return tuple(mention.place_id for mention in self.named)


def editions(atlas: Atlas) -> tuple[Edition, ...]:
    """Return every edition in the order of time.

    Notes
    -----
    A document that says nothing of a place does not end it: `named` is what a document draws, `so_far` what the
    documents up to it have named. Cost: a few milliseconds.
    """
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
        added = tuple(one.place_id for one in named if one.place_id not in before)
        before.update(added)
        words = {name: _text(row, name) for name in ("edition_id", "month", "kind", "title_zh", "title_en")}
        words |= {name: _text(row, name) for name in ("source_id", "note_zh", "note_en")}
        found.append(Edition(**words, named=named, added=added, so_far=tuple(sorted(before, key=order.__getitem__))))
    return tuple(found)


def fullest(atlas: Atlas) -> str:
    """Return the id of the edition that names most places of the layout, the earliest of equals: where to start."""
    layout = set(atlas.layout.index)
    return max(editions(atlas), key=lambda one: len(layout.intersection(one.named_ids))).edition_id


def _text(row: Mapping[Any, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
