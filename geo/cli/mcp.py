"""``geo mcp``: the tools for assistants, over standard input and output."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["HELP", "arguments", "run"]

HELP = """\
serve the tools for assistants over standard input and output (Model Context Protocol)

An assistant starts it by itself: give its settings the command "geo" and the argument "mcp". It only reads, and asks no
network."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--layers", metavar="DIR", help="folder of the layers (default: the published ones)")


def run(args: argparse.Namespace) -> int:
    """Answer until the assistant closes the input."""
    from geo.api.mcp import Server

    # What a library prints must not get between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    try:
        Server(lambda: _tools(args.layers)).serve(sys.stdin, answers)
    finally:
        sys.stdout = answers
    return 0


@dataclass(frozen=True)
class _Bound:
    """A tool with the atlas that it asks."""

    tool: Any
    atlas: Any

    @property
    def description(self) -> str:
        return str(self.tool.description)

    @property
    def schema(self) -> Mapping[str, Any]:
        schema: Mapping[str, Any] = self.tool.schema
        return schema

    def answer(self, **given: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.tool.answer(self.atlas, **given)
        return found


def _tools(layers: str | None) -> dict[str, _Bound]:
    from geo.api.tools import TOOLS, Tool
    from geo.atlas.atlas import Atlas
    from geo.atlas.selection import FILTERS

    atlas = Atlas.load(layers)
    words = {"type": "string", "maxLength": 200}
    own = dict.fromkeys((*FILTERS.values(), "q", "measure", "place"), words)
    tools = [*TOOLS.values(), Tool("map_picture", own, (), map_picture)]
    return {tool.name: _Bound(tool, atlas) for tool in tools}


def map_picture(atlas: Any, language: str, **query: str) -> dict[str, Any]:
    """Draw the figure of a selection, given as in the address of a page; the answer has its sources."""
    from geo.analysis.compare import coloured
    from geo.api.tool_parts import KNOWN, answer_of
    from geo.atlas.selection import Selection
    from geo.errors import UsageError
    from geo.render.figure.sheet import figure

    selection, problems = Selection.from_query({**query, "lang": language}, atlas.allowed)
    if problems:
        one = problems[0]
        raise UsageError(f"{one.name} is {one.value!r}: allowed are {', '.join(one.allowed[:40])}")
    view = atlas.select(selection)
    ranking = coloured(view)
    compared = len(ranking.comparable) if ranking else None
    content = {"places": [str(one) for one in view.places.index][:100], "coloured": compared}
    return answer_of(atlas, KNOWN, content, [str(one) for one in view.sources["source_id"]][:40], language) | {
        "png": figure(view, "png", dpi=110)
    }
