"""One place as data, in one order: everything that panel, page, report, command line and other programs show of it.

Modules that show a place only add markup; `geo.analysis.values` puts the values into words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from geo.analysis.compare import Cell, cell_of
from geo.analysis.figures import Figure, computed, reported
from geo.analysis.firms import NEAR, firms
from geo.analysis.policy import Item, policy_tree, walk
from geo.analysis.relations import Neighbour, Overlap, ancestors, children, neighbours, overlaps
from geo.analysis.unknowns import Unknown, unknowns
from geo.atlas.atlas import Atlas
from geo.contract.typed import python_rows, python_value

__all__ = [
    "Boundary",
    "Concern",
    "Evidence",
    "Named",
    "PlaceSheet",
    "Reported",
    "Resident",
    "place_sheet",
]

Record = Mapping[str, Any]

#: The measure of the area that a document states, and the measure of the area of the drawn boundary.
_OFFICIAL_AREA, _DRAWN_AREA = "area_official_km2", "area_km2"

#: A district with a smaller share of a place than this only overlaps because of how the border was drawn.
_SMALLEST_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Named:
    """A document that names the place: its row of ``editions``, and the source."""

    edition: Record
    source_id: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A cluster of the place: its row of ``clusters``, the source, and what the source says."""

    cluster: Record
    source_id: str
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class Boundary:
    """How the boundary of the place was drawn, and its area beside the official area.

    Attributes
    ----------
    method, scope, source_id, stated, note_zh, note_en : str
        As in the layers; `stated` is the description of the bounds in the document, "" if none was found.
    accuracy_m : float
    drawn : Cell or None
        Area of the drawn boundary, for a schematic one with the reason not to compare it; None if there is no area.
    official : Figure or None
        Area that a document states for the extent that is drawn.
    ratio : float or None
        Drawn ÷ official area; None without both areas, and for a schematic boundary, which was drawn to the official
        size.
    """

    method: str
    scope: str
    source_id: str
    stated: str
    note_zh: str
    note_en: str
    accuracy_m: float
    drawn: Cell | None
    official: Figure | None
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Reported:
    """What documents report of one measure: `beside` is the headline with contradicting figures, `rest` all others."""

    measure_id: str
    beside: tuple[Figure, ...]
    rest: tuple[Figure, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, in their order."""
        return (*self.beside, *self.rest)

    @property
    def in_conflict(self) -> bool:
        """Whether sources contradict each other."""
        return any(one.conflict for one in self.beside)


@dataclass(frozen=True, slots=True)
class Resident:
    """An institution of the place: its row, and why it belongs to the place.

    `by` is as in `geo.analysis.firms.Firm.belongs`; an institution with "near" may lie outside and is not counted.
    """

    row: Record
    by: str


@dataclass(frozen=True, slots=True)
class Concern:
    """A policy item that concerns the place, either directly or through `via`, a place to which it belongs."""

    item: Item
    via: str
    source_id: str
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class PlaceSheet:
    """Everything that the atlas says about one place.

    Attributes
    ----------
    place_id : str
    row : mapping
        Its row of ``place_layer`` as plain values.
    kind : mapping
        Row of its kind.
    first_named : Named or None
        The document that first named the place; None for the city and districts.
    also_named : tuple of Named
        Other documents that name it, the earliest first.
    parents, children : tuple of str
        Places to which it belongs, the nearest first; places that belong to it.
    districts : tuple of (str, float or None)
        District and its share of the drawn area, the largest first; None if no bounds were published. Empty for a
        district.
        district itself.
    clusters : tuple of Evidence
        In the order of the clusters.
    boundary : Boundary
    reported : tuple of Reported
        By measure, in the order of measures.
    computed : tuple of Cell
        Values that this map computed, with the reasons not to compare each.
    residents : tuple of Resident
        Institutions in the place, by location or by a document; only those of this map, not a census.
    neighbours, overlaps : tuple
        See `geo.analysis.relations`.
    policy : tuple of Concern
        Its own items first, then those of the places to which it belongs.
    unknown : tuple of Unknown
        What is unknown, weak or disputed about this place, with the ids concerned.
    source_ids : tuple of str
        Every source cited in this sheet, in the order of first use.
    """

    place_id: str
    row: Record
    kind: Record
    first_named: Named | None
    also_named: tuple[Named, ...]
    parents: tuple[str, ...]
    children: tuple[str, ...]
    districts: tuple[tuple[str, float | None], ...]
    clusters: tuple[Evidence, ...]
    boundary: Boundary
    reported: tuple[Reported, ...]
    computed: tuple[Cell, ...]
    residents: tuple[Resident, ...]
    neighbours: tuple[Neighbour, ...]
    overlaps: tuple[Overlap, ...]
    policy: tuple[Concern, ...]
    unknown: tuple[Unknown, ...]
    source_ids: tuple[str, ...]

    @property
    def headlines(self) -> tuple[Figure, ...]:
        """The figure to show first for each measure that documents report."""
        return tuple(one for group in self.reported for one in group.beside[:1])

    @property
    def institution_counts(self) -> dict[str, int]:
        """Number of its institutions by kind, without closed ones and those whose point may lie outside."""
        open_here = (one for one in self.residents if one.row["status"] != "closed" and one.by != NEAR)
        kinds = Counter(str(one.row["kind"]) for one in open_here)
        return dict(sorted(kinds.items()))

    @property
    def conflicts(self) -> tuple[Reported, ...]:
        """The measures for which sources contradict each other."""
        return tuple(group for group in self.reported if group.in_conflict)


@lru_cache(maxsize=512)
def place_sheet(atlas: Atlas, place_id: str) -> PlaceSheet:
    """Return one place as data.

    Parameters
    ----------
    atlas : Atlas
    place_id : str
        Id, name or alias.

    Raises
    ------
    UsageError
        If there is no such place.

    Notes
    -----
    Cached. The first call for a place takes about 5 ms, the first for an atlas about 0.5 s.
    """
    place_id = atlas.find(place_id)
    row = atlas.place_rows[place_id]
    first, later = _named(atlas, place_id)
    parts: dict[str, Any] = {
        "first_named": first,
        "also_named": later,
        "clusters": _clusters(atlas, place_id),
        "boundary": _boundary(atlas, row),
        "reported": _reported(atlas, place_id),
        "computed": tuple(cell_of(atlas, place_id, one) for one in computed(atlas).get(place_id, ())),
        "residents": _residents(atlas, place_id),
        "policy": _policy(atlas, place_id),
    }
    return PlaceSheet(
        place_id=place_id,
        row=MappingProxyType(row),
        kind=MappingProxyType(atlas.rows("kinds")[row["kind"]]),
        parents=tuple(ancestors(atlas, place_id)),
        children=tuple(children(atlas, place_id)),
        districts=_districts(atlas, place_id),
        neighbours=tuple(neighbours(atlas, place_id)),
        overlaps=tuple(overlaps(atlas, place_id)),
        unknown=_unknown(atlas, place_id, parts["residents"]),
        source_ids=_sources(row, **parts),
        **parts,
    )


def _rows(atlas: Atlas, table: str, place_id: str) -> tuple[dict[str, Any], ...]:
    return _by_place(atlas, table).get(place_id, ())


@lru_cache(maxsize=16)
def _by_place(atlas: Atlas, table: str) -> dict[str, tuple[dict[str, Any], ...]]:
    """Return the rows of a table by their place."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in python_rows(atlas.table(table)):
        found.setdefault(row["place_id"], []).append(row)
    return {place_id: tuple(rows) for place_id, rows in found.items()}


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _notes(row: Mapping[str, Any]) -> tuple[str, str]:
    return _text(row, "note_zh"), _text(row, "note_en")


def _named(atlas: Atlas, place_id: str) -> tuple[Named | None, tuple[Named, ...]]:
    editions = atlas.rows("editions")
    since = _text(atlas.place_rows[place_id], "since_edition")
    first = Named(editions[since], str(editions[since]["source_id"])) if since else None
    sources = {row["edition_id"]: str(row["source_id"]) for row in _rows(atlas, "edition_places", place_id)}
    later = (Named(editions[one], sources[one]) for one in atlas.allowed["edition"] if one in sources and one != since)
    return first, tuple(later)


def _districts(atlas: Atlas, place_id: str) -> tuple[tuple[str, float | None], ...]:
    own = [(str(row["district_id"]), python_value(row["share"])) for row in _rows(atlas, "place_districts", place_id)]
    own = [(one, share) for one, share in own if one != place_id and (share is None or share >= _SMALLEST_SHARE)]
    return tuple(sorted(own, key=lambda one: (-(one[1] or 0.0), one[0])))


def _clusters(atlas: Atlas, place_id: str) -> tuple[Evidence, ...]:
    clusters = atlas.rows("clusters")
    order = list(clusters)
    rows = sorted(_rows(atlas, "place_clusters", place_id), key=lambda row: order.index(row["cluster_id"]))
    return tuple(Evidence(clusters[row["cluster_id"]], str(row["source_id"]), *_notes(row)) for row in rows)


def _boundary(atlas: Atlas, row: Mapping[str, Any]) -> Boundary:
    place_id, scope = str(row["place_id"]), str(row["scope"])
    drawn = next((one for one in computed(atlas).get(place_id, ()) if one.measure_id == _DRAWN_AREA), None)
    stated = (one for one in reported(atlas).get(place_id, ()) if one.measure_id == _OFFICIAL_AREA)
    official = next((one for one in stated if one.scope == scope and one.value == row["area_official_drawn_km2"]), None)
    ratio = None if row["method"] == "schematic" else row["area_ratio"]
    return Boundary(
        method=str(row["method"]),
        scope=scope,
        source_id=str(row["boundary_source_id"]),
        stated=_text(row, "bounds_stated"),
        note_zh=_text(row, "boundary_note_zh"),
        note_en=_text(row, "boundary_note_en"),
        accuracy_m=float(row["accuracy_m"]),
        drawn=cell_of(atlas, place_id, drawn) if drawn else None,
        official=official,
        ratio=None if ratio is None else float(ratio),
    )


def _reported(atlas: Atlas, place_id: str) -> tuple[Reported, ...]:
    groups: dict[str, list[Figure]] = {}
    for one in reported(atlas).get(place_id, ()):
        groups.setdefault(one.measure_id, []).append(one)
    return tuple(
        Reported(
            measure_id,
            tuple(one for one in own if one.headline or one.conflict) or tuple(own[:1]),
            tuple(one for one in own if not (one.headline or one.conflict)),
        )
        for measure_id, own in groups.items()
    )


def _residents(atlas: Atlas, place_id: str) -> tuple[Resident, ...]:
    """Return the institutions by the one rule, `Atlas.institutions_in`, each with the reason why it belongs."""
    here = (one for one in firms(atlas) if place_id in one.belongs)
    return tuple(Resident(one.row, one.belongs[place_id]) for one in here)


def _policy(atlas: Atlas, place_id: str) -> tuple[Concern, ...]:
    concerned = _concerned(atlas)
    found: dict[str, Concern] = {}
    for via in (place_id, *ancestors(atlas, place_id)):
        for one in concerned.get(via, ()):
            found.setdefault(one.item.policy_id, one)
    return tuple(found.values())


@lru_cache(maxsize=4)
def _concerned(atlas: Atlas) -> Mapping[str, tuple[Concern, ...]]:
    """Return, for each place, the policy items that name it, in the order of the policy."""
    found: dict[str, list[Concern]] = {}
    for item in walk(policy_tree(atlas)):
        for row in item.places:
            place_id = str(row["place_id"])
            found.setdefault(place_id, []).append(Concern(item, place_id, str(row["source_id"]), *_notes(row)))
    return {place_id: tuple(own) for place_id, own in found.items()}


@lru_cache(maxsize=4)
def _unknowns(atlas: Atlas) -> tuple[Unknown, ...]:
    return unknowns(atlas)


def _unknown(atlas: Atlas, place_id: str, residents: tuple[Resident, ...]) -> tuple[Unknown, ...]:
    """Return those of `unknowns` that concern this place, its figures or its institutions."""
    own = {place_id, *(str(one.row["institution_id"]) for one in residents)}
    found = []
    for one in _unknowns(atlas):
        if one.id.startswith(("source_", "station_", "no_outcome")):
            continue
        ids = tuple(name for name in one.ids if name in own or name.startswith(f"{place_id}/"))
        if ids:
            found.append(Unknown(one.id, len(ids), ids))
    return tuple(found)


def _sources(row: Mapping[str, Any], **parts: Any) -> tuple[str, ...]:
    used = [str(row["source_id"]), parts["boundary"].source_id]
    named = [*([parts["first_named"]] if parts["first_named"] else []), *parts["also_named"]]
    used += [one.source_id for one in (*named, *parts["clusters"])]
    used += [one.source_id for group in parts["reported"] for one in group.figures]
    used += [str(one.row["source_id"]) for one in parts["residents"]]
    for concern in parts["policy"]:
        outcomes = (str(outcome["source_id"]) for outcome in concern.item.outcomes if outcome["source_id"])
        used += [concern.source_id, str(concern.item.row["source_id"]), *outcomes]
    return tuple(dict.fromkeys(used))
