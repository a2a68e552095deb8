"""Which institutions and registered services are in which place: filtered, counted by one rule, as rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import pandas as pd

from geo.analysis.relations import ancestors
from geo.atlas.atlas import Atlas
from geo.base.fold import fold
from geo.base.messages import LANGUAGES, text
from geo.base.nearest import no_such
from geo.base.told import together
from geo.contract.typed import python_rows
from geo.errors import UsageError

__all__ = [
    "LISTS",
    "NEAR",
    "Firm",
    "Service",
    "Tally",
    "Wanted",
    "chosen_firms",
    "chosen_services",
    "firms",
    "kinds",
    "kinds_called",
    "on_lists",
    "services",
    "tally",
]

Record = Mapping[str, Any]

#: The two lists of the register; their numbers are never added.
LISTS = ("filed", "registered")

#: The reason why an institution is listed with a place but not counted there.
NEAR = "near"


@dataclass(frozen=True, slots=True)
class Firm:
    """One institution with its clusters, places and services.

    Attributes
    ----------
    row : mapping
        Its row of ``institutions`` as plain values, without geometry.
    clusters : tuple of mapping
        Its rows of ``institution_clusters``.
    belongs : mapping of str to str
        place_id or district → why it belongs there: "stated" (a document says so), "within" (it belongs to a place that
        is part of this one), "address" (its address names the district), "place" (its place lies in that district
        alone), "inside" (its point lies there, certainly so within the accuracy of point and boundary) or `NEAR` (its
        point lies there, but within that accuracy it may lie outside: listed, not counted).
    services : tuple of mapping
        Rows of ``filed_services`` that name the institution.
    """

    row: Record
    clusters: tuple[Record, ...]
    belongs: Mapping[str, str]
    services: tuple[Record, ...]

    @property
    def institution_id(self) -> str:
        """Id of the institution."""
        return str(self.row["institution_id"])

    @property
    def cluster_ids(self) -> tuple[str, ...]:
        """Ids of its clusters, each once."""
        return tuple(dict.fromkeys(str(one["cluster_id"]) for one in self.clusters))


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the register: its row of ``filed_services``, and the institution that filed it, if known."""

    row: Record
    firm: Firm | None

    def belongs(self, place_id: str) -> bool:
        """Return whether the filing institution belongs to a place, or the row names the district."""
        return place_id == self.row["district_id"] or (self.firm is not None and place_id in self.firm.belongs)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query; an empty filter means all; the values of one filter are joined by OR, the filters by AND.

    Values are ids, or names in either language.

    Parameters
    ----------
    kinds : tuple of str
        Kinds of institutions.
    lists : tuple of str
        Values of `LISTS`; this filter applies to services only.
    clusters, places, districts, statuses : tuple of str
        `places` takes places, districts and the city, `statuses` the statuses of institutions.
    texts : tuple of str
        Parts of a name, filer, address, id or filing number; case and character width are ignored.
    """

    kinds: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of institutions by kind, cluster, place and district, in the order of the atlas.

    Institutions only `NEAR` a place are counted in `uncertain`, not in `places` or `districts`; `nowhere` holds those
    without a known place or district.
    """

    kinds: Mapping[str, int]
    clusters: Mapping[str, int]
    places: Mapping[str, int]
    districts: Mapping[str, int]
    uncertain: Mapping[str, int]
    nowhere: int


@lru_cache(maxsize=4)
def firms(atlas: Atlas) -> tuple[Firm, ...]:
    """Return every institution, in the order of the atlas.

    Notes
    -----
    The first call takes about 0.1 s, later calls are cached.
    """
    clusters = _grouped(atlas.table("institution_clusters"))
    filed = _grouped(atlas.table("filed_services"))
    rows = python_rows(pd.DataFrame(atlas.institutions.drop(columns="geometry")).reset_index())
    sure = _sure(atlas)
    found = []
    for row, held in zip(rows, atlas.belonging, strict=True):
        key = str(row["institution_id"])
        belongs = {place: _surely(atlas, by, place, sure.get(key, frozenset())) for place, by in held.items()}
        own = (tuple(group.get(key, ())) for group in (clusters, filed))
        found.append(Firm(MappingProxyType(row), next(own), MappingProxyType(belongs), next(own)))
    return tuple(found)


