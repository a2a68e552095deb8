"""Which figures may be compared: the rule, rows of figures aligned for chosen places, rankings.

The rule
--------
Figures share a row only if they are of the same measure, hence of the same definition. Within a row a figure may be
compared unless

1. ``level``: its place is of another level (city, district, place of the layout) than most places of the row;
2. ``scope``: it covers another area than the drawn boundary of the place, or only part of a year;
3. ``grade``: its source is weak (grade C);
4. ``schematic``: it is computed from a schematic boundary: none was published, the drawing only shows the location;
5. ``undated``: its date is unknown;
6. ``date``: it is more than `YEARS_APART` calendar years from the others. The reference is the span of that length
   which holds most figures of the row, of several the latest.

Dates do not matter for areas and for measures that are dates. If a place has no figure of the measure but one of the
same topic and unit under another definition, the reason ``definition`` says so; the figure is never substituted. A
figure that fails the rule stays visible with its reasons, but is left out of bars, order and maximum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from geo.analysis.figures import Figure, reported, shown
from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import Selection
from geo.base.told import told
from geo.contract.topics import TIMELESS
from geo.errors import UsageError

__all__ = [
    "LEVELS",
    "MOST_PLACES",
    "RULES",
    "YEARS_APART",
    "Cell",
    "MeasureRow",
    "Ranking",
    "Reason",
    "align",
    "candidates",
    "cell_of",
    "chosen_view",
    "coloured",
    "drawn",
    "judge",
    "judged",
    "level_of",
    "own_reasons",
    "ranked",
    "ranking",
    "rankings",
]

#: Maximum number of places in one comparison.
MOST_PLACES = 6

#: Figures whose years differ by more than this are not compared.
YEARS_APART = 2

#: The parts of the rule in the order in which they are told: the same measure, then each reason.
RULES = ("measure", "level", "scope", "grade", "schematic", "undated", "date")

#: What may be compared with its own kind: places of the layout, districts, the city.
LEVELS = ("layout", "district", "city")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a figure may not be compared: code of the rule, and the scope, span of years or measures that it concerns."""

    code: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """The figure of one measure at one place, None if there is none.

    `level` is one of `LEVELS`; `timeless` means that the date of the figure does not matter; `reasons` is empty if
    nothing prevents comparing it.
    """

    place_id: str
    level: str
    figure: Figure | None = None
    timeless: bool = False
    reasons: tuple[Reason, ...] = ()

    @property
    def value(self) -> float | None:
        """Value of the figure, None if there is no figure."""
        return self.figure.value if self.figure else None

    @property
    def comparable(self) -> bool:
        """Whether there is a figure and nothing prevents comparing it."""
        return self.figure is not None and not self.reasons

    @property
    def year(self) -> int | None:
        """Calendar year of the figure, None if it is unknown or does not matter."""
        return self.figure.year if self.figure and not self.timeless else None


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure for the chosen places, in their order."""

    measure_id: str
    cells: tuple[Cell, ...]

    @property
    def known(self) -> int:
        """Number of places that have a figure."""
        return sum(cell.figure is not None for cell in self.cells)

    @property
    def comparable(self) -> int:
        """Number of figures that may be compared."""
        return sum(cell.comparable for cell in self.cells)

    @property
    def largest(self) -> float | None:
        """Largest figure that may be compared, None if there is none."""
        return max((cell.value for cell in self.cells if cell.comparable and cell.value is not None), default=None)


@dataclass(frozen=True, slots=True)
class Ranking:
    """A measure with its figures in order, the comparable ones first; `missing` are places without one (not zero).

    `positions` are the ranks of the comparable figures: 1, 2, 2, 4 if two are equal. `level` is the level of the
    places.
    """

    measure_id: str
    level: str
    cells: tuple[Cell, ...]
    positions: Mapping[str, int]
    missing: tuple[str, ...]

    @property
    def comparable(self) -> dict[str, float]:
        """Map place_id to value for the figures that may be compared, in order."""
        return {cell.place_id: cell.value for cell in self.cells if cell.comparable and cell.value is not None}


def longest(atlas: Atlas, found: Ranking) -> float | None:
    """Return the value of the longest bar beside a ranking; None for measures that are dates: a year is no length."""
    if atlas.rows("measures")[found.measure_id]["topic"] == "date":
        return None
    return max(found.comparable.values(), default=None)


def level_of(atlas: Atlas, place_id: str) -> str:
    """Return the level of a place, one of `LEVELS`."""
    role = atlas.roles[str(atlas.place_rows[place_id]["kind"])]
    return role if role in ("city", "district") else "layout"


def judge(cells: Sequence[Cell], years_apart: int = YEARS_APART) -> tuple[Cell, ...]:
    """Return cells of one measure, with the reasons added that depend on the other cells (level, date).

    Parameters
    ----------
    cells : sequence of Cell
        Each with its own reasons.
    years_apart : int
        Longest span of calendar years within which figures may be compared.

    Examples
    --------
    >>> years = {"a": "2015", "b": "2019-07", "c": "2021"}
    >>> cells = [Cell(p, "layout", Figure(p, "firms", 1.0, as_of=year)) for p, year in years.items()]
    >>> [[r.code for r in cell.reasons] for cell in judge(cells)]
    [['date'], [], []]
    """
    levels = Counter(cell.level for cell in cells if cell.figure)
    usual = levels.most_common(1)[0][0] if levels else ""
    judged = [
        replace(cell, reasons=(*cell.reasons, Reason("level", (cell.level,))))
        if cell.figure and cell.level != usual
        else cell
        for cell in cells
    ]
    years = [cell.year for cell in judged if cell.comparable and cell.year is not None]
    if not years:
        return tuple(judged)
    first = max(years, key=lambda start: (sum(start <= year <= start + years_apart for year in years), start))
    inside = [year for year in years if first <= year <= first + years_apart]
    span = Reason("date", (str(min(inside)), str(max(inside))))
    return tuple(
        replace(cell, reasons=(*cell.reasons, span)) if cell.year is not None and cell.year not in inside else cell
        for cell in judged
    )


def align(atlas: Atlas, place_ids: Sequence[str]) -> list[MeasureRow]:
    """Return a row for each measure of which at least one of the places has a figure, in the order of the measures.

    Parameters
    ----------
    atlas : Atlas
    place_ids : sequence of str
        One to `MOST_PLACES` ids.

    Raises
    ------
    UsageError
        If there are more places, or an id is not a place.
    """
    if len(place_ids) > MOST_PLACES:
        raise told(UsageError, "wrong.compare_many", count=len(place_ids), most=MOST_PLACES)
    wanted = [atlas.find(place_id) for place_id in place_ids]
    rows = [MeasureRow(measure_id, judged(atlas, measure_id, wanted)) for measure_id in atlas.rows("measures")]
    return [row for row in rows if row.known]


def ranking(atlas: Atlas, measure_id: str, place_ids: Iterable[str], *, ascending: bool = False) -> Ranking:
    """Return the figures of one measure in order.

    Parameters
    ----------
    atlas : Atlas
    measure_id : str
    place_ids : iterable of str
        The places or districts to rank; do not mix levels.
    ascending : bool
        Whether the smallest comes first, as for distances.

    Raises
    ------
    UsageError
        If the atlas has no such measure.
    """
    return ranked(judged(atlas, measure_id, place_ids), measure_id, ascending=ascending)


def ranked(cells: Sequence[Cell], measure_id: str = "", *, ascending: bool = False) -> Ranking:
    """Return judged cells of one measure in order: the comparable ones by value, then by id; then the others."""
    known = [cell for cell in cells if cell.figure]
    known.sort(key=lambda cell: (not cell.comparable, (cell.value or 0.0) * (1 if ascending else -1), cell.place_id))
    values = [cell.value for cell in known if cell.comparable]
    positions = {cell.place_id: values.index(cell.value) + 1 for cell in known if cell.comparable}
    missing = tuple(cell.place_id for cell in cells if cell.figure is None)
    level = cells[0].level if cells else ""
    return Ranking(measure_id, level, tuple(known), positions, missing)


def coloured(view: View) -> Ranking | None:
    """Return the ranking that colours the map of a view; None if the view has no measure in focus.

    Districts are coloured if the view asks for them by kind, if it shows no place of the layout, or if no such place
    has a figure; otherwise the places shown. The two never share a colour scale, nor does the city with either.
    """
    return next(iter(rankings(view)), None)


def rankings(view: View) -> tuple[Ranking, ...]:
    """Return the rankings of the measure in focus for each level that a view shows; the one that colours its map first.

    Raises
    ------
    UsageError
        If the atlas has no such measure.
    """
    atlas, selection = view.atlas, view.selection
    if not selection.measure:
        return ()
    found: dict[str, list[str]] = {level: [] for level in LEVELS}
    for place_id in view:
        found[level_of(atlas, place_id)].append(place_id)
    known = {level_of(atlas, place_id) for place_id in shown(atlas, selection.measure)}
    asked = {atlas.roles[kind] for kind in selection.kinds}
    only_districts = bool(found["district"]) and not found["layout"]
    first = "district" if "district" in asked or only_districts or "layout" not in known else "layout"
    groups = {level: found[level] for level in sorted(LEVELS, key=lambda level: level != first)}
    if first == "district" and not groups["district"]:
        groups["district"] = list(candidates(atlas, selection, "district"))
    return tuple(
        replace(ranking(atlas, selection.measure, place_ids), level=level)
        for level, place_ids in groups.items()
        if place_ids or level == first
    )


def drawn(view: View) -> View:
    """Return the view as the map draws it: with the districts that are coloured although only the layout was asked for.

    Tables and files of the map hold these districts too. The institutions are those of `view`.
    """
    found = coloured(view)
    known = (*(cell.place_id for cell in found.cells), *found.missing) if found else ()
    more = set(known) - set(view)
    if not more:
        return view
    atlas, selection = view.atlas, view.selection
    place_ids = tuple(place_id for place_id in atlas if place_id in more or place_id in view)
    told = selection.unfiltered().replace(places=place_ids)
    return View(atlas, told, atlas.select(told).places, view.institutions)


def candidates(atlas: Atlas, selection: Selection, level: str) -> tuple[str, ...]:
    """Return the places of a level ("layout" or "district") that pass the filters of a selection.

    Editions, clusters and statuses do not apply to districts; those are filtered only by chosen districts or places and
    by the text.
    """
    if level == "district":
        kinds = tuple(kind for kind, role in atlas.roles.items() if role == "district")
        found = atlas.select(Selection(kinds=kinds, texts=selection.texts, places=selection.places)).places.index
        return tuple(place_id for place_id in found if not selection.districts or place_id in selection.districts)
    kinds = tuple(kind for kind in selection.kinds if atlas.roles[kind] not in ("city", "district"))
    view = atlas.select(selection.replace(kinds=kinds))
    return tuple(place_id for place_id in atlas.layout.index if place_id in view.places.index)


def chosen_view(atlas: Atlas, selection: Selection, place_ids: Sequence[str]) -> View:
    """Return a view of exactly these places and their institutions; other filters of the selection are ignored."""
    return atlas.select(selection.unfiltered().replace(places=tuple(place_ids)))


def cell_of(atlas: Atlas, place_id: str, one: Figure) -> Cell:
    """Return a figure as a cell with its own reasons, independent of the other figures of a row."""
    topic = atlas.rows("measures")[one.measure_id]["topic"]
    timeless = topic in TIMELESS or one.is_computed
    return Cell(place_id, level_of(atlas, place_id), one, timeless, own_reasons(atlas, one))


def own_reasons(atlas: Atlas, one: Figure) -> tuple[Reason, ...]:
    """Return the reasons of a figure itself that prevent comparing it with that of any other place."""
    place = atlas.place_rows[one.place_id]
    timeless = atlas.rows("measures")[one.measure_id]["topic"] in TIMELESS
    reasons = []
    if one.scope != place["scope"]:
        reasons.append(Reason("scope", (one.scope,)))
    if one.grade == "C":
        reasons.append(Reason("grade", ("C",)))
    if one.is_computed and place["method"] == "schematic":
        reasons.append(Reason("schematic"))
    if not timeless and one.as_of == "unknown":
        reasons.append(Reason("undated"))
    return tuple(reasons)


def judged(atlas: Atlas, measure_id: str, place_ids: Iterable[str]) -> tuple[Cell, ...]:
    """Return one cell of a measure per place, in their order; a cell without a figure has the reason, if known."""
    figures = shown(atlas, measure_id)
    cells = []
    for place_id in place_ids:
        if one := figures.get(place_id):
            cells.append(cell_of(atlas, place_id, one))
        else:
            cells.append(Cell(place_id, level_of(atlas, place_id), reasons=_why_none(atlas, measure_id, place_id)))
    return judge(cells)


def _why_none(atlas: Atlas, measure_id: str, place_id: str) -> tuple[Reason, ...]:
    """Return why a place has no figure of a measure, if known."""
    about = atlas.rows("measures")[measure_id]
    if about["origin"] == "derived" and not about["numerator"]:
        return (Reason("schematic"),) if atlas.place_rows[place_id]["method"] == "schematic" else ()
    others = _other_definitions(atlas, measure_id, place_id)
    return (Reason("definition", others),) if others else ()


def _other_definitions(atlas: Atlas, measure_id: str, place_id: str) -> tuple[str, ...]:
    """Return the other reported measures with the same topic and unit of which a place has a figure."""
    measures = atlas.rows("measures")
    about = measures[measure_id]
    if about["origin"] != "reported":
        return ()
    named = dict.fromkeys(one.measure_id for one in reported(atlas).get(place_id, ()))
    return tuple(
        other
        for other in named
        if other != measure_id and all(measures[other][key] == about[key] for key in ("topic", "unit"))
    )
