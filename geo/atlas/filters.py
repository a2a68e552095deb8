"""Apply the filters of a selection; refuse a selection with values that the atlas does not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from geo.atlas.frames import CONTEXT_ROLES, Frames
from geo.atlas.selection import FILTERS, Selection
from geo.base.fold import fold
from geo.base.nearest import no_such
from geo.base.told import together, told
from geo.errors import UsageError

__all__ = ["checked", "institutions_in", "shown"]

#: Field of `Selection` → kind of its ids, which is also the key in `Atlas.allowed`.
_NAMED = {**FILTERS, "places": "place", "measure": "measure", "place": "place"}


def checked(
    selection: Selection, allowed: Mapping[str, tuple[str, ...]], called: Mapping[str, Mapping[str, str]]
) -> Selection:
    """Return a selection with names replaced by ids; report all unknown values at once.

    Parameters
    ----------
    selection : Selection
    allowed : mapping
        See `Atlas.allowed`.
    called : mapping
        Query name → normalised name → id.

    Raises
    ------
    UsageError
        If the atlas does not have a value; the message lists each with the nearest.
    """
    if not isinstance(selection, Selection):
        raise told(UsageError, "wrong.not_a_selection", given=selection)
    problems, found = [], dict[str, Any]()
    for field, name in _NAMED.items():
        given, ids = getattr(selection, field), []
        for value in filter(None, [given] if isinstance(given, str) else given):
            names = called.get(name, {})
            one = value if value in allowed[name] else names.get(fold(str(value)))
            if one is None:
                problems.append(no_such(name, str(value), allowed[name], names))
            ids.append(one)
        if ids and ids != list(given):
            found[field] = ids[0] if isinstance(given, str) else tuple(ids)
    if problems:
        raise together(UsageError, problems)
    return selection.replace(**found)


def shown(frames: Frames, names: Mapping[str, frozenset[str]], selection: Selection) -> npt.NDArray[np.bool_]:
    """Return for every place whether it passes the filters.

    Parameters
    ----------
    frames : Frames
    names : mapping
        place_id → normalised names.
    selection : Selection
        A checked selection.
    """
    wanted = {field: frozenset(getattr(selection, field)) for field in FILTERS}
    keys = [fold(text) for text in selection.texts]
    mentions = frames.table("edition_places")
    named = set(mentions.loc[mentions["edition_id"].isin(wanted["editions"]), "place_id"])
    context = {kind for kind, role in frames.roles.items() if role in CONTEXT_ROLES}

    def passes(place_id: str, row: Mapping[str, Any]) -> bool:
        return (
            (
                row["kind"] in wanted["kinds"]
                if wanted["kinds"]
                else bool(wanted["places"]) or row["kind"] not in context
            )
            and (not wanted["places"] or place_id in wanted["places"])
            and (not wanted["clusters"] or not wanted["clusters"].isdisjoint(row["clusters"]))
            and (not wanted["districts"] or not wanted["districts"].isdisjoint(row["district_ids"]))
            and (not wanted["editions"] or place_id in named)
            and (not wanted["statuses"] or row["status"] in wanted["statuses"])
            and (not keys or any(key in name for key in keys for name in names[place_id]))
        )

    return np.array([passes(place_id, row) for place_id, row in frames.place_rows.items()], dtype=bool)


def institutions_in(frames: Frames, place_ids: Iterable[str]) -> gpd.GeoDataFrame:
    """Return the institutions that belong to one of the places or districts: see `geo.atlas.belonging`."""
    wanted = frozenset(place_ids)
    return frames.institutions[np.array([not wanted.isdisjoint(held) for held in frames.holders], dtype=bool)]
