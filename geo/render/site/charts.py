"""Figures over time on the page of a place, as the app draws them: pictures in files of their own."""

from __future__ import annotations

from collections.abc import Iterator

from geo.analysis.series import Chart, charts
from geo.atlas.atlas import Atlas
from geo.render.chart.picture import picture, readable_language
from geo.render.chart.series import series_sheet
from geo.render.chart.words import chart_alt, chart_title
from geo.render.markup import Markup, join, tag
from geo.render.site.context import SiteContext
from geo.render.site.parts import section

__all__ = ["chart_pictures", "charts_section"]


def chart_pictures(atlas: Atlas, language: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the picture of each chart, SVG."""
    shown = readable_language(language)
    for place_id in atlas:
        for one in charts(atlas, place_id):
            drawn, title = series_sheet(atlas, one, shown), chart_title(atlas, one, shown)
            yield _path(one, language), picture(drawn, "svg", title=title, language=shown)


def charts_section(ctx: SiteContext, place_id: str) -> Markup:
    """Return the charts of a place, each a link to its picture; nothing where it has none."""
    shown = []
    for one in charts(ctx.atlas, place_id):
        sheet = series_sheet(ctx.atlas, one, readable_language(ctx.language))
        size = {"width": f"{sheet.width:.0f}", "height": f"{sheet.height:.0f}"}
        href, said = ctx.to(_path(one, ctx.language)), chart_alt(ctx.atlas, one, ctx.language)
        shown.append(tag("p", tag("a", tag("img", src=href, alt=said, loading="lazy", **size), href=href)))
    return section(ctx, "time.series", tag("div", join(shown), class_="st-where") if shown else "")


def _path(one: Chart, language: str) -> str:
    return f"assets/charts/{one.place_id}/{one.topic}-{one.unit}.{language}.svg"
