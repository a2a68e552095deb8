"""What the parts of a report share: the view, look-ups by id, words in its language, numbered citations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from typing import Any

import pandas as pd

from geo.atlas.atlas import View
from geo.base.messages import text
from geo.contract.typed import plain_rows
from geo.render.markup import tag, words
from geo.render.values import cell, figure_text, present

__all__ = ["Context", "Row"]

Row = dict[str, Any]


class Context:
    """One report while it is made.

    Parameters
    ----------
    view : View
        What the report shows.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.atlas = view.atlas
        self.language = view.selection.language
        self.other = "en" if self.language == "zh" else "zh"
        self.joint = "、" if self.language == "zh" else ", "
        #: source_id → number, in the order in which the report first cites them.
        self.citations: dict[str, int] = {}
        #: Measures that the report shows, in no order.
        self.measures_shown: set[str] = set()
        self.facts = cache(self._facts)
        self.records = cache(self._records)
        self.rows = self.atlas.rows
        self.places: dict[str, Row] = {
            str(row["place_id"]): row for row in plain_rows(pd.DataFrame(self.atlas.places.drop(columns="geometry")))
        }

        self.institutions = plain_rows(pd.DataFrame(view.institutions.drop(columns="geometry")))

    def _facts(self, place_id: str) -> list[Row]:
        """Return the facts about a place with measure, unit, scope and source, headline ones first."""
        return plain_rows(self.atlas.facts(place_id))

    def _records(self, table: str) -> list[Row]:
        """Return the rows of a table, by ``sort_order`` where it has one."""
        frame = self.atlas.table(table)
        if "sort_order" in frame:
            frame = frame.sort_values("sort_order", kind="stable")
        return plain_rows(frame)

    def say(self, message: str, **values: object) -> str:
        """Return a message of the report."""
        return text(f"report.{message}", self.language, **values)

    def text(self, message: str, **values: object) -> str:
        """Return any message."""
        return text(message, self.language, **values)

    def own(self, row: Row, stem: str) -> str:
        """Return the cell of a column that stands in both languages, "" where there is none."""
        return cell(row, f"{stem}_{self.language}")

    def name(self, place_id: str, *, short: bool = False) -> str:
        """Return a place's name as HTML."""
        return words("bdi", self.own(self.places[place_id], "short" if short else "name"))

    def place_link(self, place_id: str) -> str:
        """Return a place's name as HTML, a link where the report has a section about it."""
        inside = place_id in self.view.places.index
        return tag("a", self.name(place_id), href=f"#p-{place_id}") if inside else self.name(place_id)

    def cite(self, source_ids: str | Iterable[str]) -> str:
        """Return the numbers of sources as HTML and remember them for the list."""
        wanted = [source_ids] if isinstance(source_ids, str) else list(dict.fromkeys(source_ids))
        marks = []
        for source_id in wanted:
            number = self.citations.setdefault(source_id, len(self.citations) + 1)
            marks.append(words("a", f"[{number}]", href=f"#s-{number}"))
        return tag("sup", *marks, class_="rp-cite") if marks else ""

    def measure_link(self, measure_id: str) -> str:
        """Return a measure's label as HTML, a link to its definition."""
        self.measures_shown.add(measure_id)
        label = self.own(self.rows("measures")[measure_id], "label")
        return words("a", label, href=f"#m-{measure_id}", class_="rp-quiet-link")

    def figure(self, measure_id: str, value: Any, qualifier: str) -> str:
        """Return a value of a measure as text, with qualifier and unit."""
        measure = self.rows("measures")[measure_id]
        unit = self.own(self.rows("units")[measure["unit"]], "symbol")
        return figure_text(value, qualifier, unit, self.language, topic=cell(measure, "topic"))

    def plain_figure(self, row: Row) -> str:
        """Return value, qualifier and unit of a policy row as text, "" where it has no value."""
        if not present(row["value"]):
            return ""
        unit = self.own(self.rows("units")[row["unit"]], "symbol") if cell(row, "unit") else ""
        return figure_text(row["value"], cell(row, "qualifier") or "exact", unit, self.language)

    def scope(self, scope_id: str) -> str:
        """Return the name of a scope."""
        return self.own(self.rows("scopes")[scope_id], "name")

    @cached_property
    def area_unit(self) -> str:
        """Symbol of the unit in which areas are given; km² where the seeds list no measure of them."""
        measures = self.rows("measures")
        listed = next((measures[name] for name in ("area_km2", "area_official_km2") if name in measures), None)
        return self.own(self.rows("units")[listed["unit"]], "symbol") if listed else "km²"

    def within(self, institution: Row) -> list[str]:
        """Return the places whose boundary holds an institution, or that a document puts it in."""
        ids = [*cell(institution, "inside_ids").split(";"), cell(institution, "place_id")]
        return list(dict.fromkeys(filter(None, ids)))

    def cells(self, columns: Sequence[str], contents: Sequence[str]) -> list[str]:
        """Return the cells of a row, HTML each, that say which column they are where a narrow screen stacks them."""
        return [
            tag("td", tag("div", content) if content else "", data_label=name)
            for name, content in zip(columns, contents, strict=True)
        ]

    def table(self, head: Iterable[str], body: Iterable[str], **attributes: str) -> str:
        """Return a table; `head` is text, `body` is rows as HTML."""
        cells = [words("th", title, scope="col") for title in head]
        return tag("table", tag("thead", tag("tr", *cells)), tag("tbody", *body), **attributes)
