"""What a place specialises in, measured as area-based location quotients."""

from __future__ import annotations

from dataclasses import dataclass

from geo.analysis.compare import own_reasons
from geo.analysis.figures import Figure, reported
from geo.atlas.atlas import Atlas

__all__ = ["Quotient", "location_quotients"]


@dataclass(frozen=True, slots=True)
class Quotient:
    """An area-based location quotient with the values from which it was computed."""

    measure_id: str
    as_of: str
    value: float
    count: float
    city_count: float
    area_km2: float
    city_area_km2: float
    source_id: str


def location_quotients(atlas: Atlas, place_id: str) -> tuple[Quotient, ...]:
    """Return the area-based location quotients of a place, one per measure that permits it.

    (count in the place ÷ count in the city) ÷ (area of the place ÷ area of the city); 1 is the city's average. Only of
    measures that add up, where place and city have a figure of the same date that nothing speaks against comparing
    (`geo.analysis.compare`), and neither boundary is schematic. Areas are geodesic areas of the drawn boundaries. The
    quotient by employment (Isserman 1977, doi:10.1080/01944367708977758) would need counts by industry, which no
    document gives.
    """
    city_id = str(atlas.meta["city_place_id"])
    rows = [atlas.place_rows[one] for one in (place_id, city_id)]
    if place_id == city_id or any(row["method"] == "schematic" for row in rows):
        return ()
    area, city_area = (float(row["area_km2"]) for row in rows)
    whole = {(one.measure_id, one.as_of): one.value for one in _additive(atlas, city_id)}
    found: dict[str, Quotient] = {}
    for one in sorted(_additive(atlas, place_id), key=lambda one: one.as_of):
        city_count = whole.get((one.measure_id, one.as_of), 0.0)
        if city_count:
            value = (one.value / city_count) / (area / city_area)
            parts = (value, one.value, city_count, area, city_area, one.source_id)
            found[one.measure_id] = Quotient(one.measure_id, one.as_of, *parts)
    return tuple(found.values())


def _additive(atlas: Atlas, place_id: str) -> list[Figure]:
    measures = atlas.rows("measures")
    own = reported(atlas).get(place_id, ())
    return [one for one in own if measures[one.measure_id]["additive"] and not own_reasons(atlas, one)]
