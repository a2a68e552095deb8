"""The texts of a place sheet that panel, page, report and command line share; `values` words the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.analysis.place_sheet import Boundary, PlaceSheet, Resident, place_sheet
from geo.analysis.units import percent_text
from geo.analysis.values import accuracy_text, cell, date_text, dated_text
from geo.atlas.atlas import Atlas
from geo.base.messages import text

__all__ = [
    "belonging_text",
    "districts_text",
    "location_text",
    "place_description",
    "ratio_text",
    "state_text",
    "unknown_texts",
]


#: Number of figures in a description.
_DESCRIBED = 2


def districts_text(atlas: Atlas, sheet: PlaceSheet, language: str) -> str:
    """Return the districts of a place, with their shares of its area if there are several."""
    several = len(sheet.districts) > 1
    named = (
        atlas.name(district, language, short=True)
        + (f" {percent_text(round(share, 2))}" if several and share is not None else "")
        for district, share in sheet.districts
    )
    return text("list.comma", language).join(named)


def place_description(atlas: Atlas, place_id: str, language: str) -> str:
    """Return a place in one line: its kind, districts and first figures."""
    sheet = place_sheet(atlas, place_id)
    figures = [
        text(
            "web.head.figure",
            language,
            label=atlas.rows("measures")[one.measure_id][f"label_{language}"],
            value=dated_text(atlas, one, language),
        )
        for one in sheet.headlines[:_DESCRIBED]
    ]
    parts = [str(sheet.kind[f"name_{language}"]), districts_text(atlas, sheet, language), *figures]
    return " · ".join(filter(None, parts))


def ratio_text(boundary: Boundary, language: str) -> str:
    """Return the share of the official area that is drawn, or why no share is given."""
    if boundary.official is None:
        return text("place.area.none", language)
    if boundary.ratio is None:
        return text("place.area.schematic", language)
    return text("place.area.ratio", language, percent=percent_text(boundary.ratio))


def location_text(institution: Mapping[str, Any], language: str) -> str:
    """Return how an institution was located, and the accuracy of its point."""
    placed = text(f"institution.placed.{institution['placed_by']}", language)
    return " · ".join(filter(None, [placed, accuracy_text(institution["accuracy_m"], language)]))


def belonging_text(one: Resident, language: str) -> str:
    """Return how an institution was located, and why it is listed with this place."""
    return " · ".join([location_text(one.row, language), text(f"place.institutions.{one.by}", language)])


def state_text(institution: Mapping[str, Any], language: str) -> str:
    """Return the status of an institution and the date of that status."""
    status = text(f"institution.status.{institution['status']}", language)
    return text("value.dated", language, value=status, date=date_text(institution["as_of"], language))


def unknown_texts(atlas: Atlas, sheet: PlaceSheet, language: str) -> list[str]:
    """Return what is unknown, weak or disputed about a place, one line each, with the measures or institutions."""
    lines = []
    for one in sheet.unknown:
        names: dict[str, None] = {}
        for name in one.ids:
            place_id, _, measure_id = name.partition("/")
            if measure_id:
                names[cell(atlas.rows("measures")[measure_id], f"label_{language}")] = None
            elif place_id != sheet.place_id:
                names[str(atlas.institutions.at[place_id, f"name_{language}"])] = None
        said = text(f"place.unknown.{one.id}", language)
        listed = text("list.comma", language).join(names)
        lines.append(text("place.unknown.line", language, said=said, names=listed) if listed else said)
    return lines
