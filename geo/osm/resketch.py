"""Replace the square placeholder district that `geo new` wrote by real districts.

Rows and lines that nobody has edited are replaced together with the square; whatever the planner has written, and
every answer given to `geo new`, is kept.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from geo.contract.box import is_box
from geo.contract.cells import Row
from geo.errors import GeoError
from geo.osm.basemap import Basemap
from geo.osm.sketch import sketch

__all__ = ["atlas_without", "sketch_there", "tables_without", "taking_over"]

_SECTION = "[reference_point]"


def sketch_there(folder: Path, tables: Mapping[str, list[Row] | None]) -> Basemap | None:
    """Return the sketch that a seeds folder was started from, if its districts are still the placeholder; else None."""
    city = next((row for row in tables["places"] or [] if row["place_id"] == "city"), None)
    try:
        meta = tomllib.loads((folder / "atlas.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if city is None or not is_box(meta.get("bbox")):
        return None
    try:
        country, crs = str(meta.get("country", "")), str(meta.get("metric_crs", ""))
        was = sketch(city["name_zh"], city["name_en"], meta["bbox"], crs, country=country)
    except GeoError:
        return None
    title = was.given.title if was.given else ""
    return was if any(row["title"] == title for row in tables["sources"] or []) else None


def taking_over(basemap: Basemap, was: Basemap) -> Basemap:
    """Return a basemap with the names, CRS and country of the sketch, and a box that contains both boxes."""
    west, south, east, north = zip(basemap.bbox, was.bbox, strict=True)
    return replace(
        basemap,
        city_zh=was.city_zh,
        city_en=was.city_en,
        metric_crs=was.metric_crs,
        bbox=(min(west), min(south), max(east), max(north)),
        country=was.country or basemap.country,
    )


def tables_without(
    tables: Mapping[str, list[Row] | None], old: Mapping[str, list[Row]], new: Mapping[str, list[Row]]
) -> dict[str, list[Row] | None]:
    """Return tables without the rows of the sketch; in edited rows only the unedited cells are replaced."""
    found = dict(tables)
    for name, rows in old.items():
        key = "role" if name == "kinds" else next(iter(rows[0]))  # a planner may have renamed a kind
        drawn, fresh = ({row[key]: row for row in some} for some in (rows, new.get(name, [])))
        kept = [row for row in tables[name] or [] if row != drawn.get(row[key])]
        found[name] = [_following(row, drawn.get(row[key], {}), fresh.get(row[key], {})) for row in kept]
    return found


def _following(row: Row, drawn: Row, fresh: Row) -> Row:
    return {column: fresh.get(column, cell) if drawn.get(column) == cell else cell for column, cell in row.items()}


def atlas_without(text: str, old: str, new: str) -> str:
    """Return ``atlas.toml`` with every unedited line of the sketch replaced by that of the new districts."""
    (head, tail), (old_head, old_tail), (new_head, new_tail) = (_parts(one) for one in (text, old, new))
    fresh = {_key(line): line for line in new_head}
    drawn = {_key(line): line for line in old_head}
    lines = []
    for line in head:
        if line.strip() and line == drawn.get(_key(line)):
            lines += [fresh[_key(line)]] if _key(line) in fresh else []
        else:
            lines.append(line)
    lines += [line for key, line in fresh.items() if key not in drawn and key not in map(_key, head)]
    return "\n".join([*_without_ends(lines), "", *(new_tail if tail == old_tail else tail), ""])


def _parts(text: str) -> tuple[list[str], list[str]]:
    lines = text.rstrip().splitlines()
    at = lines.index(_SECTION) if _SECTION in lines else len(lines)
    return lines[:at], lines[at:]


def _key(line: str) -> str:
    return line.partition("=")[0].strip()


def _without_ends(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines
