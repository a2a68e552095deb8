"""What the parts of a report share: the view, look-ups by id, words in its language, addresses, numbered citations.

The pages of the static site are made of the same parts: they only say other addresses and begin with a higher heading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

import pandas as pd

from geo.analysis.figures import Figure
from geo.analysis.place_sheet import PlaceSheet, place_sheet
from geo.analysis.values import cell, figure_words
from geo.atlas.atlas import View
from geo.base.messages import text
from geo.contract.typed import python_rows
from geo.render.markup import Markup, join, tag

__all__ = ["Context", "Row"]

Row = Mapping[str, Any]

#: What a report is about → how the id of its part begins.
_ANCHORS = {"place": "p", "measure": "m", "policy": "i", "institution": "n"}


class Context:
    """One report while it is made.

    Parameters
    ----------
    view : View
        What the report shows.
    """

    #: The level of the heading of a place.
    level = 3

    def __init__(self, view: View) -> None:
        self.view = view
        self.atlas = view.atlas
        self.language = view.selection.language
        self.other = "en" if self.language == "zh" else "zh"
        self.comma = text("list.comma", self.language)
        #: source_id → number, in the order in which the report first cites them.
        self.citations: dict[str, int] = {}
        #: Measures that the report shows, in no order.
        self.measures_shown: set[str] = set()
        self.records = cache(self._records)
        self.rows = self.atlas.rows
        self.places = self.atlas.place_rows

    @cached_property
    def institutions(self) -> Sequence[Row]:
        """The institutions that the view shows."""
        return python_rows(pd.DataFrame(self.view.institutions.drop(columns="geometry")).reset_index())

    def href(self, about: str, key: str) -> str:
        """Return the address of what is said about a place, measure, policy item or institution."""
        return f"#{_ANCHORS[about]}-{key}"

    def on_map(self, place_id: str) -> str:
        """Return the address of a place on the map."""
        return "#map"

    def figure_id(self, place_id: str, measure_id: str) -> str:
        """Return the id of the figures of a measure at a place, where they are told in full."""
        return f"f-{place_id}-{measure_id}"

    def figure_link(self, one: Figure) -> Markup:
        """Return a figure in words, a link to its row if the report has it: the source's own words, or how computed."""
        words = self.figure(one)
        if one.place_id not in self.view:
            return join([words])
        return tag("a", words, href=f"#{self.figure_id(one.place_id, one.measure_id)}", class_="rp-quiet-link")

    def heading(self, below: int, *content: str) -> Markup:
        """Return the heading of a place (0) or of what is below it (1)."""
        return tag(f"h{self.level + below}", *content)

    def _records(self, table: str) -> Sequence[Row]:
        """Return the rows of a table, by ``sort_order`` where it has one."""
        frame = self.atlas.table(table)
        if "sort_order" in frame:
            frame = frame.sort_values("sort_order", kind="stable")
        return python_rows(frame)

    def sheet(self, place_id: str) -> PlaceSheet:
        """Return all that is known of a place."""
        return place_sheet(self.atlas, place_id)

    def say(self, message: str, **values: object) -> str:
        """Return a message of the report."""
        return text(f"report.{message}", self.language, **values)

    def text(self, message: str, **values: object) -> str:
        """Return any message."""
        return text(message, self.language, **values)

    def local(self, row: Any, stem: str) -> str:
        """Return the cell of a column that stands in both languages, "" where there is none."""
        return cell(row, f"{stem}_{self.language}")

    def note(self, record: Any) -> str:
        """Return the note of a record of a place sheet."""
        return str(record.note_zh if self.language == "zh" else record.note_en)

    def listed(self, items: Iterable[str]) -> Markup:
        """Return text and HTML in a row, with the commas of the language."""
        return join(items, self.comma)

    def name(self, place_id: str, *, short: bool = False) -> Markup:
        """Return a place's name as HTML."""
        return tag("bdi", self.local(self.places[place_id], "short" if short else "name"))

    def place_link(self, place_id: str) -> Markup:
        """Return a place's name as HTML, a link where the report has a section about it."""
        inside = place_id in self.view
        return tag("a", self.name(place_id), href=self.href("place", place_id)) if inside else self.name(place_id)

    def unlisted(self, place_id: str) -> Markup:
        """Return the name of a place of which something is not known, as a list of many shows it."""
        return self.place_link(place_id)

    def cite(self, source_ids: str | Iterable[str]) -> Markup:
        """Return the numbers of sources as HTML and remember them for the list."""
        wanted = [source_ids] if isinstance(source_ids, str) else list(dict.fromkeys(source_ids))
        marks = []
        for source_id in wanted:
            number = self.citations.setdefault(source_id, len(self.citations) + 1)
            marks.append(tag("a", f"[{number}]", href=self.source_href(number)))
        return tag("sup", *marks, class_="rp-cite") if marks else Markup()

    def source_href(self, number: int) -> str:
        """Return the address of a source by its number in the list."""
        return f"#s-{number}"

    def measure_link(self, measure_id: str) -> Markup:
        """Return a measure's label as HTML, a link to its definition."""
        self.measures_shown.add(measure_id)
        label = self.local(self.rows("measures")[measure_id], "label")
        return tag("a", label, href=self.href("measure", measure_id), class_="rp-quiet-link")

    def figure(self, one: Figure) -> str:
        """Return a figure with qualifier and unit in words."""
        return figure_words(self.atlas, one, self.language)

    def cells(self, columns: Sequence[str], contents: Sequence[str]) -> list[Markup]:
        """Return the cells of a row that say which column they are where a narrow screen stacks them."""
        return [
            tag("td", tag("div", content) if content else "", data_label=name)
            for name, content in zip(columns, contents, strict=True)
        ]

    def table(self, head: Iterable[str], body: Iterable[str], **attributes: str) -> Markup:
        """Return a table; `body` is rows."""
        cells = [tag("th", title, scope="col") for title in head]
        return tag("table", tag("thead", tag("tr", *cells)), tag("tbody", *body), **attributes)
