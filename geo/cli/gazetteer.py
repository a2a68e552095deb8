"""``geo gazetteer``: build the user's own gazetteer, used together with the bundled one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from geo.atlas.atlas import Atlas
from geo.atlas.layers import default_layers
from geo.base.messages import printable, text
from geo.base.paths import Paths
from geo.base.told import told
from geo.cli.reading import add_reading, reading
from geo.cli.selecting import add_language, add_layers
from geo.crs.datums import DATUMS
from geo.errors import UsageError

EXAMPLES = {
    "geo gazetteer mine.gpkg --points visited.xlsx": "",
    "geo gazetteer mine.gpkg --osm city.osm.pbf --points visited.csv --datum gcj02": "",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("output", metavar="OUT")
    parser.add_argument("--osm", metavar="FILE")
    parser.add_argument("--points", metavar="TABLE")
    parser.add_argument("--address", metavar="C")
    parser.add_argument("--lon", metavar="C")
    parser.add_argument("--lat", metavar="C")
    parser.add_argument("--datum", choices=("auto", *DATUMS), default="auto")
    parser.add_argument("--overwrite", action="store_true")
    add_reading(parser)
    add_language(parser)
    add_layers(parser)


def paths(args: argparse.Namespace) -> Paths:
    """Return the paths that are read and written."""
    inputs = [path for path in (args.osm, args.points) if path]
    return Paths([*inputs, args.layers or default_layers()], [args.output], [], overwrite=args.overwrite)


def run(args: argparse.Namespace) -> int:
    """Build the gazetteer and print what it adds."""
    from geo.analysis.user_data.gazetteer_build import Making, streets_sources
    from geo.analysis.user_data.gazetteer_file import write_gazetteer

    output = Path(args.output)
    if output.suffix.lower() != ".gpkg":
        raise told(UsageError, "wrong.gazetteer_ending", name=output.name)
    if not args.osm and not args.points:
        raise told(UsageError, "wrong.gazetteer_sources")
    atlas, making = Atlas.load(args.layers), Making()
    if args.osm:
        from geo.osm.streets import read_streets

        making.sources |= streets_sources(read_streets(args.osm, tuple(atlas.meta["bbox"])), atlas)
        making.told.append(f"{Path(args.osm).name} (© OpenStreetMap contributors, ODbL 1.0)")
    if args.points:
        _learn(args, atlas, making)
        making.told.append(Path(args.points).name)
    write_gazetteer(output, atlas, making.sources, making.accuracy, making.told)
    _say([text("addresses.report.gazetteer", args.language, path=args.output, **making.counts())])
    return 0


def _learn(args: argparse.Namespace, atlas: Atlas, making: Any) -> None:
    from geo.analysis.user_data.gazetteer_build import learn_points
    from geo.analysis.user_data.points_table import points_table
    from geo.tables import memory_bound, open_apart

    options = reading(args, atlas) | {"lon": args.lon, "lat": args.lat}
    with memory_bound(), open_apart(args.points, **options) as table:
        learned, lines = points_table(table, atlas, datum=args.datum, address=args.address, language=args.language)
    _say(lines)
    learn_points(learned, making, atlas)


def _say(lines: list[str]) -> None:
    for line in lines:
        print(printable(line), file=sys.stderr)
