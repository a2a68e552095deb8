"""What the data do not say, counted from the data: the limitations that a reader must know."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geo.atlas.atlas import Atlas

__all__ = ["Unknown", "unknowns"]

#: A point with an accuracy worse than this (m) shows an area, not an address.
VAGUE_M = 500


@dataclass(frozen=True, slots=True)
class Unknown:
    """One kind of unknown: its id, how many things exist in all, and the ids concerned, in the order of their table."""

    id: str
    total: int
    ids: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of things concerned."""
        return len(self.ids)


def unknowns(atlas: Atlas) -> tuple[Unknown, ...]:
    """Return what is unknown, weak or disputed, with the ids concerned.

    Returns
    -------
    tuple of Unknown
        Ids: area_official, schematic, no_facts (places of the layout); not_placed, vague (institutions); fact_date,
        fact_conflict, fact_weak (place_id/measure_id of facts); no_outcome (policy targets with a number); source_url,
        source_date (sources); station_added (metro stations that are not in the source of the basemap).
    """
    layout, institutions = atlas.layout, atlas.institutions
    facts, sources, policy = atlas.table("facts"), atlas.table("sources"), atlas.table("policy")
    names = facts["place_id"] + "/" + facts["measure_id"]
    weak = facts["source_id"].map(sources.set_index("source_id")["grade"]) == "C"
    targets = policy[(policy["kind"] == "target") & policy["value"].notna()]
    outcomes = atlas.table("policy_outcomes")
    reported = set(outcomes.loc[outcomes["source_id"].notna(), "policy_id"])
    placed = institutions.geometry.notna()

    def where(id_: str, ids: pd.Series | pd.Index, mask: pd.Series) -> Unknown:
        return Unknown(id_, len(ids), tuple(str(value) for value in ids[mask]))

    found = [
        where("area_official", layout.index, layout["area_official_drawn_km2"].isna()),
        where("schematic", layout.index, layout["method"] == "schematic"),
        where("no_facts", layout.index, ~layout.index.isin(facts["place_id"])),
        where("not_placed", institutions.index, ~placed),
        where("vague", institutions.index, placed & (institutions["accuracy_m"].fillna(0) > VAGUE_M)),
        where("fact_date", names, facts["as_of"] == "unknown"),
        where("fact_conflict", names, facts["conflict"].fillna(False).astype(bool)),
        where("fact_weak", names, weak),
        where("no_outcome", targets["policy_id"], ~targets["policy_id"].isin(reported)),
        where("source_url", sources["source_id"], sources["url"].isna()),
        where("source_date", sources["source_id"], sources["published"] == "unknown"),
    ]
    layers = atlas.table("basemap")
    for layer_id in layers.loc[layers["role"] == "station", "layer_id"]:
        stations = atlas.basemap(layer_id)
        noted = stations["note_zh"].notna() if "note_zh" in stations else pd.Series(False, index=stations.index)
        found.append(where("station_added", stations["station_id"], noted))
    return tuple(found)
