"""Geocode addresses of made-up rows on the bundled roads, and ask for bundled house numbers that were left out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from bench import Result, turns, versions
from geo.addresses.gazetteer import Gazetteer, Sources
from geo.addresses.runs import Anchor
from geo.analysis.user_data.geocoding import atlas_geocoder, atlas_sources
from geo.atlas.atlas import Atlas

ROWS, FEW, ROUNDS = 200_000, 2_000, 7
#: What a first try looks like: it only takes the text apart.
EXPRESSION = r"^(?P<city>\D{2,3}市)?(?P<district>\D{2,5}?区)?(?P<road>\D+?(?:路|街|大道|公路))(?P<number>\d+)"


def addresses(atlas: Atlas, count: int) -> list[str]:
    """Return addresses on the bundled roads as tables have them: three of ten occur more than once."""
    chance = np.random.default_rng(13)
    roads = atlas.addresses("roads")
    district = atlas.districts["name_zh"].loc[roads["district_id"]].to_numpy()
    pick = chance.integers(0, len(roads), count)
    number = chance.integers(1, 2000, count)
    city = str(atlas.rows("places")[str(atlas.meta["city_place_id"])]["name_zh"])
    unit = np.where(chance.random(count) < 0.3, "弄12号", "号")
    names = roads["name_zh"].to_numpy()
    made = [f"{city}{district[r]}{names[r]}{n}{u}" for r, n, u in zip(pick, number, unit, strict=True)]
    again = chance.random(count) < 0.3
    return [made[chance.integers(0, at + 1)] if is_again else made[at] for at, is_again in enumerate(again)]


def left_out(atlas: Atlas, most: int) -> list[float]:
    """Return how far off each bundled house number is found when it is left out, metres; others are not counted."""
    sources, whole = atlas_sources(atlas), atlas_geocoder(atlas)
    gazetteer, far = whole.gazetteer, []
    for road in atlas.addresses("house_numbers")["road"].unique()[:most]:
        anchors: list[Anchor] = list(sources.anchors.get(road, ()))
        for kept in sorted({a.number for a in anchors}) if len(anchors) > 1 else ():
            rest = Sources({road: [a for a in anchors if a.number != kept]}, {road: sources.pieces.get(road, ())})
            alone = Gazetteer.of(gazetteer.names, gazetteer.plane, rest)
            without = replace(gazetteer, roads={**gazetteer.roads, **alone.roads}, _known={}, _crossings={})
            spot = whole.with_gazetteer(without).spots([f"{road}{kept}号"], [None], [None])[0]
            true = next(a for a in anchors if a.number == kept)
            if spot is not None:
                far.append(float(np.hypot(spot.x - true.x, spot.y - true.y)))
    return far


def run(quick: bool) -> Iterator[Result]:
    """Measure rows a second of one core beside an expression that only parses, and metres off."""
    atlas = Atlas.load()
    rows = addresses(atlas, FEW if quick else ROWS)
    geocoder = atlas_geocoder(atlas)
    series = pd.Series(rows)
    geocoder.geocode(rows[:FEW])

    def ours() -> float:
        start = time.process_time()
        found = geocoder.geocode(rows)
        assert len(found.level) == len(rows)
        return len(rows) / (time.process_time() - start) / 1e3

    def parsed() -> float:
        start = time.process_time()
        series.str.extract(EXPRESSION)
        return len(rows) / (time.process_time() - start) / 1e3

    mine, peer = turns(1 if quick else ROUNDS, ours, parsed)
    yield Result("addresses.rows", mine, "k rows/s", peer, versions("pandas"))
    far = left_out(atlas, 5 if quick else 1000)
    yield Result("addresses.left_out", [float(np.median(far))], "m", note=f"{len(far)} house numbers")
