"""The tools bound to an atlas, as a server calls them; including one that draws a map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.api.tool_parts import KNOWN, Answer, answer_of
from geo.api.tools import TOOLS, Tool
from geo.atlas.atlas import Atlas
from geo.atlas.selection import FILTERS, Selection
from geo.base.told import told
from geo.errors import UsageError

__all__ = ["ServedTool", "served_tools"]


@dataclass(frozen=True)
class ServedTool:
    """A tool bound to an atlas."""

    tool: Tool
    atlas: Atlas

    @property
    def description(self) -> str:
        """Description in both languages."""
        return self.tool.description

    @property
    def schema(self) -> Mapping[str, Any]:
        """JSON Schema of its parameters."""
        return self.tool.schema

    def answer(self, **given: Any) -> Answer:
        """Return the answer of the tool to the given arguments."""
        return self.tool.answer(self.atlas, **given)


def served_tools(atlas: Atlas) -> dict[str, ServedTool]:
    """Return the tools by name, as `geo.api.mcp.Server` takes them.

    Parameters
    ----------
    atlas : Atlas
        The atlas that the tools query.
    """
    words = {"type": "string", "maxLength": 200}
    own = dict.fromkeys((*FILTERS.values(), "q", "measure", "place"), words)
    tools = [*TOOLS.values(), Tool("map_picture", own, (), _map_picture)]
    return {tool.name: ServedTool(tool, atlas) for tool in tools}


def _map_picture(atlas: Atlas, language: str, **query: str) -> Answer:
    """Draw the figure of a selection, given as in the query of a page; the answer includes its sources."""
    from geo.analysis.compare import coloured
    from geo.render.figure.sheet import figure

    selection, problems = Selection.from_query({**query, "lang": language}, atlas.allowed, atlas.called)
    if problems:
        one = problems[0]
        allowed = ", ".join(one.allowed[:40])
        raise told(UsageError, "wrong.value", name=one.name, given=one.value, allowed=allowed)
    view = atlas.select(selection)
    ranking = coloured(view)
    compared = len(ranking.comparable) if ranking else None
    content = {"places": [str(one) for one in view.places.index][:100], "coloured": compared}
    sources = [str(one) for one in view.sources["source_id"]][:40]
    return answer_of(atlas, KNOWN, content, sources, language) | {"png": figure(view, "png", dpi=110)}
