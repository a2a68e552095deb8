"""Institutions and registered services as rows of plain values with their sources, for files and other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geo.analysis.firms import LISTS, Firm, Service, on_lists
from geo.analysis.values import cell, citation
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES

__all__ = ["FIRM_COLUMNS", "SERVICE_COLUMNS", "firm_rows", "service_rows"]

#: Columns of `firm_rows`: those of ``institutions``, then places with the reason, clusters, services and source.
FIRM_COLUMNS: tuple[str, ...] = (
    *("institution_id", "name_zh", "name_en", "kind", "status", "as_of", "address", "lon", "lat", "accuracy_m"),
    *("placed_by", "places", "districts", "clusters", *LISTS, "note_zh", "note_en"),
    *("source_id", "source_grade", "source_zh", "source_en", "source_url"),
)

#: Columns of `service_rows`: those of ``filed_services``, then the institution's names and places, and the source.
SERVICE_COLUMNS: tuple[str, ...] = (
    *("filing_no", "name", "filer", "list", "filed_on", "institution_id", "institution_zh", "institution_en"),
    *("district_id", "places", "note_zh", "note_en"),
    *("source_id", "source_grade", "source_zh", "source_en", "source_url"),
)


def firm_rows(atlas: Atlas, found: Sequence[Firm]) -> list[dict[str, Any]]:
    """Return one row per institution.

    Returns
    -------
    list of dict
        Keys `FIRM_COLUMNS`. ``places`` and ``districts`` name each with the reason why the institution belongs there,
        such as "example_park (stated); other_park (near)"; ``filed`` and ``registered`` are the numbers of its services
        on the two lists. Coordinates are WGS 84 degrees, None for an institution without a location.
    """
    districts = set(atlas.districts.index)
    rows = []
    for one in found:
        belongs = {place: f"{place} ({by})" for place, by in one.belongs.items()}
        row = {name: one.row.get(name) for name in FIRM_COLUMNS} | _source(atlas, one.row["source_id"])
        row["places"] = "; ".join(said for place, said in belongs.items() if place not in districts)
        row["districts"] = "; ".join(said for place, said in belongs.items() if place in districts)
        row["clusters"] = "; ".join(one.cluster_ids)
        row |= dict.fromkeys(LISTS, 0) | on_lists(one)
        rows.append(row)
    return rows


def service_rows(atlas: Atlas, found: Sequence[Service]) -> list[dict[str, Any]]:
    """Return one row per registered service, keys `SERVICE_COLUMNS`; `places` are those of its institution."""
    districts = set(atlas.districts.index)
    rows = []
    for one in found:
        row = {name: one.row.get(name) for name in SERVICE_COLUMNS} | _source(atlas, one.row["source_id"])
        if one.firm:
            row |= {f"institution_{language}": one.firm.row[f"name_{language}"] for language in LANGUAGES}
            places = (f"{place} ({by})" for place, by in one.firm.belongs.items() if place not in districts)
            row["places"] = "; ".join(places)
        rows.append(row)
    return rows


def _source(atlas: Atlas, source_id: str) -> dict[str, Any]:
    source = atlas.rows("sources")[source_id]
    told = {f"source_{language}": citation(source, language) for language in LANGUAGES}
    return {"source_id": source_id, "source_grade": source["grade"], "source_url": cell(source, "url") or None, **told}
