"""How many places and districts a measure can rank: which measures are offered for ranking and colouring."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from geo.analysis.compare import Cell, cell_of, judge, level_of
from geo.analysis.figures import shown
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.contract.carried import LEAST_PLACES

__all__ = ["Coverage", "coverage", "coverage_words", "fuller_level", "offered"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many figures of one measure there are.

    Attributes
    ----------
    measure_id : str
    sites, districts : int
        Places of the layout, and districts, with a figure that may be compared within its level.
    figures : int
        Places of the layout and districts with a figure, comparable or not.
    """

    measure_id: str
    sites: int
    districts: int
    figures: int

    @property
    def level(self) -> str:
        """The level with more comparable figures, "layout" if equal."""
        return "district" if self.districts > self.sites else "layout"

    @property
    def widest(self) -> int:
        """Number of comparable figures at that level."""
        return max(self.sites, self.districts)

    @property
    def thin(self) -> bool:
        """Whether no level has `LEAST_PLACES` comparable figures; such a measure is listed after the others."""
        return self.widest < LEAST_PLACES


@lru_cache(maxsize=4)
def coverage(atlas: Atlas) -> tuple[Coverage, ...]:
    """Return the measures with figures for at least two places, most comparable figures first, then in catalogue order.

    Parameters
    ----------
    atlas : Atlas

    Notes
    -----
    Computed once per atlas, linear in the number of figures. `geo.analysis.compare` decides what may be compared.
    """
    found = []
    for measure_id in atlas.allowed["measure"]:
        cells: dict[str, list[Cell]] = {"layout": [], "district": []}
        for place_id, figure in shown(atlas, measure_id).items():
            if (level := level_of(atlas, place_id)) in cells:
                cells[level].append(cell_of(atlas, place_id, figure))
        figures = sum(map(len, cells.values()))
        if figures > 1:
            found.append(Coverage(measure_id, _ranked(cells["layout"]), _ranked(cells["district"]), figures))
    return tuple(sorted(found, key=lambda one: (-one.widest, -one.sites - one.districts, -one.figures)))


def _ranked(cells: list[Cell]) -> int:
    return sum(cell.comparable for cell in judge(cells))


def offered(atlas: Atlas, *, thin: bool = False, also: str = "") -> tuple[Coverage, ...]:
    """Return the measures to offer in a list, the widest first.

    Parameters
    ----------
    atlas : Atlas
    thin : bool
        Whether to include measures with fewer than `LEAST_PLACES` comparable places at every level.
    also : str
        A measure_id to include in any case, because it is selected; "" for none.
    """
    return tuple(one for one in coverage(atlas) if thin or not one.thin or one.measure_id == also)


def fuller_level(atlas: Atlas, measure_id: str) -> str:
    """Return the level at which a measure has more comparable figures, "layout" if equal or if there are none."""
    return next((one.level for one in coverage(atlas) if one.measure_id == measure_id), "layout")


def coverage_words(one: Coverage, language: str) -> str:
    """Return in words how many places and districts of a measure can be compared; a level without any is left out."""
    parts = []
    if one.sites or not one.districts:
        parts.append(text("measure.sites", language, count=one.sites))
    if one.districts:
        parts.append(text("measure.districts", language, count=one.districts))
    return text("list.comma", language).join(parts)
