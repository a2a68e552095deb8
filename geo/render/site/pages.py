"""The static site as files: every page in both languages, shared files, robots.txt and sitemap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES
from geo.render.head import sitemap
from geo.render.preview import preview_png
from geo.render.site import home, lists, measures, news, places, policy
from geo.render.site.assets import assets
from geo.render.site.charts import chart_pictures
from geo.render.site.frame import Page, html
from geo.render.site.linked import catalog

__all__ = ["site_files"]


def site_files(atlas: Atlas, data: Mapping[str, int], address: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file of the site except its data files.

    Parameters
    ----------
    atlas : Atlas
    data : mapping of str to int
        Path of each data file in the site → size in bytes, for the downloads page and the catalogue.
    address : str
        Address of the site, such as ``https://example.org/map``; needed for canonical links, preview pictures and the
        sitemap. Without it all links are relative, and there is no sitemap.

    Raises
    ------
    MissingDependencyError
        If the package that brings Leaflet or Pillow is not installed.

    Notes
    -----
    The same bytes for the same layers, address and fonts. Some fifteen seconds for 600 subjects in two languages.
    """
    address = address.rstrip("/")
    yield from assets(atlas)
    for place_id in atlas:
        yield f"assets/preview/{place_id}.png", preview_png(atlas, place_id)
    names: list[str] = []
    for language in LANGUAGES:
        yield from chart_pictures(atlas, language)
        for page in _pages(atlas, data, language):
            if language == LANGUAGES[0]:
                names.append(page.ctx.file)
            yield page.ctx.path, html(page, address)
    yield "index.html", home.door(atlas, address)
    yield "catalog.jsonld", catalog(atlas, data, address)
    if address:
        versions = ({one: f"{address}/{one}/{name}" for one in LANGUAGES} for name in names)
        yield "sitemap.xml", sitemap(versions, str(atlas.meta["data_date"]))
    told = f"Sitemap: {address}/sitemap.xml\n" if address else ""
    yield "robots.txt", f"User-agent: *\nAllow: /\n{told}".encode()


def _pages(atlas: Atlas, data: Mapping[str, int], language: str) -> Iterator[Page]:
    yield home.home_page(atlas, language)
    yield places.places_page(atlas, language)
    yield measures.measures_page(atlas, language)
    yield policy.policy_page(atlas, language)
    yield policy.promises_page(atlas, language)
    yield lists.firms_page(atlas, language)
    yield news.news_page(atlas, language)
    yield news.changed_page(atlas, language)
    yield lists.sources_page(atlas, language)
    yield lists.downloads_page(atlas, language, data)
    for place_id in atlas:
        yield places.place_page(atlas, language, place_id)
    for measure_id in atlas.rows("measures"):
        yield measures.measure_page(atlas, language, measure_id)
    for policy_id in atlas.rows("policy"):
        yield policy.policy_item_page(atlas, language, policy_id)
