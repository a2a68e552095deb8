"""Measures computed from the user's table, as map, table and file; kept apart from reported facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from geo.analysis.compare import Cell, Ranking
from geo.analysis.units import heading, scale_of
from geo.analysis.user_data.user_columns import MOST_CATEGORIES, categories, value_words
from geo.analysis.user_data.user_measures import UserMeasure, aggregate, density, in_order, location_quotient, share
from geo.analysis.user_data.user_table import Joined
from geo.analysis.values import figure_text, why_text
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.formulas import guard_formula
from geo.base.messages import LANGUAGES, text
from geo.export.csvfile import csv_bytes
from geo.render.figure.own import OwnMeasure
from geo.render.map.state import told_classes
from geo.render.markup import Markup, tag
from geo.web.parts.downloads import download
from geo.web.parts.links import place_link
from geo.web.parts.tables import bar, why_not
from geo.web.parts.text import escape_markdown

__all__ = ["MeasureByArea", "measures_block"]

_BY = ("district", "place")
_HOWS = ("count", "sum", "mean", "distinct")
_FORMS = ("value", "density", "share", "quotient")


@dataclass(frozen=True)
class MeasureByArea:
    """One measure of the user's table, by area.

    Attributes
    ----------
    found : Ranking
        The ranked areas; areas whose count is not comparable apart, areas without a value missing.
    unit : str
        Unit given by the user; may be empty.
    districts : bool
        True if the areas are districts.
    """

    atlas: Atlas
    selection: Selection
    label: str
    unit: str
    found: Ranking
    left_out: int
    districts: bool

    def text(self, one: Cell) -> str:
        """Return the value of an area with its unit."""
        return figure_text(one.value, "exact", self.unit, self.selection.language)

    @property
    def heading(self) -> str:
        """The label with the unit, marked as the user's own."""
        lang = self.selection.language
        return f"{text('data.user', lang)} · {heading(self.label, self.unit, lang)}"

    @property
    def drawn(self) -> OwnMeasure | None:
        """The measure for a figure; None if no area has a value."""
        return OwnMeasure(self.found, self.heading, self.unit) if self.found.cells else None

    @property
    def classes(self) -> Mapping[str, Any] | None:
        """The colours of the map; None if no area has a value."""
        lang = self.selection.language
        if not self.found.cells:
            return None
        joint = text("list.semicolon", lang)
        said = {
            one.place_id: joint.join(filter(None, [self.text(one), why_text(self.atlas, one.reasons, lang)]))
            for one in self.found.cells
        }
        scale, note = scale_of(self.unit, lang), text("data.classes.note", lang)
        return told_classes(self.found, self.heading, scale, said, lang, note=note)

    def block(self) -> Markup:
        """Return the ranking as HTML, followed by the areas without a value."""
        lang = self.selection.language
        largest = max(self.found.comparable.values(), default=None)
        lines = [
            tag(
                "tr",
                tag("td", str(self.found.positions.get(one.place_id, "–"))),
                tag("th", place_link(self.atlas, one.place_id, self.selection), scope="row"),
                tag(
                    "td",
                    tag("strong", self.text(one)),
                    bar(one.value or 0.0, largest) if one.comparable else why_not(self.atlas, one, lang),
                    class_="on" if one.comparable else "off",
                ),
            )
            for one in self.found.cells
        ]
        names = (text("rank.column.position", lang), text(f"data.by.{'district' if self.districts else 'place'}", lang))
        head = tag("tr", *(tag("th", name) for name in (*names, heading(self.label, self.unit, lang))))
        parts = [tag("h2", self.heading)]
        if self.left_out:
            parts.append(tag("p", text("data.left_out", lang, count=self.left_out), class_="geo-caveat"))
        shown = tag("table", tag("thead", head), tag("tbody", *lines), class_="geo-table")
        parts.append(tag("div", shown, class_="geo-scroll", tabindex="0"))
        missing = [self.atlas.name(area, lang, short=True) for area in self.found.missing]
        if missing:
            said = text("data.no_value", lang, names=text("list.comma", lang).join(missing))
            parts.append(tag("p", said, class_="geo-unknown"))
        return tag("div", *parts, class_="geo-section")

    def show(self) -> None:
        """Show the ranking and the download."""
        st.html(self.block())
        download(text("data.download.measure", self.selection.language), self._csv, "measure.csv", "user_measure_csv")

    def _csv(self) -> bytes:
        """Return the ranking as CSV; the column `why_not` states why an area has no position."""
        label = guard_formula(f"{self.label} ({self.unit})" if self.unit else self.label)
        columns = ["area_id", *(f"name_{lang}" for lang in LANGUAGES), label, "position", "why_not"]
        rows: list[list[Any]] = []
        for one in self.found.cells:
            why = why_text(self.atlas, one.reasons, self.selection.language)
            rows.append(
                [one.place_id, *self._names(one.place_id), one.value, self.found.positions.get(one.place_id), why]
            )
        rows += ([area, *self._names(area), None, None, None] for area in self.found.missing)
        return csv_bytes(columns, rows)

    def _names(self, place_id: str) -> list[str]:
        return [self.atlas.name(place_id, language) for language in LANGUAGES]


