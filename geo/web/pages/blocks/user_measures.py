"""Measures of the user's own table on the map, in a table and as a file; kept apart from reported facts."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from geo.analysis.user_measures import UserMeasure, aggregate, density, location_quotient, share
from geo.analysis.user_table import Joined
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.formulas import guard_formula
from geo.base.messages import text
from geo.render.classes import classify
from geo.render.values import format_number
from geo.web.parts.links import place_link
from geo.web.parts.tables import bar
from geo.web.parts.text import plain, tag, words

__all__ = ["OwnMeasure", "measures_block"]

_BY = ("district", "place")
_HOWS = ("count", "sum", "mean", "distinct")
_FORMS = ("value", "density", "share", "quotient")
#: A column with more different values than this is no category.
_CATEGORIES = 60


@dataclass(frozen=True)
class OwnMeasure:
    """One measure of the user's table by area.

    Attributes
    ----------
    values : Series of float64
        Index area id; NaN: unknown.
    classes : mapping or None
        Colours for the map, as `geo.render.map.state.colouring` gives them.
    districts : bool
        Whether the areas are districts.
    """

    atlas: Atlas
    selection: Selection
    label: str
    values: pd.Series
    left_out: int
    districts: bool

    @property
    def classes(self) -> Mapping[str, Any] | None:
        """Return the colours of the map; None if no area has a value."""
        lang = self.selection.language
        known = {str(key): float(value) for key, value in self.values.items() if np.isfinite(value)}
        if not known:
            return None
        found = classify(known)
        return {
            "roles": ["district"] if self.districts else ["corridor", "node", "site"],
            "list": [{"colour": colour, "label": found.label(i)} for i, colour in enumerate(found.colours)],
            "values": dict(found.of),
            "texts": {key: format_number(value) for key, value in known.items()},
            "title": f"{text('data.yours', lang)} · {self.label}",
            "note": text("data.classes.note", lang),
        }

    def show(self) -> None:
        """Show the ranking, the areas without a value apart, and the download."""
        lang = self.selection.language
        known = self.values[np.isfinite(self.values)].sort_values(ascending=False, kind="stable")
        largest = float(known.max()) if len(known) else None
        lines = [
            tag(
                "tr",
                tag("th", place_link(self.atlas, str(area), self.selection), scope="row"),
                tag("td", words("strong", format_number(float(value))), bar(float(value), largest)),
            )
            for area, value in known.items()
        ]
        head = tag(
            "tr",
            words("th", text(f"data.by.{'district' if self.districts else 'place'}", lang)),
            words("th", self.label),
        )
        parts = [words("h2", f"{text('data.yours', lang)} · {self.label}")]
        if self.left_out:
            parts.append(words("p", text("data.left_out", lang, count=f"{self.left_out:,}"), class_="geo-caveat"))
        parts.append(
            tag(
                "div",
                tag("table", tag("thead", head), tag("tbody", *lines), class_="geo-table"),
                class_="geo-scroll",
                tabindex="0",
            )
        )
        missing = [
            self.atlas.name(str(area), lang, short=True) for area in self.values.index if area not in known.index
        ]
        if missing:
            parts.append(
                words(
                    "p", text("data.no_value", lang, names=text("list.comma", lang).join(missing)), class_="geo-unknown"
                )
            )
        st.html(tag("div", *parts, class_="geo-section"))
        st.download_button(
            text("data.download.measure", lang),
            data=self._csv(),
            file_name="measure.csv",
            mime="text/csv",
            key="own_measure_csv",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )

    def _csv(self) -> bytes:
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow(["area_id", "name_zh", "name_en", guard_formula(self.label)])
        for area, value in self.values.items():
            names = [self.atlas.name(str(area), language) for language in ("zh", "en")]
            writer.writerow([area, *names, repr(float(value)) if np.isfinite(value) else ""])
        return buffer.getvalue().encode("utf-8-sig")


def measures_block(atlas: Atlas, selection: Selection, joined: Joined) -> OwnMeasure:
    """Ask which measure, and return it worked out."""
    lang = selection.language
    own_columns = [str(name) for name in joined.table.column_names][: len(joined.table.column_names) - 7]
    st.html(tag("div", words("h2", text("data.measure", lang)), class_="geo-section"))
    first, second, third = st.columns(3)
    by = first.segmented_control(
        text("data.by", lang), _BY, default="district", key="own_by", required=True,
        format_func=lambda name: text(f"data.by.{name}", lang),
    )  # fmt: skip
    how = second.selectbox(
        text("data.how", lang), _HOWS, key="own_how", format_func=lambda n: text(f"data.how.{n}", lang)
    )
    form = third.selectbox(
        text("data.form", lang), _FORMS, key="own_form", format_func=lambda n: text(f"data.form.{n}", lang)
    )
    column = ""
    if how != "count":
        column = first.selectbox(text("data.column", lang), own_columns, key="own_column") or ""
    categories = [name for name in own_columns if 1 < len(_values(joined, name)) <= _CATEGORIES]
    where = _category(joined, categories, "own_where", text("data.where", lang), lang, second)
    base = (
        _category(joined, categories, "own_base", text("data.base", lang), lang, third) if form == "quotient" else None
    )
    shown = (
        text(f"data.how.{how}", lang)
        + (f" · {column}" if column else "")
        + (f" · {where[0]} = {where[1]}" if where else "")
    )
    if form != "value":
        shown = f"{shown} · {text(f'data.form.{form}', lang)}"
    label = (
        first.text_input(text("data.label", lang), key="own_label", max_chars=80, placeholder=shown).strip() or shown
    )
    unit = second.text_input(text("data.unit", lang), key="own_unit", max_chars=30).strip()
    measure = UserMeasure("part", how=how or "count", column=column, where=where)
    areas = list(atlas.districts.index if by == "district" else atlas.layout.index)
    frame, left_out = aggregate(joined.table, [measure, UserMeasure("base", where=base)], areas, str(by))
    values = _formed(atlas, joined, str(form), measure, base, frame)
    return OwnMeasure(
        atlas, selection, f"{label} ({unit})" if unit else label, values, left_out.get("part", 0), by == "district"
    )


def _values(joined: Joined, name: str) -> list[str]:
    column = joined.table[name]
    if column.type not in ("string", "large_string"):
        return []
    return sorted(str(v) for v in column.slice(0, 200_000).unique().to_pylist()[: _CATEGORIES + 1] if v is not None)


def _category(
    joined: Joined, columns: list[str], key: str, label: str, language: str, box: Any
) -> tuple[str, str] | None:
    name = box.selectbox(label, ["", *columns], key=key, format_func=lambda n: n or text("data.all_rows", language))
    if not name:
        return None
    value = box.selectbox(f"{label} · {plain(name)}", _values(joined, name), key=f"{key}_value_{name}")
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
    whole, _ = aggregate(
        joined.table, [measure, UserMeasure("base", where=base)], list(atlas.districts.index), "district"
    )
    city = whole["part"].sum()
    if form == "share":
        return share(values, float(city)) * 100
    return location_quotient(values, frame["base"], float(city), float(whole["base"].sum()))
