"""What stands beside the map of a figure: legend, sources, notices."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from geo.analysis.classes import Classes, classify
from geo.analysis.compare import Ranking
from geo.analysis.values import citation, date_text, measure_heading, measure_scale
from geo.atlas.atlas import View
from geo.base.messages import text
from geo.contract.notices import notice

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["APART_HATCH", "INK", "MUTED", "NO_DATA", "SIZE_INCH", "draw_legend", "draw_notes"]

INK, MUTED, NO_DATA = "#1F2933", "#6B7480", "#FFFFFF"
_RULE = "#9AA5B1"

#: Pattern of a place whose figure may not be compared.
APART_HATCH = "xxx"

#: A4, landscape.
SIZE_INCH = (11.69, 8.27)

_LEFT, _TOP, _BOTTOM = 0.715, 0.90, 0.045

#: Columns of a line of sources (a Chinese character counts as two), most lines of one, size and spacing of the text.
_COLUMNS, _LINES_EACH, _SIZE_PT, _SPACING = 76, 2, 6, 1.4

#: Roles of the basemap that are drawn as lines and need a word.
_LINE_ROLES = ("rail", "road")


def draw_legend(page: Figure, view: View, found: Ranking | None, styles: Mapping[str, Any], *, small: bool) -> float:
    """Draw the legend and return how far down it reaches, in parts of the page's height.

    Parameters
    ----------
    page : matplotlib Figure
    view : View
    found : Ranking or None
        The measure in focus.
    styles : mapping
        Method → line style.
    small : bool
        Whether places too small to be seen stand as squares.
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    atlas, language = view.atlas, view.selection.language
    top = _TOP

    def add(title: str, handles: Sequence[Any]) -> None:
        nonlocal top
        legend = page.legend(
            handles=handles, title=title, loc="upper left", bbox_to_anchor=(_LEFT, top), frameon=False, fontsize=8,
            title_fontsize=9, alignment="left", handlelength=2.4, labelspacing=0.45, borderpad=0, borderaxespad=0,
        )  # fmt: skip
        legend.get_title().set_fontweight("bold")
        extent = legend.get_window_extent(page.canvas.get_renderer())  # type: ignore[attr-defined]
        top -= extent.height / (page.dpi * SIZE_INCH[1]) + 0.022

    if found is not None:
        title = "\n".join(textwrap.wrap(_measure_title(view, found), 34))
        add(title, _swatches(view, found, classify(found.comparable)))
    shown = set(view.places["kind"])
    kinds = [row for row in atlas.table("kinds").sort_values("sort_order").to_dict("records") if row["kind"] in shown]
    add(
        text("figure.kinds", language),
        [Line2D([], [], color=row["colour"], linewidth=2, label=row[f"name_{language}"]) for row in kinds],
    )
    drawn = view.places[view.places["status"] != "context"]
    handles: list[Any] = []
    for method, style in styles.items():
        if (drawn["method"] == method).any():
            hatch = "///" if method == "schematic" else None
            label = "\n".join(textwrap.wrap(text(f"method.{method}", language), 36))
            handles.append(Patch(fill=False, edgecolor=MUTED, linewidth=1.2, linestyle=style, hatch=hatch, label=label))
    if handles:
        add(text("figure.methods", language), handles)
    marks: dict[str, Any] = {
        "marker": "o",
        "markerfacecolor": "white",
        "markeredgecolor": INK,
        "markersize": 4,
        "linestyle": "",
    }
    others: list[Any] = []
    if view.institutions.geometry.notna().any():
        others.append(Line2D([], [], label=text("figure.institution", language), **marks))
    if small:
        square: dict[str, Any] = {
            "marker": "s",
            "markerfacecolor": MUTED,
            "markeredgecolor": "white",
            "markersize": 5,
            "linestyle": "",
        }
        others.append(Line2D([], [], label=text("figure.small", language), **square))
    for row in atlas.table("basemap").sort_values("sort_order").to_dict("records"):
        if row["role"] in _LINE_ROLES:
            others.append(Line2D([], [], color=row["colour"], linewidth=0.9, alpha=0.6, label=row[f"name_{language}"]))
    if others:
        add(text("figure.marks", language), others)
    return top


