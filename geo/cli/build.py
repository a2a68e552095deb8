"""``geo build``: seeds → layers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from geo.atlas.layers import default_layers
from geo.base.messages import printable, text
from geo.base.paths import Paths
from geo.cli.selecting import add_language

EXAMPLES: dict[str, str] = {}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--seeds", metavar="DIR")
    parser.add_argument("--layers", metavar="DIR")
    parser.add_argument("--check", action="store_true")
    add_language(parser)


def paths(args: argparse.Namespace) -> Paths:
    """Return the paths that are read and written."""
    layers, seeds = _folders(args)
    return Paths([seeds], [] if args.check else [layers])


def _folders(args: argparse.Namespace) -> tuple[Path, Path]:
    layers = Path(args.layers) if args.layers else default_layers()
    return layers, Path(args.seeds) if args.seeds else layers.parent / "seeds"


def run(args: argparse.Namespace) -> int:
    """Build or check the layers, and print what was done."""
    from geo.build import build

    layers, seeds = _folders(args)
    report = build(seeds, layers, check=args.check)
    said = {"files": report.files, "layers": report.layers}
    if args.check:
        words = text("build.same", args.language, **said, seeds=seeds)
    else:
        words = text("build.done", args.language, **said, changed=len(report.changed))
    print(printable(words), file=sys.stderr)
    return 0
