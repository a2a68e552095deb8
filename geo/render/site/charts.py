"""Charts on the page of a place, as in the app: pictures in separate files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from geo.analysis.series import Chart, charts
from geo.atlas.atlas import Atlas
from geo.render.chart.picture import picture, readable_language
from geo.render.chart.series import series_sheet
from geo.render.chart.words import chart_alt, chart_title
from geo.render.figure.marks import Sheet
from geo.render.markup import Markup, join, tag
from geo.render.site.context import SiteContext
from geo.render.site.parts import section

__all__ = ["chart_pictures", "charts_section"]


def chart_pictures(atlas: Atlas, language: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and content (SVG) of the picture of each chart."""
    shown = readable_language(language)
    for place_id in atlas:
        for one, drawn in _laid_out(atlas, place_id, shown):
            yield _path(one, language), picture(drawn, "svg", title=chart_title(atlas, one, shown), language=shown)


def charts_section(ctx: SiteContext, place_id: str) -> Markup:
    """Return the charts of a place, each linked to its picture; "" if there are none."""
    shown = []
    for one, sheet in _laid_out(ctx.atlas, place_id, readable_language(ctx.language)):
        size = {"width": f"{sheet.width:.0f}", "height": f"{sheet.height:.0f}"}
        href, said = ctx.to(_path(one, ctx.language)), chart_alt(ctx.atlas, one, ctx.language)
        shown.append(tag("p", tag("a", tag("img", src=href, alt=said, loading="lazy", **size), href=href)))
    return section(ctx, "time.series", tag("div", join(shown), class_="st-where") if shown else "")


@lru_cache(maxsize=1024)
def _laid_out(atlas: Atlas, place_id: str, language: str) -> list[tuple[Chart, Sheet]]:
    """Return the charts of a place with their sheets, made once: the page states the size of the picture."""
    return [(one, series_sheet(atlas, one, language)) for one in charts(atlas, place_id)]


def _path(one: Chart, language: str) -> str:
    return f"assets/charts/{one.place_id}/{one.topic}-{one.unit}.{language}.svg"
