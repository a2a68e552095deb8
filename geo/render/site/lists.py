"""The list pages: institutions and registered services, sources, downloads."""

from __future__ import annotations

from collections.abc import Mapping

from geo.analysis.firms import Service, services
from geo.analysis.values import cell, date_text
from geo.atlas.atlas import Atlas
from geo.render.markup import Markup, foreign, join, tag
from geo.render.report.parts import institutions, licences, method, source_item, sources
from geo.render.site.context import SiteContext
from geo.render.site.frame import Page
from geo.render.site.linked import dataset_linked
from geo.render.site.parts import section
from geo.render.site.search import service_anchor

__all__ = ["downloads_page", "firms_page", "sources_page"]


def firms_page(atlas: Atlas, language: str) -> Page:
    """Return the institutions and the registered services."""
    ctx = SiteContext(atlas, language, "firms.html")
    title = ctx.text("firms.title")
    body = [
        tag("h1", title),
        section(ctx, "firms.show.institutions", institutions(ctx)),
        section(ctx, "firms.show.services", _services(ctx)),
        section(ctx, "report.sources", sources(ctx)),
    ]
    return Page(ctx, ctx.text("web.page.firms"), title, join(body))


def _services(ctx: SiteContext) -> Markup:
    columns = [ctx.text(f"firms.column.{name}") for name in ("service", "filer", "list", "filed_on", "source")]
    rows = [_service(ctx, columns, one) for one in services(ctx.atlas)]
    return ctx.table(columns, rows, class_="st-services rp-stack") if rows else Markup()


def _service(ctx: SiteContext, columns: list[str], one: Service) -> Markup:
    row = one.row
    filer = foreign(cell(row, "filer"), ctx.language)
    if one.firm:
        filer = tag("a", filer, href=ctx.href("institution", one.firm.institution_id))
    contents = [
        foreign(cell(row, "name"), ctx.language),
        filer,
        ctx.text(f"firms.list.{row['list']}"),
        date_text(row["filed_on"], ctx.language),
        tag("span", foreign(cell(row, "filing_no"), ctx.language)) + ctx.cite(str(row["source_id"])),
    ]
    return tag("tr", *ctx.cells(columns, contents), id=service_anchor(str(row["filing_no"])))


def sources_page(atlas: Atlas, language: str) -> Page:
    """Return the sources page: every source, how the map was made, and its limits."""
    ctx = SiteContext(atlas, language, "sources.html")
    title = ctx.text("report.sources")
    ctx.cite(ctx.rows("sources"))  # numbered in the order of the table
    rows = [source_item(ctx, source_id, f"s-{number}") for source_id, number in ctx.citations.items()]
    made = method(ctx)
    body = [
        tag("h1", title),
        section(ctx, "report.method", made),
        section(ctx, "report.licence", licences(ctx)),
        tag("section", tag("h2", title), tag("ol", *rows, class_="rp-sources"), class_="rp-text"),
    ]
    return Page(ctx, title, title, join(body))


def downloads_page(atlas: Atlas, language: str, files: Mapping[str, int]) -> Page:
    """Return the downloads page: layers, tables, and the data endpoints of the app.

    Parameters
    ----------
    files : mapping of str to int
        Path of each data file in the site → size in bytes.
    """
    ctx = SiteContext(atlas, language, "downloads.html")
    title = ctx.text("site.downloads")
    groups: dict[str, list[Markup]] = {}
    for path, size in files.items():
        folder = path.rpartition("/")[0]
        name = tag("a", path.rpartition("/")[2], href=ctx.to(path))
        groups.setdefault(folder, []).append(tag("li", name, " ", tag("span", _size(size), class_="rp-quiet rp-small")))
    parts = [tag("h1", title), tag("p", ctx.text("site.downloads.about"), class_="rp-text")]
    for folder, lines in groups.items():
        heading = tag("h2", tag("code", folder)) if folder else Markup()
        parts.append(tag("section", heading, tag("ul", *lines, class_="st-columns"), class_="rp-text"))
    return Page(ctx, title, ctx.text("site.downloads.about"), join(parts), linked=dataset_linked(ctx, files))


def _size(count: int) -> str:
    return f"{count / 1000:,.0f} kB" if count >= 1000 else f"{count} B"
