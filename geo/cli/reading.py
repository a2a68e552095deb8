"""Options on how an input table is written, shared by all commands that read one."""

from __future__ import annotations

import argparse
from typing import Any

from geo.atlas.atlas import Atlas


def add_reading(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add the options on how the input table is written, and return their group."""
    group = parser.add_argument_group("reading")
    group.add_argument("--encoding", metavar="E")
    # For these two options a space is a valid value, and for the second the empty string too.
    group.add_argument("--delimiter", metavar="D", type=str)
    group.add_argument("--quote", metavar="Q", type=str)
    group.add_argument("--header", metavar="N", type=int)
    group.add_argument("--sheet", metavar="S")
    group.add_argument("--layer", metavar="L")
    return group


def reading(args: argparse.Namespace, atlas: Atlas) -> dict[str, Any]:
    """Return the options of `add_reading` as keyword arguments of `open_apart`."""
    names = ("encoding", "delimiter", "quote", "header", "sheet", "layer")
    told = {name: getattr(args, name) for name in names}
    return {**told, "bbox": tuple(atlas.meta["bbox"]), "metric_crs": atlas.meta["metric_crs"]}
