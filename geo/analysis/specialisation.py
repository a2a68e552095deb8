"""What a place specialises in: clusters with their sources, institutions by kind, location quotients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from geo.atlas.atlas import Atlas

__all__ = ["Quotient", "Specialisation", "location_quotients", "specialisation"]


@dataclass(frozen=True, slots=True)
class Quotient:
    """An area-based location quotient with what it was computed from."""

    measure_id: str
    as_of: str
    value: float
    count: float
    city_count: float
    area_km2: float
    city_area_km2: float
    source_id: str


@dataclass(frozen=True, slots=True)
class Specialisation:
    """What a place specialises in, as far as documents and this map's institutions tell.

    `clusters`: cluster_id → sources; `institutions`: kind → number that lie in or belong to the place, closed ones left
    out: those of this map, no census.
    """

    place_id: str
    clusters: Mapping[str, tuple[str, ...]]
    institutions: Mapping[str, int]
    quotients: tuple[Quotient, ...]


def specialisation(atlas: Atlas, place_id: str) -> Specialisation:
    """Return clusters with their sources, institutions by kind, and location quotients of a place."""
    evidence = atlas.table("place_clusters")
    clusters: dict[str, tuple[str, ...]] = {}
    for row in evidence[evidence["place_id"] == place_id].to_dict("records"):
        clusters[row["cluster_id"]] = (*clusters.get(row["cluster_id"], ()), row["source_id"])
    order = atlas.allowed["cluster"]
    own = atlas.institutions_in([place_id])
    kinds = Counter(own.loc[own["status"] != "closed", "kind"])
    return Specialisation(
        place_id,
        {cluster_id: clusters[cluster_id] for cluster_id in order if cluster_id in clusters},
        dict(sorted(kinds.items())),
        location_quotients(atlas, place_id),
    )


def location_quotients(atlas: Atlas, place_id: str) -> tuple[Quotient, ...]:
    """Return the area-based location quotients of a place, one per measure that allows it.

    (count in the place ÷ count in the city) ÷ (area of the place ÷ area of the city); 1 is the city's average. Only of
    measures that add up, where place and city have a figure of the same date for what their boundaries draw, none from
    a weak source, and neither boundary is schematic. Areas are geodesic areas of the drawn boundaries. The quotient by
    employment (Isserman 1977, doi:10.1080/01944367708977758) would need counts by industry, which no document gives.
    """
    city_id = str(atlas.meta["city_place_id"])
    if place_id == city_id or "schematic" in set(atlas.places.loc[[place_id, city_id], "method"]):
        return ()
    facts = atlas.table("facts")
    measures = atlas.table("measures")
    additive = set(measures.loc[measures["additive"] & (measures["origin"] == "reported"), "measure_id"])
    grades = atlas.table("sources").set_index("source_id")["grade"]
    usable = facts[facts["measure_id"].isin(additive) & (facts["source_id"].map(grades) != "C")]
    usable = usable[usable["scope"] == usable["place_id"].map(atlas.places["scope"])]
    area, city_area = (float(atlas.places.at[place, "area_km2"]) for place in (place_id, city_id))
    whole = {
        (row["measure_id"], row["as_of"]): float(row["value"])
        for row in usable[usable["place_id"] == city_id].to_dict("records")
    }
    found: dict[str, Quotient] = {}
    for row in usable[usable["place_id"] == place_id].sort_values("as_of").to_dict("records"):
        city_count = whole.get((row["measure_id"], row["as_of"]), 0.0)
        if city_count and row["as_of"] != "unknown":
            value = (float(row["value"]) / city_count) / (area / city_area)
            count, source_id = float(row["value"]), row["source_id"]
            found[row["measure_id"]] = Quotient(
                row["measure_id"], row["as_of"], value, count, city_count, area, city_area, source_id
            )
    return tuple(found.values())
