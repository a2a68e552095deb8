"""The sheets behind a joined table in a workbook: rows in each area, what the columns mean, how it was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geo.assign.join import COLUMNS, Tally
from geo.assign.workbook import Sheet
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.contract.notices import notice

__all__ = ["sheets_behind", "tally_lines"]

_VALUES = {
    "join_status": ("data.tally", ("matched", "outside", "set_aside")),
    "located_by": (
        "addresses.level",
        ("coordinates", "house_number", "crossing", "poi", "road", "township", "district", "none"),
    ),
}


def tally_lines(tally: Tally, datum: str, language: str) -> list[str]:
    """Return what became of the rows of a join, a line each.

    Parameters
    ----------
    tally : Tally
    datum : str
        The datum that was used; empty where no row had coordinates.
    language : {"zh", "en"}
    """

    def say(message: str, **values: object) -> str:
        return text(f"assign.report.{message}", language, **values)

    lines = [say("datum", datum=datum)] if datum else []
    lines.append(say("rows", **{name: getattr(tally, name) for name in ("rows", "matched", "outside", "set_aside")}))
    if tally.ambiguous:
        lines.append(say("ambiguous", ambiguous=tally.ambiguous))
    if tally.elsewhere:
        lines.append(say("elsewhere", count=tally.elsewhere))
    for other, count in sorted(tally.datums.items()):
        lines.append(say("other_datum", count=count, datum=text(f"data.datum.{other}", language)))
    if tally.coarse:
        lines.append(say("coarse", count=tally.coarse, perhaps=tally.perhaps))
    return lines


def sheets_behind(
    counts: Sequence[Sequence[Any]] | None, lines: Sequence[str], atlas: Atlas | None, language: str
) -> list[Sheet]:
    """Return the sheets in their order.

    Parameters
    ----------
    counts : sequence of rows, optional
        As `counts_sheet` gives them.
    lines : sequence of str
        How the table was read, and what became of its rows.
    atlas : Atlas or None
        Whose areas were joined: it is credited below the lines. None for areas of the user's own.
    language : {"zh", "en"}
    """
    credit = []
    if atlas is not None:
        dated = text("web.data_date", language, date=atlas.meta["data_date"], version=atlas.meta["version"])
        credit = [atlas.meta[f"attribution_{language}"], notice(atlas.meta, language), dated]
    head = [text("assign.sheet.line", language)]
    sheets = [Sheet(text("assign.sheet.counts", language), counts)] if counts is not None else []
    return [
        *sheets,
        Sheet(text("assign.sheet.columns", language), _columns(language)),
        Sheet(text("assign.sheet.read", language), [head, *([line] for line in (*lines, *credit))]),
    ]


def _columns(language: str) -> list[list[str]]:
    """Return what the columns of the join mean, and the words that stand in them."""
    head = [text(f"assign.columns.{name}", language) for name in ("name", "meaning", "values")]
    rows = []
    for name in COLUMNS:
        prefix, values = _VALUES.get(name, ("", ()))
        words = "; ".join(f"{value}: {text(f'{prefix}.{value}', language)}" for value in values)
        rows.append([name, text(f"assign.column.{name}", language), words])
    return [head, *rows]
