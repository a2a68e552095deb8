"""``geo mcp``: the tools for assistants, over standard input and output."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any

__all__ = ["EXAMPLES", "arguments", "run"]

EXAMPLES: dict[str, str] = {}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--layers", metavar="DIR")


def run(args: argparse.Namespace) -> int:
    """Answer requests until the assistant closes the input."""
    from geo.api.mcp import Server

    # Anything that a library prints must not mix with the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    try:
        Server(lambda: _tools(args.layers)).serve(sys.stdin, answers)
    finally:
        sys.stdout = answers
    return 0


def _tools(layers: str | None) -> Mapping[str, Any]:
    from geo.api.served_tools import served_tools
    from geo.atlas.atlas import Atlas

    return served_tools(Atlas.load(layers))
