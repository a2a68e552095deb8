"""A view as a page, a document, a figure or a book, by the ending of the file that it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.analysis.criteria import Criteria
from geo.atlas.atlas import View

if TYPE_CHECKING:
    from geo.analysis.own_table import OwnTable

__all__ = ["DOCUMENTS", "PAGES", "PICTURES", "drawn"]

PAGES, DOCUMENTS, PICTURES = (".html", ".htm"), (".docx",), (".png", ".svg", ".pdf")


def drawn(view: View, ending: str, criteria: Criteria, own: OwnTable | None, paper: str, portrait: bool) -> bytes:
    """Return what a view shows.

    Parameters
    ----------
    view : View
    ending : str
        One of `PAGES`, `DOCUMENTS` and `PICTURES`, or "atlas".
    criteria : Criteria
        Of a page: where to settle.
    own : OwnTable or None
        A table of one's own, which goes along in all but an atlas.
    paper : {"a4", "a3"}
        Of a picture or an atlas.
    portrait : bool
        A picture upright.
    """
    if ending == "atlas":
        from geo.render.atlas.book import atlas_pdf

        return atlas_pdf(view, paper=paper)
    if ending in PAGES:
        from geo.render.report.page import report_html

        return report_html(view, criteria, own)
    if ending in DOCUMENTS:
        from geo.render.word.document import word_document

        return word_document(view, own)
    from geo.render.figure.sheet import figure

    points, style = (own.points, own.points_style) if own else (None, None)
    return figure(view, ending[1:], paper=paper, portrait=portrait, points=points, style=style)