@lru_cache(maxsize=4)
def services(atlas: Atlas) -> tuple[Service, ...]:
    """Return every service of the register, in the order of the table."""
    known = {one.institution_id: one for one in firms(atlas)}
    return tuple(
        Service(MappingProxyType(row), known.get(str(row["institution_id"])))
        for row in python_rows(atlas.table("filed_services"))
    )


def chosen_firms(atlas: Atlas, wanted: Wanted) -> tuple[Firm, ...]:
    """Return the institutions that match a query; raise `UsageError` for an id or name that the atlas does not have."""
    wanted = _checked(atlas, wanted)
    keys = [fold(one) for one in wanted.texts if fold(one)]

    def passes(one: Firm) -> bool:
        row = one.row
        words = (row["name_zh"], row["name_en"], row["address"], row["institution_id"])
        return (
            (not wanted.kinds or row["kind"] in wanted.kinds)
            and (not wanted.statuses or row["status"] in wanted.statuses)
            and (not wanted.lists or any(filed["list"] in wanted.lists for filed in one.services))
            and _where(wanted, one)
            and (not keys or _holds(keys, words))
        )

    return tuple(one for one in firms(atlas) if passes(one))


def chosen_services(atlas: Atlas, wanted: Wanted) -> tuple[Service, ...]:
    """Return the services that match a query; kind, cluster, place and status need a known institution.

    Raises
    ------
    UsageError
        For an id or name that the atlas does not have.
    """
    wanted = _checked(atlas, wanted)
    keys = [fold(one) for one in wanted.texts if fold(one)]

    def passes(one: Service) -> bool:
        row, firm = one.row, one.firm
        words = (
            row["name"],
            row["filer"],
            row["filing_no"],
            *((firm.row["name_zh"], firm.row["name_en"]) if firm else ()),
        )
        return (
            (not wanted.lists or row["list"] in wanted.lists)
            and (not wanted.kinds or (firm is not None and firm.row["kind"] in wanted.kinds))
            and (not wanted.statuses or (firm is not None and firm.row["status"] in wanted.statuses))
            and (not wanted.clusters or (firm is not None and not set(wanted.clusters).isdisjoint(firm.cluster_ids)))
            and (not wanted.places or any(map(one.belongs, wanted.places)))
            and (not wanted.districts or any(map(one.belongs, wanted.districts)))
            and (not keys or _holds(keys, words))
        )

    return tuple(one for one in services(atlas) if passes(one))


def tally(atlas: Atlas, found: Sequence[Firm]) -> Tally:
    """Return the number of institutions by kind, cluster, place and district; none of these numbers is a census."""
    sure = Counter(place for one in found for place, by in one.belongs.items() if by != NEAR)
    unsure = Counter(place for one in found for place, by in one.belongs.items() if by == NEAR)
    districts = set(atlas.districts.index)

    def ordered(counts: Mapping[str, int], names: Iterable[str]) -> Mapping[str, int]:
        return MappingProxyType({name: counts[name] for name in names if counts.get(name)})

    return Tally(
        kinds=ordered(Counter(str(one.row["kind"]) for one in found), kinds(atlas)),
        clusters=ordered(Counter(key for one in found for key in one.cluster_ids), atlas.allowed["cluster"]),
        places=ordered(sure, (one for one in atlas if one not in districts)),
        districts=ordered(sure, atlas.districts.index),
        uncertain=ordered(unsure, atlas),
        nowhere=sum(not one.belongs for one in found),
    )


def on_lists(one: Firm) -> dict[str, int]:
    """Return the number of services of an institution on each of `LISTS` where it has any."""
    counts = Counter(str(row["list"]) for row in one.services)
    return {name: counts[name] for name in LISTS if counts[name]}