def _swatches(view: View, found: Ranking, classes: Classes) -> list[Any]:
    """Return what the colours of the measure mean; a figure that may not be compared, and none, have no colour."""
    from matplotlib.patches import Patch

    language = view.selection.language
    scale = measure_scale(view.atlas, found.measure_id, language)
    frame: dict[str, Any] = {"edgecolor": _RULE, "linewidth": 0.5}
    swatches = [
        Patch(facecolor=colour, label=classes.label(index, scale), **frame)
        for index, colour in enumerate(classes.colours)
    ]
    if len(found.cells) > len(found.positions):
        swatches.append(Patch(facecolor=NO_DATA, hatch=APART_HATCH, label=text("value.apart", language), **frame))
    if found.missing:
        swatches.append(Patch(facecolor=NO_DATA, label=text("map.no_data", language), **frame))
    return swatches


def _measure_title(view: View, found: Ranking) -> str:
    """Return the heading of the measure in focus with the dates of what is coloured."""
    language = view.selection.language
    title = measure_heading(view.atlas, found.measure_id, language)
    dates = sorted({one.figure.as_of for one in found.cells if one.comparable and one.figure and one.year})
    if not dates:
        return title
    return f"{title} {dates[0] if len(dates) == 1 else f'{dates[0]} – {dates[-1]}'}"


def draw_notes(page: Figure, view: View, found: Ranking | None, below: float, *, readable: bool) -> None:
    """Write sources and notices under the legend.

    Parameters
    ----------
    found : Ranking or None
        The measure in focus.
    below : float
        Where the legend ends, in parts of the page's height: as many sources stand as fit; the rest is counted.
    readable : bool
        Whether there is a font with Chinese characters; without one a source is named by its id.
    """
    meta, language = view.atlas.meta, view.selection.language
    sources = view.atlas.rows("sources")
    used = list(view.places["boundary_source_id"])
    if found is not None:
        used = [*(one.figure.source_id for one in found.cells if one.figure), *used]
    used = list(dict.fromkeys(used))
    line = _SIZE_PT * _SPACING * 1.1 / 72 / SIZE_INCH[1]
    room = max(6, int((below - _BOTTOM - 0.035) / line)) - 1
    entries = [_source(sources[source_id], language, readable=readable) for source_id in used]
    shown: list[str] = []
    for number, entry in enumerate(entries):
        if len(shown) + len(entry) > room:
            shown.append(text("figure.more_sources", language, count=len(entries) - number))
            break
        shown += entry
    body = page.text(
        _LEFT, _BOTTOM, "\n".join(shown), fontsize=_SIZE_PT, color=MUTED, va="bottom", linespacing=_SPACING
    )
    extent = body.get_window_extent(page.canvas.get_renderer())  # type: ignore[attr-defined]
    head_y = extent.y1 / (page.dpi * SIZE_INCH[1]) + 0.01
    page.text(_LEFT, head_y, text("figure.sources", language), fontsize=8, weight="bold", color=INK, va="bottom")
    credit = " · ".join((notice(meta, language), meta[f"attribution_{language}"]))
    page.text(0.03, 0.035, credit, fontsize=7, color=MUTED, va="center")


def _source(source: Mapping[Any, Any], language: str, *, readable: bool) -> list[str]:
    """Return a source as one or two lines."""
    if not readable and source["title_en"]:
        source = {**source, "title": source["title_en"]}
    entry = f"[{source['grade']}] {citation(source, language)}"
    if not readable and any(unicodedata.east_asian_width(c) in "WF" for c in entry):
        entry = f"[{source['grade']}] {source['source_id']}, {date_text(source['published'], language)}"
    return _wrap(entry)


def _wrap(entry: str) -> list[str]:
    """Return an entry in lines of `_COLUMNS`, cut after the last allowed; Latin words stay whole."""
    lines, now, width = [], "", 0
    for word in _words(entry):
        wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in word)
        if width + wide > _COLUMNS and now:
            lines.append(now.rstrip())
            now, width = "     ", 5
            word = word.lstrip()
        now, width = now + word, width + wide
    lines.append(now)
    if len(lines) > _LINES_EACH:
        return [*lines[: _LINES_EACH - 1], lines[_LINES_EACH - 1] + "…"]
    return lines


def _words(entry: str) -> list[str]:
    """Return a text in pieces between which a line may break: after a space, around Chinese, never before a mark."""
    pieces = [""]
    for character in entry:
        if unicodedata.east_asian_width(character) in "WF":
            pieces += [character, ""]
        elif character in ",.;:)" and not pieces[-1] and len(pieces) > 1:
            pieces[-2] += character
        else:
            pieces[-1] += character
            if character == " ":
                pieces.append("")
    return [piece for piece in pieces if piece]
