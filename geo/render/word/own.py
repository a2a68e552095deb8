"""The section of a Word document on a user's table: how it was read, number of rows by area."""

from __future__ import annotations

from geo.analysis.units import format_number
from geo.analysis.user_data.own_counts import own_counts, own_words
from geo.analysis.user_data.own_table import OwnTable
from geo.atlas.atlas import View
from geo.base.messages import text
from geo.render.word.runs import Cell, bold, lines, quiet
from geo.render.word.writer import Writer

__all__ = ["write_own"]


def write_own(writer: Writer, own: OwnTable, view: View) -> None:
    """Write the counts of a user's table; the rows themselves are not included."""
    lang = view.selection.language
    writer.heading([text("report.own", lang)], 1)
    writer.bullets([one] for one in own_words(own, lang))
    writer.paragraph([quiet(text("report.own.note", lang))])
    names = ("rank.column.position", "export.page.column.name", "export.page.column.rows")
    head = [text(name, lang) for name in names]
    for found in own_counts(own, view):
        writer.heading([text(f"report.own.level.{found.level}", lang)], 2)
        rows: list[list[Cell]] = [
            [
                lines(str(one.position or "–")),
                lines(one.name, [quiet(one.why)] if one.why else None),
                lines([(bold if one.position else quiet)(format_number(one.rows))]),
            ]
            for one in found.rows
        ]
        if rows:
            writer.table(head, rows, (0.8, 7.2, 2.0))
        writer.paragraph([found.total])
        for key, areas in (("report.own.none", found.none), ("report.own.unclear", found.unclear)):
            if areas:
                listed = text("list.comma", lang).join(one.name for one in areas)
                writer.paragraph([bold(f"{text(key, lang)}  "), listed])
