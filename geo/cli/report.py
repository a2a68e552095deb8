"""``geo report``: the selected places as one HTML file, a Word document or a figure."""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

from geo.atlas import Atlas, View
from geo.atlas.layers import default_layers
from geo.base.paths import Paths
from geo.base.told import both, told
from geo.cli.selecting import add_language, add_layers, add_selection, view_of
from geo.crs.datums import DATUMS
from geo.errors import UsageError
from geo.library import DOCUMENTS, PAGES, PICTURES, save

EXAMPLES = {
    "geo report layout.html": "live",
    "geo report layout.docx": "word",
    "geo report layout.pdf": "figure",
    "geo report layout.pdf --paper a3 --portrait": "large",
    "geo report firms.html --kind node --measure ai_firms": "measure",
    'geo report where.html --choose "stations_1km>=3;centre_km=-1"': "choose",
    "geo report firms.docx --points firms.csv": "counts",
    "geo report firms.pdf --points firms.csv --points-colour 行业": "colour",
    "geo report parks.html --text park --place PLACE_ID --language en": "",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("out", metavar="OUT")
    parser.add_argument("--measure", metavar="ID")
    parser.add_argument("--place", metavar="PLACE")
    parser.add_argument("--choose", action="append", default=[], metavar="M>=N")
    parser.add_argument("--points", metavar="TABLE")
    parser.add_argument("--points-colour", metavar="COLUMN")
    parser.add_argument("--datum", choices=("auto", *DATUMS), default="auto")
    parser.add_argument("--overwrite", action="store_true")
    parser.add_argument("--paper", choices=("a4", "a3"), default="a4")
    parser.add_argument("--portrait", action="store_true")
    add_selection(parser)
    add_language(parser)
    add_layers(parser)


def paths(args: argparse.Namespace) -> Paths:
    """Return the paths that are read and written."""
    own = [args.points] if args.points else []
    return Paths([args.layers or default_layers(), *own], [args.out], overwrite=args.overwrite)


def run(args: argparse.Namespace) -> int:
    """Write the report and print its path; warn on stderr if a font is missing."""
    from geo.render.figure.fonts import FontWarning

    ending = Path(args.out).suffix.lower()
    allowed = (*PAGES, *DOCUMENTS, *PICTURES)
    if ending not in allowed:
        said = {"out": args.out, "ending": ending or both("wrong.ending.none")}
        raise told(UsageError, "wrong.report_ending", **said, allowed=", ".join(allowed))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", FontWarning)
        asked = {"criteria": args.choose, "points": args.points, "datum": args.datum}
        asked["points_colour"] = args.points_colour or ""
        paper = {"paper": args.paper, "portrait": args.portrait}
        written = save(_view(args), args.out, overwrite=args.overwrite, **asked, **paper)
    for warning in caught:
        if issubclass(warning.category, FontWarning):
            print(f"geo: {warning.message}", file=sys.stderr)
    print(written[0])
    return 0


def _view(args: argparse.Namespace) -> View:
    """Return the view; raise if the measure is unknown or the place in focus is not selected."""
    atlas = Atlas.load(args.layers)
    measure = atlas.find_measure(args.measure) if args.measure else ""
    place = atlas.find(args.place) if args.place else ""
    view = view_of(atlas, args, measure=measure, place=place)
    if place and place not in view:
        raise told(UsageError, "wrong.place_hidden", place=place, count=len(view.places))
    return view
