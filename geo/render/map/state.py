"""The state sent to a map: ids to show, selected place, colours, basemap. Only ids and short labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.analysis.classes import classify
from geo.analysis.compare import Ranking, coloured
from geo.analysis.units import Scale
from geo.analysis.values import cell_text, measure_heading, measure_scale
from geo.atlas.atlas import Atlas, View
from geo.base.messages import text
from geo.render.map.basemaps import basemap

__all__ = ["colouring", "map_state", "told_classes"]

#: Level → roles of the kinds that share a colour scale.
_ROLES = {"district": ("district",), "layout": ("corridor", "node", "site"), "city": ("city",)}


def colouring(atlas: Atlas, view: View) -> dict[str, Any] | None:
    """Return the colours of the measure in focus for a view; None without a measure.

    Returns
    -------
    dict or None
        See `told_classes`; its texts state the figure with qualifier, unit and date, and why it has no colour.
    """
    found = coloured(view)
    if found is None:
        return None
    lang = view.selection.language
    return told_classes(
        found,
        measure_heading(atlas, found.measure_id, lang),
        measure_scale(atlas, found.measure_id, lang),
        {one.place_id: cell_text(atlas, one, lang) for one in found.cells},
        lang,
    )


def told_classes(
    found: Ranking, title: str, scale: Scale, texts: Mapping[str, str], language: str, *, note: str = ""
) -> dict[str, Any]:
    """Return the colours of a ranking for a map; only comparable figures have a colour.

    Returns
    -------
    dict
        roles: roles of the coloured kinds; list: classes from low to high, each with colour and label; values: place_id
        → class; apart: places with a figure that is not comparable, and the text for them; missing: places without a
        figure; texts: place_id → tooltip; title; note.
    """
    classes = classify(found.comparable)
    return {
        "roles": list(_ROLES[found.level]),
        "list": [{"colour": colour, "label": classes.label(i, scale)} for i, colour in enumerate(classes.colours)],
        "values": dict(classes.of),
        "apart": [one.place_id for one in found.cells if not one.comparable],
        "apart_label": text("value.apart", language),
        "missing": list(found.missing),
        "texts": dict(texts),
        "title": title,
        "note": note,
    }


def map_state(
    atlas: Atlas, view: View, urls: Mapping[str, str], *, number: int, focus: bool, say: str = ""
) -> dict[str, Any]:
    """Return the state for ``map.js``.

    Parameters
    ----------
    atlas, view : Atlas, View
    urls : mapping
        Datum of the basemap: file → path.
    number : int
        Sequence number of the state, by which tests and benchmarks know which state was painted.
    focus : bool
        Whether the map should move to the selected place if it is out of view.
    say : str
        Path to which the map posts once it is painted, "" for none.
    """
    selection = view.selection
    chosen = basemap(selection.basemap)
    classes = colouring(atlas, view)
    visible = list(view)
    if classes:  # districts are coloured even if only the layout is selected
        own = [*classes["values"], *classes["apart"], *classes["missing"]]
        visible = [*(place_id for place_id in atlas if place_id in set(own) - set(visible)), *visible]
    if selection.place and selection.place not in visible:
        visible.append(selection.place)
    online = {
        "id": chosen.basemap_id,
        "url": chosen.url,
        "subdomains": chosen.subdomains,
        "max_zoom": chosen.max_zoom,
        "attribution": chosen.attribution,
        "datum": chosen.datum,
        "host": chosen.host,
    }
    lang = selection.language
    position = selection.view
    return {
        "seq": number,
        "say": say,
        "lang": lang,
        "label": text("web.map.label", lang),
        "words": {"map.error.layer": text("map.error.layer", lang)},
        "visible": visible,
        "institutions": list(view.institutions.index) if view.selection.is_filtered() else "all",
        "selected": selection.place,
        "fit": number if focus else 0,
        "view": [position[1], position[0], position[2]] if position else None,
        "classes": classes,
        "basemap": online if chosen.url else None,
        "urls": dict(urls),
    }