def measures_block(atlas: Atlas, selection: Selection, joined: Joined) -> MeasureByArea:
    """Ask which measure to show, and return it computed."""
    lang = selection.language
    st.html(tag("div", tag("h2", text("data.measure", lang)), class_="geo-section"))
    first, second, third = st.columns(3)
    by = first.segmented_control(
        text("data.by", lang), _BY, default="district", key="user_by", required=True,
        format_func=lambda name: text(f"data.by.{name}", lang),
    )  # fmt: skip
    how = second.selectbox(
        text("data.how", lang), _HOWS, key="user_how", format_func=lambda n: text(f"data.how.{n}", lang)
    )
    form = third.selectbox(
        text("data.form", lang), _FORMS, key="user_form", format_func=lambda n: text(f"data.form.{n}", lang)
    )
    column = ""
    if how != "count":
        column = first.selectbox(text("data.column", lang), joined.user_columns, key="user_column") or ""
    offered = [name for name in joined.user_columns if 1 < len(categories(joined, name)) <= MOST_CATEGORIES]
    where = _category(joined, offered, "user_where", text("data.where", lang), lang, second)
    base = _category(joined, offered, "user_base", text("data.base", lang), lang, third) if form == "quotient" else None
    shown = (
        text(f"data.how.{how}", lang)
        + (f" · {column}" if column else "")
        + (f" · {where[0]} = {value_words(joined, *where, lang)}" if where else "")
    )
    if form != "value":
        shown = f"{shown} · {text(f'data.form.{form}', lang)}"
    label = (
        first.text_input(text("data.label", lang), key="user_label", max_chars=80, placeholder=shown).strip() or shown
    )
    unit = second.text_input(text("data.unit", lang), key="user_unit", max_chars=30).strip()
    measure = UserMeasure("part", how=how or "count", column=column, where=where)
    areas = list(atlas.districts.index if by == "district" else atlas.layout.index)
    frame, left_out = aggregate(joined.table, [measure, UserMeasure("base", where=base)], areas, str(by))
    values = _formed(atlas, joined, str(form), measure, base, frame)
    found = in_order(atlas, values)
    return MeasureByArea(atlas, selection, label, unit, found, left_out.get("part", 0), by == "district")


def _category(
    joined: Joined, columns: list[str], key: str, label: str, language: str, box: Any
) -> tuple[str, str] | None:
    name = box.selectbox(label, ["", *columns], key=key, format_func=lambda n: n or text("data.all_rows", language))
    if not name:
        return None
    value = box.selectbox(
        f"{label} · {escape_markdown(name)}",
        categories(joined, name),
        key=f"{key}_value_{name}",
        format_func=lambda one: value_words(joined, name, one, language),
    )
    return (name, value) if value is not None else None


def _formed(
    atlas: Atlas, joined: Joined, form: str, measure: UserMeasure, base: tuple[str, str] | None, frame: pd.DataFrame
) -> pd.Series:
    """Return the measure as a value, per square kilometre, as a share of the city, or as a location quotient."""
    values = frame["part"]
    if form == "density":
        return density(values, atlas.places["area_km2"].to_dict())
    if form == "value":
        return values
    districts, _ = aggregate(
        joined.table, [measure, UserMeasure("base", where=base)], list(atlas.districts.index), "district"
    )
    city = districts["part"].sum()
    if form == "share":
        return share(values, float(city)) * 100
    return location_quotient(values, frame["base"], float(city), float(districts["base"].sum()))
