"""The filters of a selection in words, the same in figures and in all reports."""

from __future__ import annotations

from geo.analysis.values import measure_heading
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text

__all__ = ["filter_words", "shown_words"]


def filter_words(atlas: Atlas, selection: Selection, language: str) -> list[tuple[str, str]]:
    """Return the filters of a selection as (name of the filter, its values); empty for the whole layout.

    Parameters
    ----------
    atlas : Atlas
    selection : Selection
        Its ids exist in the atlas.
    language : str
    """
    names = f"name_{language}"

    def named(table: str, ids: tuple[str, ...]) -> list[str]:
        return [str(atlas.rows(table)[one][names]) for one in ids]

    editions = atlas.rows("editions")
    told = {
        "kind": named("kinds", selection.kinds),
        "cluster": named("clusters", selection.clusters),
        "district": [atlas.name(one, language) for one in selection.districts],
        "edition": [f"{one} {editions[one][f'title_{language}']}" for one in selection.editions],
        "status": [text(f"web.status.{one}", language) for one in selection.statuses],
        "only": [atlas.name(one, language) for one in selection.places],
        "text": [f"“{one}”" for one in selection.texts],
    }
    comma = text("list.comma", language)
    return [(text(f"web.filter.{name}", language), comma.join(values)) for name, values in told.items() if values]


def shown_words(atlas: Atlas, selection: Selection, language: str) -> list[tuple[str, str]]:
    """Return what a report says it covers: the filters, or that there are none, and the measure in focus.

    The parameters are those of `filter_words`.
    """
    told = filter_words(atlas, selection, language) or [
        (text("web.filters", language), text("report.shown.all", language))
    ]
    if selection.measure:
        told.append((text("web.filter.measure", language), measure_heading(atlas, selection.measure, language)))
    return told
