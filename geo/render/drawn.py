"""Render a view as a report, document, figure or atlas, chosen by the file ending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.analysis.site_choice.criteria import Criteria
from geo.atlas.atlas import View

if TYPE_CHECKING:
    from geo.analysis.user_data.own_table import OwnTable

__all__ = ["DOCUMENTS", "PAGES", "PICTURES", "drawn"]

PAGES, DOCUMENTS, PICTURES = (".html", ".htm"), (".docx",), (".png", ".svg", ".pdf")


def drawn(view: View, ending: str, criteria: Criteria, own: OwnTable | None, paper: str, portrait: bool) -> bytes:
    """Return a view as the content of a file.

    Parameters
    ----------
    view : View
    ending : str
        One of `PAGES`, `DOCUMENTS` and `PICTURES`, or "atlas".
    criteria : Criteria
        For a report: criteria of a site choice; may be empty.
    own : OwnTable or None
        A user's table, included in everything but an atlas.
    paper : {"a4", "a3"}
        Paper of a picture or an atlas.
    portrait : bool
        Whether a picture is portrait.
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
