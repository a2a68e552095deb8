"""`Selection`: the complete state of a view, and its conversion from and to a URL query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from geo.base.fold import fold
from geo.base.messages import LANGUAGES
from geo.base.told import told
from geo.errors import UsageError

__all__ = ["FILTERS", "QueryProblem", "Selection", "as_tuple"]

#: Filters with several values: field of `Selection` → name in a query and on the command line.
FILTERS = {
    "kinds": "kind",
    "clusters": "cluster",
    "districts": "district",
    "editions": "edition",
    "statuses": "status",
    "places": "only",
}


def as_tuple(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return one text, or several, as a tuple; a single text is not split into letters."""
    return (given,) if isinstance(given, str) else tuple(given)


_TEXTS = "q"
_SINGLE = {"measure": "measure", "place": "place", "language": "lang", "basemap": "basemap"}
_MOST_TEXTS = 20


@dataclass(frozen=True, slots=True)
class QueryProblem:
    """A part of a query that was ignored, and the allowed values."""

    name: str
    value: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """State of a view: filters, measure and place in focus, language, basemap and map position.

    An empty filter means all; values of one filter are joined by or, filters by and.

    Parameters
    ----------
    kinds, clusters, districts, editions, statuses, places : tuple of str
        Ids. Without `kinds` and `places`, city and districts are left out. `editions` selects places that one of
        these documents names itself; for all places named by then see `geo.analysis.editions.named_by_then`.
    texts : tuple of str
        Parts of a name, alias or id, in any case or width; a place is selected if one of them matches.
    measure, place : str
        Ids in focus; they do not filter.
    language : str
        "zh" or "en".
    basemap : str
        Id of the basemap.
    view : tuple of float, optional
        Map position: longitude and latitude of the centre in WGS 84, zoom.

    Examples
    --------
    >>> selection = Selection(kinds=("belt",), texts=("AI",), language="en")
    >>> selection.to_query()
    {'kind': 'belt', 'q': 'AI', 'lang': 'en'}
    """

    kinds: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    measure: str = ""
    place: str = ""
    language: str = "zh"
    basemap: str = "bundled"
    view: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        for name in (*FILTERS, "texts"):
            value = getattr(self, name)
            if isinstance(value, str):
                raise told(UsageError, "wrong.tuple", name=name, given=value)
            object.__setattr__(self, name, tuple(dict.fromkeys(filter(None, value))))
        if self.language not in LANGUAGES:
            allowed = ", ".join(LANGUAGES)
            raise told(UsageError, "wrong.value", name="language", given=self.language, allowed=allowed)

    def replace(self, **changes: Any) -> Selection:
        """Return a copy with `changes`."""
        return replace(self, **changes)

    def is_filtered(self) -> bool:
        """Return whether any filter is set."""
        return bool(self.texts or any(getattr(self, name) for name in FILTERS))

    def unfiltered(self) -> Selection:
        """Return a copy without filters."""
        return Selection(
            measure=self.measure, place=self.place, language=self.language, basemap=self.basemap, view=self.view
        )

    def to_query(self) -> dict[str, str | list[str]]:
        """Return the state as a short query: defaults are left out, ids of a filter are joined by commas.

        Several texts, which may contain commas, become a list: a repeated parameter (``urlencode(…, doseq=True)``).
        """
        query: dict[str, str | list[str]] = {
            short: ",".join(getattr(self, name)) for name, short in FILTERS.items() if getattr(self, name)
        }
        if self.texts:
            query[_TEXTS] = self.texts[0] if len(self.texts) == 1 else list(self.texts)
        default = Selection()
        for name, short in _SINGLE.items():
            if getattr(self, name) != getattr(default, name):
                query[short] = getattr(self, name)
        if self.view is not None:
            lon, lat, zoom = self.view
            query["at"] = f"{lat:.5f},{lon:.5f},{zoom:g}"
        return query

    @classmethod
    def from_query(
        cls,
        query: Mapping[str, str | Iterable[str]],
        allowed: Mapping[str, Iterable[str]] | None = None,
        called: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    ) -> tuple[Selection, list[QueryProblem]]:
        """Parse a query; values that are not allowed are left out and reported.

        Parameters
        ----------
        query : mapping of str to str or strings
            As in a URL: `kind cluster district edition status only q measure place lang basemap at`. Other names are
            ignored, because a page may have its own. Each `q` is one text; ids of a filter may be joined by commas.
        allowed : mapping of str to strings, optional
            Query name → allowed values (see `Atlas.allowed`). Names that are missing from it accept any value.
        called : mapping, optional
            Query name → normalised name → allowed value (see `Atlas.called`): names that stand for their ids.

        Returns
        -------
        Selection
        list of QueryProblem
        """
        given = {name: value if isinstance(value, str) else ",".join(value) for name, value in query.items()}
        limits = {name: tuple(values) for name, values in (allowed or {}).items()}
        limits.setdefault("lang", LANGUAGES)
        problems: list[QueryProblem] = []
        state: dict[str, Any] = {}

        def meant(name: str, value: str) -> str:
            if name not in limits or value in limits[name]:
                return value
            if not (one := called.get(name, {}).get(fold(value), "")):
                problems.append(QueryProblem(name, value[:80], limits[name]))
            return one

        for field, name in FILTERS.items():
            values = [part for part in given.get(name, "").split(",") if part]
            state[field] = tuple(filter(None, (meant(name, part) for part in values)))
        for field, name in _SINGLE.items():
            value = given.get(name, "")
            if value and (one := meant(name, value)):
                state[field] = one[:200]
        asked = query.get(_TEXTS, ())
        texts = list(filter(None, [asked] if isinstance(asked, str) else asked))
        state["texts"] = tuple(text[:200] for text in texts[:_MOST_TEXTS])
        if len(texts) > _MOST_TEXTS:
            problems.append(QueryProblem(_TEXTS, texts[_MOST_TEXTS][:80], (f"{_MOST_TEXTS} × {_TEXTS}",)))
        if given.get("at"):
            view = _view(given["at"])
            if view is None:
                problems.append(QueryProblem("at", given["at"][:80], ("lat,lon,zoom",)))
            state["view"] = view
        return cls(**state), problems


def _view(text: str) -> tuple[float, float, float] | None:
    try:
        lat, lon, zoom = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180 and 0 <= zoom <= 24):
        return None
    return lon, lat, zoom
