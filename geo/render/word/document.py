"""The report of a view as a Word document: map, tables, every figure, sources as footnotes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from geo.analysis.compare import MOST_PLACES, Ranking, align, rankings
from geo.analysis.compare import Cell as Compared
from geo.analysis.filter_words import shown_words
from geo.analysis.place_sheet import place_sheet
from geo.analysis.place_words import districts_text, location_text
from geo.analysis.policy import Item, policy_tree, verdict_text, walk
from geo.analysis.values import (
    accuracy_text,
    amount_text,
    cell,
    cell_text,
    citation,
    date_text,
    figure_words,
    measure_heading,
    reading_text,
    scope_text,
    when_text,
    why_text,
)
from geo.atlas.atlas import View
from geo.base.messages import text
from geo.base.name_order import name_order
from geo.base.optional import needs
from geo.base.told import told
from geo.contract.notices import notice
from geo.contract.typed import python_rows
from geo.errors import UsageError

with needs("needs.word_document", "python-docx", "report"):
    from geo.render.word.places import drawn_cell, official_cell, write_place
    from geo.render.word.runs import Cell, Run, bold, lines, note, quiet
    from geo.render.word.writer import Writer

if TYPE_CHECKING:
    from geo.analysis.user_data.own_table import OwnTable

__all__ = ["word_document"]

_MAP_DPI = 220


def word_document(view: View, own: OwnTable | None = None) -> bytes:
    """Return the report of a view as a Word document.

    Parameters
    ----------
    view : View
        The selected places; `view.selection` gives the language and the measure to colour and rank by. Up to six places
        are also compared side by side.
    own : OwnTable, optional
        A user's table, joined in the language of the view: the document includes its counts and the map of its points,
        not its rows.

    Returns
    -------
    bytes
        A .docx, some 0.7 MB. The same bytes for the same view, table and fonts: it carries the date of the data, not
        the current one.

    Raises
    ------
    UsageError
        If the view shows no place.
    MissingDependencyError
        If python-docx or matplotlib is not installed.

    Notes
    -----
    Styles have Word's built-in names (Heading 1, Caption, …), so that a template restyles everything. Two to four
    seconds for the layout, most of it for the map.
    """
    if view.places.empty:
        raise told(UsageError, "wrong.empty_report")
    document = _Document(view)
    document.head()
    document.map(own)
    if own is not None:
        from geo.render.word.own import write_own

        write_own(document.writer, own, view)
    document.overview()
    document.compared()
    document.ranked()
    document.places()
    document.policy()
    document.institutions()
    document.tail()
    return document.content()


class _Document:
    """One document while it is being written; the sections are written in order, because that numbers the sources."""

    def __init__(self, view: View) -> None:
        self.view, self.atlas, self.lang = view, view.atlas, view.selection.language
        self.writer = Writer(self.lang, self._note)
        meta = self.atlas.meta
        footer = " · ".join([meta[f"title_{self.lang}"], notice(meta, self.lang)])
        self.writer.footer(footer, text("word.page", self.lang))

    def _note(self, source_id: str) -> str:
        source = self.atlas.rows("sources")[source_id]
        grade = text("word.grade", self.lang, grade=cell(source, "grade"))
        read, address = reading_text(source, self.lang), cell(source, "url")
        parts = [citation(source, self.lang), grade, read, "" if address in read else address]
        # Percent-encoded Chinese in an address, such as %E4%B8%8A, is written in characters.
        return unquote(text("list.semicolon", self.lang).join(filter(None, parts)))

    def say(self, message: str, **values: object) -> str:
        return text(f"report.{message}", self.lang, **values)

    def head(self) -> None:
        """Write title, date and a summary of the selection."""
        meta, lang, view = self.atlas.meta, self.lang, self.view
        dated = text("web.data_date", lang, date=meta["data_date"], version=meta["version"])
        below = [cell(meta, f"subtitle_{lang}"), dated, notice(meta, lang)]
        self.writer.title(meta[f"title_{lang}"], filter(None, below))
        self.writer.heading([self.say("shown")], 1)
        methods = view.places["method"].value_counts().to_dict()
        how = [
            text(f"web.how.{short}", lang, count=methods[method])
            for method, short in _METHODS.items()
            if methods.get(method)
        ]
        placed = int(view.institutions.geometry.notna().sum())
        told = [
            (self.say("count.places"), text("figure.count", lang, count=len(view))),
            (self.say("count.boundaries"), text("list.semicolon", lang).join(how)),
            (
                text("map.legend.institutions", lang),
                self.say("count.institutions", count=len(view.institutions), placed=placed),
            ),
            (
                self.say("count.facts"),
                self.say("count.facts.value", count=len(view.facts), sources=view.facts["source_id"].nunique()),
            ),
        ]
        told[:0] = shown_words(self.atlas, view.selection, lang)
        self.writer.bullets([bold(f"{key}  "), value] for key, value in told)

    def map(self, own: OwnTable | None) -> None:
        """Write the map on its own landscape page, with legend, scale, sources, notices and a user's points."""
        from geo.render.figure.sheet import figure

        names = text("list.comma", self.lang).join(
            self.atlas.name(one, self.lang, short=True) for one in list(self.view)[:_NAMED]
        )
        title = self.atlas.meta[f"title_{self.lang}"]
        told = {"title": title, "count": len(self.view), "names": names + ("…" if len(self.view) > _NAMED else "")}
        self.writer.turn(landscape=True)
        points, style = (own.points, own.points_style) if own else (None, None)
        picture = figure(self.view, "png", dpi=_MAP_DPI, points=points, style=style)
        self.writer.picture(picture, text("word.map.alt", self.lang, **told), text("word.map", self.lang, title=title))
        self.writer.turn(landscape=False)

    def overview(self) -> None:
        """Write the table of all places shown."""
        lang = self.lang
        self.writer.heading([self.say("table")], 1)
        names = ("name", "kind", "districts", "area", "area_official", "method")
        head = [text(f"web.table.{name}", lang) for name in names]
        rows: list[list[Cell]] = []
        for number, place_id in enumerate(self.view, 1):
            sheet = place_sheet(self.atlas, place_id)
            accuracy = accuracy_text(sheet.boundary.accuracy_m, lang)
            method = text(f"web.method.short.{sheet.boundary.method}", lang)
            rows.append(
                [
                    lines([bold(f"{number} {cell(sheet.row, f'name_{lang}')}")]),
                    lines(cell(sheet.kind, f"name_{lang}"), [quiet(cell(sheet.row, "since_edition"))]),
                    lines(districts_text(self.atlas, sheet, lang)) or [[""]],
                    drawn_cell(self.atlas, sheet, lang) or [[""]],
                    official_cell(self.atlas, sheet, lang),
                    lines(method, [quiet(accuracy)]),
                ]
            )
        self.writer.table(head, rows, (3.2, 1.6, 1.8, 2.0, 2.6, 1.8))

    def compared(self) -> None:
        """Write the places side by side, if they are few; each figure with why it is not comparable, if so."""
        places = list(self.view)
        if not 1 < len(places) <= MOST_PLACES:
            return
        self.writer.heading([text("word.compare", self.lang)], 1)
        head = [self.say("column.measure"), *(self.atlas.name(one, self.lang, short=True) for one in places)]
        rows = [
            [
                lines(cell(self.atlas.rows("measures")[row.measure_id], f"label_{self.lang}")),
                *(self._compared(one) for one in row.cells),
            ]
            for row in align(self.atlas, places)
        ]
        self.writer.table(head, rows, (2.0, *(2.0 for _ in places)))

    def _compared(self, one: Compared) -> Cell:
        said = cell_text(self.atlas, one, self.lang)
        return lines([said, note(one.figure.source_id)] if one.figure else said)

    def ranked(self) -> None:
        """Write the ranking by the measure in focus, level by level."""
        measure_id = self.view.selection.measure
        if not measure_id:
            return
        measure = self.atlas.rows("measures")[measure_id]
        self.writer.heading([f"{self.say('ranking')} · {measure_heading(self.atlas, measure_id, self.lang)}"], 1)
        said = [cell(measure, f"{name}_{self.lang}") for name in ("definition", "caveat")]
        self.writer.paragraph([quiet(" · ".join(filter(None, said)))])
        for found in rankings(self.view):
            head = [text(f"rank.column.{name}", self.lang) for name in ("position", "place", "value", "meta")]
            self.writer.table(head, self._positions(found), (0.8, 4.2, 3.0, 4.0))
            if found.missing:
                names = text("list.comma", self.lang).join(self.atlas.name(one, self.lang) for one in found.missing)
                self.writer.paragraph([bold(text("rank.missing", self.lang, count=len(found.missing))), f" {names}"])

    def _positions(self, found: Ranking) -> Iterator[list[Cell]]:
        for one in found.cells:
            if one.figure is None:
                continue
            said, why = figure_words(self.atlas, one.figure, self.lang), why_text(self.atlas, one.reasons, self.lang)
            when = [when_text(one.figure, self.lang), scope_text(self.atlas, one.figure.scope, self.lang)]
            yield [
                lines(str(found.positions.get(one.place_id, "–"))),
                lines(self.atlas.name(one.place_id, self.lang), [quiet(why)] if why else None),
                lines([bold(said) if one.comparable else quiet(said)]),
                lines([" · ".join(when), note(one.figure.source_id)]),
            ]

    def places(self) -> None:
        """Write a section for each place."""
        self.writer.heading([self.say("places")], 1)
        for number, place_id in enumerate(self.view, 1):
            write_place(self.writer, self.atlas, place_id, number, self.lang)

    def policy(self) -> None:
        """Write the policy items that concern a place shown, with status and later reports."""
        shown = set(self.view)
        items = [one for one in walk(policy_tree(self.atlas)) if shown & {row["place_id"] for row in one.places}]
        if not items:
            return
        self.writer.heading([self.say("policy.title")], 1)
        head = [text("word.policy.item", self.lang), self.say("policy.places"), text("word.policy.outcome", self.lang)]
        self.writer.table(head, [self._item(one, shown) for one in items], (4.6, 2.4, 5.2))

    def _item(self, one: Item, shown: set[str]) -> list[Cell]:
        lang, row = self.lang, one.row
        due = self.say("policy.due", date=cell(row, "due")) if cell(row, "due") else ""
        kind = text(f"policy.kind.{row['kind']}", lang)
        about = [kind, amount_text(self.atlas, row, lang), due, cell(row, "locator")]
        places = [self.atlas.name(p["place_id"], lang, short=True) for p in one.places if p["place_id"] in shown]
        told: list[list[Run | str] | None] = [[bold(verdict)] if (verdict := verdict_text(one, lang)) else None]
        for outcome in one.outcomes:
            if cell(outcome, "source_id"):
                when, later = date_text(outcome["as_of"], lang), cell(outcome, f"text_{lang}")
                told.append([bold(f"{when} "), later, note(str(outcome["source_id"]))])
                told.append([quiet(caveat)] if (caveat := cell(outcome, f"caveat_{lang}")) else None)
        return [
            lines([cell(row, f"text_{lang}"), note(str(row["source_id"]))], [quiet(" · ".join(filter(None, about)))]),
            lines(text("list.comma", lang).join(places)),
            lines(*told) or [[""]],
        ]

    def institutions(self) -> None:
        """Write the institutions shown: position and its accuracy."""
        rows = python_rows(self.view.institutions.drop(columns="geometry").reset_index())
        if not rows:
            return
        self.writer.heading([self.say("institutions")], 1)
        head = [self.say(f"institution.{name}") for name in ("name", "kind", "address", "note")]
        told = [
            [
                lines([bold(cell(row, f"name_{self.lang}")), note(row["source_id"])]),
                lines(text(f"map.institution.{row['kind']}", self.lang)),
                lines(cell(row, "address") or text("unknown", self.lang), [quiet(location_text(row, self.lang))]),
                lines(date_text(row["as_of"], self.lang), cell(row, f"note_{self.lang}")),
            ]
            for row in sorted(rows, key=lambda row: name_order(row, self.lang))
        ]
        self.writer.table(head, told, (3.6, 1.4, 3.8, 3.2))

    def tail(self) -> None:
        """Write how to read the figures, and the licences."""
        self.writer.heading([self.say("method")], 1)
        rules = ("methods", "facts", "headline", "conflicts", "unknown", "derived", "institutions", "datum")
        self.writer.bullets(
            [bold(f"{self.say(f'method.{rule}.title')}  "), self.say(f"method.{rule}")] for rule in rules
        )
        meta = self.atlas.meta
        title = meta[f"title_{self.lang}"]
        cited = self.say("cite.text", title=title, version=meta["version"], date=meta["data_date"])
        self.writer.heading([self.say("licence")], 1)
        told = [
            (self.say("licence.geometry"), meta["geometry_licence"]),
            (self.say("licence.tables"), meta["tables_licence"]),
            (self.say("licence.facts"), self.say("licence.facts.text")),
            (self.say("licence.credit"), meta[f"attribution_{self.lang}"]),
            (self.say("licence.borders"), notice(meta, self.lang)),
            (self.say("cite"), cited),
        ]
        self.writer.bullets([bold(f"{key}  "), value] for key, value in told)

    def content(self) -> bytes:
        """Return the document as bytes."""
        meta = self.atlas.meta
        licence = f"{meta['geometry_licence']}; {meta['tables_licence']}"
        title = self.say("title", title=meta[f"title_{self.lang}"])
        author = meta[f"attribution_{self.lang}"]
        return self.writer.content(title=title, author=author, keywords=licence, date=meta["data_date"])


_METHODS = {"official_bounds": "official", "digitised": "digitised", "schematic": "schematic"}
#: Most places named in the picture's alternative text.
_NAMED = 12