def kinds(atlas: Atlas) -> tuple[str, ...]:
    """Return the kinds of institutions in the atlas, the most frequent first."""
    counts = Counter(map(str, atlas.institutions["kind"]))
    return tuple(sorted(counts, key=lambda kind: (-counts[kind], kind)))


def words_called(prefix: str, ids: Iterable[str]) -> dict[str, str]:
    """Return normalised name → id of words that the catalogue names in ``prefix.ID``, in either language."""
    return {fold(text(f"{prefix}.{one}", language)): one for one in ids for language in LANGUAGES}


def kinds_called(atlas: Atlas) -> dict[str, str]:
    """Return normalised name → kind of institution."""
    return words_called("map.institution", kinds(atlas))


def _checked(atlas: Atlas, wanted: Wanted) -> Wanted:
    """Return the query in ids, the whole city as no filter; raise `UsageError` for what the atlas does not have."""
    statuses = tuple(sorted(set(atlas.institutions["status"])))
    groups: dict[str, tuple[str, Sequence[str], Mapping[str, str]]] = {
        "kinds": ("institution_kind", kinds(atlas), kinds_called(atlas)),
        "lists": ("list", LISTS, words_called("firms.list", LISTS)),
        **{f"{one}s": (one, atlas.allowed[one], atlas.called[one]) for one in ("cluster", "place", "district")},
        "statuses": ("institution_status", statuses, words_called("institution.status", statuses)),
    }
    problems, found = list[UsageError](), dict[str, tuple[str, ...]]()
    for field, (what, allowed, called) in groups.items():
        given = getattr(wanted, field)
        ids = [one if one in allowed else called.get(fold(one)) for one in given]
        pairs = zip(given, ids, strict=True)
        problems += [no_such(what, one, allowed, called) for one, meant in pairs if meant is None]
        found[field] = tuple(filter(None, ids))
    if problems:
        raise together(UsageError, problems)
    roles = {place: atlas.roles[atlas.place_rows[place]["kind"]] for place in found["places"]}
    return replace(wanted, **found | ({"places": ()} if "city" in roles.values() else {}))


def _where(wanted: Wanted, one: Firm) -> bool:
    return (
        (not wanted.clusters or not set(wanted.clusters).isdisjoint(one.cluster_ids))
        and (not wanted.places or any(place in one.belongs for place in wanted.places))
        and (not wanted.districts or any(place in one.belongs for place in wanted.districts))
    )


def _holds(keys: Sequence[str], words: Iterable[Any]) -> bool:
    folded = [fold(word) for word in words if word]
    return any(key in word for key in keys for word in folded)


def _grouped(frame: pd.DataFrame) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for row in python_rows(frame[frame["institution_id"].notna()]):
        found.setdefault(str(row["institution_id"]), []).append(MappingProxyType(row))
    return found


def _sure(atlas: Atlas) -> dict[str, frozenset[str]]:
    """Return, for each located institution, the places that contain its point even at the limits of both accuracies."""
    placed = atlas.institutions[atlas.institutions.geometry.notna()]
    found: dict[str, set[str]] = {str(key): set() for key in placed.index}
    if placed.empty:
        return {}
    crs = atlas.meta["metric_crs"]
    points, places = placed.geometry.to_crs(crs), atlas.places.to_crs(crs)
    for place_id, row in places.iterrows():
        needed = placed["accuracy_m"].astype(float) + float(row["accuracy_m"])
        sure = points.within(row.geometry) & (points.distance(row.geometry.boundary) >= needed)
        for key in sure.index[sure]:
            found[str(key)].add(str(place_id))
    return {key: frozenset(own) for key, own in found.items()}


def _surely(atlas: Atlas, by: str, place_id: str, sure: frozenset[str]) -> str:
    """Return why an institution belongs to a place; if only its point says so, whether that is certain."""
    if by != "point":
        return by
    return "inside" if any(place_id in (one, *ancestors(atlas, one)) for one in sure) else NEAR
