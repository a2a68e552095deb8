"""All names of each place, and the resolution of names to ids."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping

from geo.atlas.frames import Frames
from geo.base.fold import fold
from geo.base.messages import LANGUAGES, text
from geo.base.nearest import no_such
from geo.base.told import told
from geo.errors import UsageError

__all__ = ["ids_called", "measure_named", "names_of_places", "place_named", "places_called"]

_CANDIDATES = 5
#: Query name → table and column prefix of its names.
_NAMED_BY = {"kind": ("kinds", "name"), "cluster": ("clusters", "name"), "measure": ("measures", "label")}


def names_of_places(frames: Frames) -> dict[str, frozenset[str]]:
    """Return place_id → normalised id, names, short names and aliases."""
    places = frames.rows("places")
    named = {}
    for place_id, row in frames.place_rows.items():
        words = [place_id, *(row[f"{which}_{language}"] for which in ("name", "short") for language in ("zh", "en"))]
        named[place_id] = frozenset(fold(word) for word in (*words, *places[place_id]["aliases"]))
    return named


def ids_called(frames: Frames, places: Mapping[str, frozenset[str]]) -> dict[str, dict[str, str]]:
    """Return "kind", "cluster", "measure", "status", "district" or "place" → normalised name → id.

    Ambiguous names are left out. `places` is the result of `names_of_places`.
    """
    named: dict[str, list[tuple[str, str]]] = {what: [] for what in (*_NAMED_BY, "status", "district", "place")}
    for what, (table, word) in _NAMED_BY.items():
        for key, row in frames.rows(table).items():
            named[what] += [(fold(row[f"{word}_{language}"]), key) for language in LANGUAGES]
    for place_id, known in places.items():
        named["place"] += [(name, place_id) for name in known]
    named["district"] = [(name, place_id) for name, place_id in named["place"] if place_id in frames.districts.index]
    for status in dict.fromkeys(str(row["status"]) for row in frames.place_rows.values()):
        named["status"] += [(fold(text(f"web.status.{status}", language)), status) for language in LANGUAGES]
    found = {}
    for what, pairs in named.items():
        meant = Counter(name for name, _ in set(pairs))
        found[what] = {name: key for name, key in pairs if meant[name] == 1}
    return found


def places_called(names: Mapping[str, frozenset[str]], wanted: str) -> list[str]:
    """Return the place_ids of all places of this id, name, short name or alias; case, width and dashes are ignored."""
    if wanted in names:
        return [wanted]
    key = fold(wanted)
    return sorted(place_id for place_id, known in names.items() if key in known) if key else []


def measure_named(known: Iterable[str], called: Mapping[str, str], wanted: str) -> str:
    """Return the measure_id for an id or a normalised label.

    Raises
    ------
    UsageError
        If there is no such measure; the message names the nearest by id or label.
    """
    known = list(known)
    found = wanted if wanted in known else called.get(fold(str(wanted)))
    if found is None:
        raise no_such("measure", str(wanted), known, called)
    return found


def place_named(names: Mapping[str, frozenset[str]], wanted: str) -> str:
    """Return the place_id for an id, name, short name or alias; case, width and dashes are ignored.

    Raises
    ------
    UsageError
        If no place, or more than one, matches; the message names the nearest or the candidates.
    """
    if not isinstance(wanted, str):
        raise told(UsageError, "wrong.place_name", given=wanted)
    hits, key = places_called(names, wanted), fold(wanted)
    if len(hits) == 1:
        return hits[0]
    if hits:
        raise told(UsageError, "wrong.place_several", given=wanted, known=", ".join(hits))
    pool = {name: place_id for place_id, known in names.items() for name in sorted(known)}
    near = [pool[name] for name in difflib.get_close_matches(key, list(pool), n=3, cutoff=0.6)]
    near += [place_id for name, place_id in pool.items() if key and key in name]
    if near:
        raise told(
            UsageError, "wrong.place_near", given=wanted, near=", ".join(list(dict.fromkeys(near))[:_CANDIDATES])
        )
    raise told(UsageError, "wrong.place_none", given=wanted)
