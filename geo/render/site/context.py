"""One page of the static site while it is being made: the report's sections, with addresses of pages for anchors."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from functools import cached_property, lru_cache

from geo.analysis.figures import Figure
from geo.analysis.firms import firms
from geo.atlas.atlas import Atlas, View
from geo.base.name_order import name_order
from geo.render.markup import Markup, tag
from geo.render.report.context import Context, Row

__all__ = ["SiteContext", "relative", "whole_view"]

#: Subject of a page → its folder.
FOLDERS = {"place": "places", "measure": "measures", "policy": "policy"}


def relative(page: str, target: str) -> str:
    """Return the relative address of a file of the site, as written in a page; it works under any base path.

    Examples
    --------
    >>> relative("en/places/a.html", "en/index.html#place=a"), relative("en/index.html", "assets/site.css")
    ('../index.html#place=a', '../assets/site.css')
    """
    path, mark, fragment = target.partition("#")
    return posixpath.relpath(path, posixpath.dirname(page)) + mark + fragment


@lru_cache(maxsize=1024)
def whole_view(atlas: Atlas, language: str, measure: str = "") -> View:
    """Return a view of all places, including districts and the city."""
    return atlas.select(kinds=tuple(atlas.rows("kinds")), language=language, measure=measure)


class SiteContext(Context):
    """One page.

    Parameters
    ----------
    atlas : Atlas
    language : str
    name : str
        Path of the page below its language's folder, such as ``places/park.html``.
    measure : str
        Measure in focus, "" for none.
    """

    level = 1

    def __init__(self, atlas: Atlas, language: str, name: str, measure: str = "") -> None:
        super().__init__(whole_view(atlas, language, measure))
        self.file = name
        self.path = f"{language}/{name}"

    @cached_property
    def institutions(self) -> Sequence[Row]:
        """All institutions, including those without a place, which a view of places leaves out."""
        return sorted((one.row for one in firms(self.atlas)), key=lambda row: name_order(row, self.language))

    def to(self, target: str) -> str:
        """Return the relative address of a file of the site, such as ``assets/site.css``."""
        return relative(self.path, target)

    def page(self, name: str) -> str:
        """Return the relative address of a page in the same language, such as ``places.html``."""
        return self.to(f"{self.language}/{name}")

    def href(self, about: str, key: str) -> str:
        """Return the address of the page of a place, measure or policy item, or of an institution in the list."""
        return self.page(f"{FOLDERS[about]}/{key}.html" if about in FOLDERS else f"firms.html#n-{key}")

    def unlisted(self, place_id: str) -> Markup:
        """Return a place's name without a link: every measure lists most places as missing."""
        return self.name(place_id, short=True)

    def on_map(self, place_id: str) -> str:
        """Return the address that shows a place on the map of the first page."""
        return self.page(f"index.html#place={place_id}")

    def figure_link(self, one: Figure) -> Markup:
        """Return a figure in words, as a link to its row on the page of its place."""
        row = f"places/{one.place_id}.html#{self.figure_id(one.place_id, one.measure_id)}"
        return tag("a", self.figure(one), href=self.page(row), class_="rp-quiet-link")
