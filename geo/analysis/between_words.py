"""The changes between two years in words, the same on every page: three sentences, and the change of one figure."""

from __future__ import annotations

from collections import Counter

from geo.analysis.between import Between, Pair, years
from geo.analysis.units import format_number, percent_text
from geo.analysis.values import measure_unit
from geo.atlas.atlas import Atlas
from geo.base.messages import text

__all__ = ["answer_texts", "change_text", "usual_years"]

#: From this factor on, growth is told as a multiple ("3 times"), below it in per cent.
_TIMES = 2.0

_WAYS = {1: "up", -1: "down", 0: "open"}


def usual_years(atlas: Atlas) -> tuple[int, int] | None:
    """Return the first year of the documents and the last year with complete data; None if there is only one."""
    known = years(atlas)
    if len(known) < 2:
        return None
    full = int(str(atlas.meta["data_date"])[:4]) - 1
    return known[0], max((one for one in known if known[0] < one <= full), default=known[-1])


def answer_texts(found: Between, language: str) -> tuple[str, str, str]:
    """Return three sentences: places newly named, places no longer named, figures that grew or shrank."""
    clear = [one for one in found.pairs if one.comparable]
    ways = Counter("level" if one.ratio == 1 else _WAYS[one.direction] for one in clear)
    spans = {"first": found.first, "last": found.last}
    said = text("changed.answer", language, then=len(found.then), now=len(found.now), new=len(found.new), **spans)
    silent = text("changed.answer.silent", language, silent=len(found.silent), then=len(found.then), **spans)
    told = text("list.comma", language).join(
        text(f"changed.count.{way}", language, count=ways[way]) for way in ("up", "down", "level", "open") if ways[way]
    )
    if not clear:
        return said, silent, text("changed.answer.no_figures", language)
    return said, silent, text("changed.answer.figures", language, count=len(clear), told=told)


def change_text(atlas: Atlas, one: Pair, language: str) -> str:
    """Return how a figure changed: in per cent, as a multiple, in percentage points, or only the direction."""
    if one.ratio is None:
        return text(f"changed.way.{_WAYS[one.direction]}", language)
    if measure_unit(atlas, one.now.measure_id, language) == "%":
        points = round(one.now.value - one.then.value, 2)
        sign = "+" if points >= 0 else "−"
        return text("changed.points", language, points=f"{sign}{format_number(abs(points))}")
    if one.ratio == 1:
        return text("changed.way.same", language)
    if one.ratio >= _TIMES:
        return text("changed.times", language, times=f"{one.ratio:,.1f}".removesuffix(".0"))
    sign = "+" if one.ratio >= 1 else "−"
    return f"{sign}{percent_text(abs(one.ratio - 1))}"
