"""``geo atlas``: the selected places as a book to print."""

from __future__ import annotations

import argparse
import sys
import warnings

from geo.atlas import Atlas
from geo.atlas.layers import default_layers
from geo.base.paths import Paths
from geo.cli.selecting import add_language, add_layers, add_selection, view_of
from geo.library import save

EXAMPLES = {
    "geo atlas layout.pdf": "whole",
    "geo atlas layout.pdf --paper a3 --language en": "large",
    "geo atlas parks.pdf --kind demo_park --district DISTRICT": "some",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("out", metavar="OUT")
    parser.add_argument("--paper", choices=("a4", "a3"), default="a4")
    parser.add_argument("--overwrite", action="store_true")
    add_selection(parser)
    add_language(parser)
    add_layers(parser)


def paths(args: argparse.Namespace) -> Paths:
    """Return the paths that are read and written."""
    return Paths([args.layers or default_layers()], [args.out], overwrite=args.overwrite)


def run(args: argparse.Namespace) -> int:
    """Write the atlas and print its path; warn on stderr if a font is missing."""
    from geo.render.figure.fonts import FontWarning

    view = view_of(Atlas.load(args.layers), args)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", FontWarning)
        written = save(view, args.out, format="atlas", overwrite=args.overwrite, paper=args.paper)
    for warning in told:
        if issubclass(warning.category, FontWarning):
            print(f"geo: {warning.message}", file=sys.stderr)
    print(written[0])
    return 0
