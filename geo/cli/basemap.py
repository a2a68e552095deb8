"""``geo basemap``: an OpenStreetMap extract → the basemap of a city's seeds."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from geo.base.paths import Paths
from geo.errors import UsageError

HELP = """Derive districts, water, coast, metro and main roads of a city from an OpenStreetMap extract.

  geo basemap region.osm.pbf -o mycity/seeds --city 某市 --code-tag ref
  geo basemap town.osm -o mycity/seeds --district-level 9 --bbox 9.9,49.9,10.5,50.3

Writes basemap/*.geojson, the rows of basemap.csv and places.csv, and every other table, empty, where it is missing:
then `geo build` runs. What a city does not have (metro, river, coast) gives no layer. Rows that are there stay."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("extract", metavar="FILE", help="extract: .osm.pbf or .osm")
    parser.add_argument("-o", "--seeds", metavar="DIR", required=True, help="the seeds folder to write")
    parser.add_argument("--city", metavar="NAME", help="administrative area that holds the districts (default: all)")
    parser.add_argument(
        "--district-level", type=int, default=6, metavar="N", help="admin_level of the districts (default: 6)"
    )
    parser.add_argument(
        "--code-tag", metavar="TAG", help="tag with a district's code, for its id (default: the OSM id)"
    )
    parser.add_argument("--bbox", metavar="W,S,E,N", help="only districts whose inner point lies in it")
    parser.add_argument("--tolerance-m", type=float, default=20.0, metavar="M", help="simplification (default: 20)")
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="date of the extract (default: that of the file)")
    parser.add_argument("--replace", action="store_true", help="replace basemap files that are there")


def paths(args: argparse.Namespace) -> Paths:
    """Return what is read and written: single files of the seeds folder."""
    from geo.osm.seeds import file_names

    return Paths([args.extract], [], [Path(args.seeds) / name for name in file_names()])


def run(args: argparse.Namespace) -> int:
    """Derive, write, and say what was written, left out or merged."""
    from geo.osm.derive import derive
    from geo.osm.seeds import write_seeds

    bbox = _bbox(args.bbox)
    given = _day(args.date) if args.date else None
    basemap = derive(
        args.extract,
        district_level=args.district_level,
        code_tag=args.code_tag,
        city=args.city,
        bbox=bbox,
        tolerance_m=args.tolerance_m,
    )
    day = given or datetime.fromtimestamp(Path(args.extract).stat().st_mtime, UTC).date()
    for name in write_seeds(basemap, args.seeds, day=day, replace=args.replace):
        print(Path(args.seeds) / name)
    for note in basemap.notes:
        print(f"note: {note}", file=sys.stderr)
    counts = ", ".join(f"{len(layer.features)} {layer.layer_id}" for layer in basemap.layers)
    print(f"{counts}; next: edit the tables, then geo build --seeds {args.seeds}", file=sys.stderr)
    return 0


def _bbox(text: str | None) -> list[float] | None:
    if text is None:
        return None
    try:
        return [float(part) for part in re.split(r"[,\s]+", text.strip())]
    except ValueError:
        raise UsageError(f"--bbox is {text!r}: write west,south,east,north in degrees") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--date is {text!r}: write YYYY-MM-DD") from None
