"""What a selection asks for in words, the same in figures and reports."""

from __future__ import annotations

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text

__all__ = ["filter_words"]


def filter_words(atlas: Atlas, selection: Selection, language: str) -> list[tuple[str, str]]:
    """Return the filters of a selection: name of the filter, its values; none where it asks for the whole layout.

    Parameters
    ----------
    atlas : Atlas
    selection : Selection
        Its ids are known to the atlas.
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
