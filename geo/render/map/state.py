"""The state that one map is told: which ids to show, what is selected, colours, basemap. Ids and short labels only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.atlas.atlas import Atlas, View
from geo.base.messages import text
from geo.render.classes import classify
from geo.render.map.basemaps import basemap
from geo.render.values import format_number

__all__ = ["colouring", "map_state"]


def colouring(atlas: Atlas, view: View) -> dict[str, Any] | None:
    """Return the colours of the measure in focus, None where there is none.

    Districts are coloured when they were asked for by kind, or when no place of the layout has a value; else the places
    are. The two never share a scale, nor does the city with either.

    Returns
    -------
    dict or None
        roles: roles of kinds that are coloured; list: classes from low to high, each colour and label; values:
        place_id → class; texts: place_id → value with qualifier and date; title; note.
    """
    selection = view.selection
    if not selection.measure:
        return None
    lang = selection.language
    values = atlas.values(selection.measure).dropna(subset=["value"])
    districts = values[values.index.isin(atlas.districts.index)]
    sites = values[values.index.isin(atlas.layout.index)]
    asked = {atlas.roles[kind] for kind in selection.kinds}
    by_district = "district" in asked or sites.empty
    used = districts if by_district else sites
    measure = atlas.rows("measures")[selection.measure]
    unit = str(atlas.rows("units")[measure["unit"]][f"symbol_{lang}"])
    rows = {str(place_id): row for place_id, row in used.to_dict("index").items()}
    classes = classify({place_id: float(row["value"]) for place_id, row in rows.items()})
    varied = len(set(used["as_of"].dropna())) > 1 or len(set(used["scope"].dropna())) > 1
    title = measure[f"label_{lang}"]
    return {
        "roles": ["district"] if by_district else ["corridor", "node", "site"],
        "list": [{"colour": colour, "label": classes.label(i)} for i, colour in enumerate(classes.colours)],
        "values": dict(classes.of),
        "texts": {place_id: _value(row, unit, lang) for place_id, row in rows.items()},
        "title": text("web.classes.unit", lang, label=title, unit=unit) if unit else title,
        "note": text("web.classes.note", lang) if varied and measure["origin"] == "reported" else "",
    }


def _value(row: Mapping[Any, Any], unit: str, language: str) -> str:
    shown = text(f"web.value.{row['qualifier']}", language, value=format_number(row["value"]), unit=unit).strip()
    as_of = row["as_of"]
    return f"{shown} ({as_of})" if isinstance(as_of, str) and as_of != "unknown" else shown


def map_state(
    atlas: Atlas, view: View, urls: Mapping[str, str], *, number: int, focus: bool, say: str = ""
) -> dict[str, Any]:
    """Return the state for ``map.js``.

    Parameters
    ----------
    atlas, view : Atlas, View
    urls : mapping
        File → path, of the datum of the basemap.
    number : int
        Counts the states, so that a test or benchmark knows which one was painted.
    focus : bool
        Whether the map should move to the selected place if it is out of sight.
    say : str
        Path to post to once the map is painted, "" for none.
    """
    selection = view.selection
    chosen = basemap(selection.basemap)
    classes = colouring(atlas, view)
    visible = list(view.places.index)
    if classes and classes["roles"] == ["district"]:
        visible = [*(place_id for place_id in atlas.districts.index if place_id not in set(visible)), *visible]
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
