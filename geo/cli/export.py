"""``geo export``: files for GIS tools."""

from __future__ import annotations

import argparse
import sys

from geo.atlas.atlas import Atlas
from geo.atlas.layers import default_layers
from geo.base.paths import Paths
from geo.cli.help_words import heading, in_both
from geo.cli.selecting import add_language, add_layers, add_selection, view_of
from geo.export.registry import formats

EXAMPLES = {
    "geo export layout.gpkg": "qgis",
    "geo export layout.dxf": "cad",
    "geo export parks.shp.zip --kind demo_park --encoding gb18030": "",
    "geo export postgresql://user@host/database --schema layout": "",
    "geo export all.zip": "all",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    width = max(len(name) for name in formats())
    lines = [
        f"  {one.format:<{width}}  {', '.join(one.endings)}  {in_both(one.name_zh, one.name_en)}"
        for one in formats().values()
    ]
    parser.epilog = "\n".join([heading("verbs.formats"), *lines])
    parser.add_argument("out", metavar="OUT")
    parser.add_argument("--format", metavar="F")
    parser.add_argument("--crs", metavar="CRS")
    parser.add_argument("--overwrite", action="store_true")
    parser.add_argument("--encoding", default="utf-8", metavar="E")
    parser.add_argument("--schema", metavar="S")
    parser.add_argument("--basemap", action="store_true")
    parser.add_argument(
        "--plot-scale",
        type=int,
        metavar="N",
    )
    add_selection(parser)
    add_language(parser)
    add_layers(parser)


def paths(args: argparse.Namespace) -> Paths:
    """Return the paths that are read and written."""
    from geo.export.api import output_paths

    outputs = output_paths(args.out, args.format)
    return Paths([args.layers or default_layers()], outputs, overwrite=args.overwrite)


def run(args: argparse.Namespace) -> int:
    """Export, and print what was written and what the format cannot hold."""
    from geo.export import export

    atlas = Atlas.load(args.layers)
    result = export(
        view_of(atlas, args),
        args.out,
        args.format,
        args.crs,
        overwrite=args.overwrite,
        language=args.language,
        encoding=args.encoding,
        schema=args.schema,
        basemap=args.basemap,
        plot_scale=args.plot_scale,
    )
    for output in result.outputs:
        print(output)
    counts = ", ".join(f"{name} {count}" for name, count in result.features.items())
    print(f"{result.format}: {counts}", file=sys.stderr)
    print(result.caveat_zh if args.language == "zh" else result.caveat_en, file=sys.stderr)
    return 0
