"""What a report says of a table of one's own: how it was read, rows by place, district and township; no row itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.analysis.compare import level_of
from geo.analysis.user_data.area_counts import CountedArea, counted_areas
from geo.analysis.user_data.own_table import OwnTable
from geo.analysis.user_data.row_lines import located_line, no_data_lines
from geo.atlas.atlas import View
from geo.base.messages import text

__all__ = ["LevelCounts", "own_counts", "own_words"]

#: Townships are listed up to so many.
_MOST_TOWNSHIPS = 30


@dataclass(frozen=True, slots=True)
class LevelCounts:
    """The areas of one level in order.

    Attributes
    ----------
    level : {"place", "district", "township"}
    rows : tuple of CountedArea
        By the common rule; those without a position last.
    none : tuple of CountedArea
        Areas that no row lies in.
    unclear : tuple of CountedArea
        Areas without a row whose boundary was never published: rows may lie in them all the same.
    total : str
        How many rows lie in them, and whether their counts add up.
    """

    level: str
    rows: tuple[CountedArea, ...]
    none: tuple[CountedArea, ...]
    unclear: tuple[CountedArea, ...]
    total: str


def own_words(own: OwnTable, language: str) -> list[str]:
    """Return in sentences how the table was read: its rows, what became of them, the datum, what has no place.

    Parameters
    ----------
    own : OwnTable
    language : {"zh", "en"}
    """
    tally, table = own.joined.tally, own.joined.table
    counts = {name: getattr(tally, name) for name in ("rows", "matched", "outside", "set_aside")}
    rows = text("assign.report.rows", language, **counts)
    said = [text("report.own.table", language, name=own.name, rows=rows) if own.name else rows]
    for name in ("ambiguous", "elsewhere", "fitting", "perhaps"):
        if count := getattr(tally, name):
            said.append(text("report.own.of_them", language, count=count, what=text(f"data.tally.{name}", language)))
    if located := located_line(own.joined, language):
        said.append(located)
    if _number(pc.equal(table["located_by"], "coordinates")) and own.name:
        decided = own.evidence is not None and own.evidence.datum == own.joined.datum
        datum = text(f"data.datum.{own.joined.datum}", language)
        given = text("assign.report.datum", language, datum=datum)
        said.append(own.evidence.sentence(language) if own.evidence and decided else given)
    if tally.set_aside:
        said.append(text("report.own.set_aside", language, count=tally.set_aside))
        said += no_data_lines(own.joined, language)
    return said


def own_counts(own: OwnTable, view: View) -> list[LevelCounts]:
    """Return the rows of a table in the places shown, in all districts, and in the townships if they are few.

    Parameters
    ----------
    own : OwnTable
        Joined in the language of the view, which township names are in.
    view : View
    """
    atlas, language, tally = view.atlas, view.selection.language, own.joined.tally
    places = [one for one in view if level_of(atlas, one) == "layout"]
    districts = [str(one) for one in atlas.districts.index]
    called = {one: atlas.name(one, language) for one in (*places, *districts)}
    made = []
    for level, areas, counts in (("place", places, tally.places), ("district", districts, tally.districts)):
        if areas:
            found = counted_areas(level, {area: counts.get(area, 0) for area in areas}, called, atlas, language)
            made.append(_level(level, found, _inside(own, areas, level), language))
    towns = {area: count for area, count in tally.townships.items() if count}
    names: Mapping[str, str] = own.joined.joiner.names if own.joined.joiner else {}
    if 0 < len(towns) <= _MOST_TOWNSHIPS:
        found = counted_areas("township", towns, names, atlas, language)
        made.append(_level("township", found, _inside(own, list(towns), "township"), language))
    return made


def _level(level: str, found: Sequence[CountedArea], inside: int, language: str) -> LevelCounts:
    held = tuple(one for one in found if one.rows)
    none = tuple(one for one in found if not one.rows and one.position is not None)
    unclear = tuple(one for one in found if not one.rows and one.position is None)
    total = text(f"report.own.total.{'place' if level == 'place' else 'other'}", language, count=inside)
    return LevelCounts(level, held, none, unclear, total)


def _inside(own: OwnTable, areas: Sequence[str], level: str) -> int:
    """Return the rows that lie in at least one of the areas."""
    column = own.joined.table["place_ids" if level == "place" else f"{level}_id"].combine_chunks()
    wanted = pa.array(areas, pa.string())
    if level != "place":
        return _number(pc.is_in(column, wanted))
    rows, ids = pc.list_parent_indices(column), pc.list_flatten(column)
    return len(np.unique(rows.filter(pc.is_in(ids, wanted)).to_numpy(zero_copy_only=False)))


def _number(mask: pa.Array) -> int:
    return int(pc.sum(mask).as_py() or 0)
