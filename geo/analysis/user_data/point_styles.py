"""How the points of the user's table are coloured by one of its columns: a class of each row, and a legend."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.analysis.classes import CATEGORIES, OTHER, classify_many
from geo.analysis.units import Scale
from geo.analysis.user_data.user_columns import (
    MOST_CATEGORIES,
    are_years,
    categories,
    likely_types,
    numbers,
    plain_columns,
    texts,
    value_words,
)
from geo.analysis.user_data.user_table import Joined, UserTable
from geo.base.lines import shortened
from geo.base.messages import text
from geo.base.nearest import no_such
from geo.base.told import both, told
from geo.errors import UsageError

#: Of a value in the legend.
_CHARACTERS = 40

#: Where the Mercator projection of web maps ends, in degrees.
_MERCATOR_ENDS = math.degrees(math.atan(math.sinh(math.pi)))

__all__ = ["PointClass", "PointStyle", "checked_style", "on_map", "point_style", "style_columns"]


@dataclass(frozen=True, slots=True)
class PointClass:
    """One line of the legend: its words, its colour ("" for rows without a value) and the number of its points."""

    label: str
    colour: str
    count: int


@dataclass(frozen=True, eq=False)
class PointStyle:
    """Points coloured by a column.

    Attributes
    ----------
    column : str
    of : ndarray of uint8
        Class of every row of the table.
    classes : tuple of PointClass
        In the order of the legend, each with points.
    """

    column: str
    of: npt.NDArray[np.uint8]
    classes: tuple[PointClass, ...]


def on_map(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return which points a web map can show: those with a place that is not within 5° of a pole."""
    return np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) < _MERCATOR_ENDS)


def style_columns(joined: Joined, user: UserTable) -> list[str]:
    """Return the columns that points can be coloured by: numbers, or texts and yes or no that repeat, of two values."""
    likely = likely_types(user)
    return [name for name in plain_columns(joined, user) if _can_colour(joined, name, likely)]


def _can_colour(joined: Joined, name: str, likely: Mapping[str, str]) -> bool:
    found = numbers(joined, name, likely)
    if found is not None:
        known = found[np.isfinite(found)]
        return len(known) > 0 and bool((known != known[0]).any())
    return 1 < len(categories(joined, name)) <= MOST_CATEGORIES


def checked_style(joined: Joined, user: UserTable, column: str, language: str) -> PointStyle:
    """Colour points by a column that somebody names; parameters and result as for `point_style`.

    Raises
    ------
    UsageError
        If there is no such column, or it cannot colour points; the message names those that can.
    """
    can = style_columns(joined, user)
    if column in can:
        return point_style(joined, user, column, language)
    if column not in joined.user_columns:
        raise no_such("column", column, can, where="points_colour")
    others = ", ".join(map(repr, can)) or both("own.none")
    raise told(UsageError, "own.refused.colour", column=column, most=MOST_CATEGORIES, known=others)


def point_style(joined: Joined, user: UserTable, column: str, language: str) -> PointStyle:
    """Colour points by a column: numbers in classes as measures are, texts by how often they occur.

    Parameters
    ----------
    joined : Joined
    user : UserTable
        The same table before the join.
    column : str
        One of `style_columns`.
    language : {"zh", "en"}

    Returns
    -------
    PointStyle
        At most six values have a colour, the others share one; rows without a value are a class of their own.

    Notes
    -----
    Linear in rows, but for sorting numbers; some 0.2 s for 500,000.
    """
    found = numbers(joined, column, likely_types(user))
    placed = on_map(*joined.points)
    if found is not None:
        of, classes = classify_many(np.where(placed, found, np.nan))
        scale = Scale(year=are_years(found))
        labels = [classes.label(number, scale) for number in range(len(classes.bounds))]
        colours = list(classes.colours)
    else:
        of, labels, colours = _by_category(joined, column, placed, language)
    if (placed & (of < 0)).any():
        labels.append(text("data.style.none", language))
        colours.append("")
    of = np.where(of < 0, len(labels) - 1, of).clip(0)
    counts = np.bincount(of[placed], minlength=len(labels))
    lines = (PointClass(*line) for line in zip(labels, colours, counts.tolist(), strict=True))
    return PointStyle(column, of.astype(np.uint8), tuple(lines))


def _by_category(
    joined: Joined, column: str, placed: npt.NDArray[np.bool_], language: str
) -> tuple[npt.NDArray[np.int64], list[str], list[str]]:
    said = texts(joined.table[column])
    assert said is not None, f"{column} is none of style_columns"
    cells = said.combine_chunks().dictionary_encode()
    values = cells.dictionary.to_pylist()
    codes = cells.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    present = placed & (codes >= 0)
    often = np.bincount(codes[present], minlength=len(values))
    order = sorted(np.flatnonzero(often).tolist(), key=lambda code: (-often[code], values[code]))
    class_of = np.full(len(values) + 1, len(CATEGORIES))
    class_of[-1] = -1  # of a missing cell
    for number, code in enumerate(order[: len(CATEGORIES)]):
        class_of[code] = number
    named = (value_words(joined, column, values[code], language) for code in order[: len(CATEGORIES)])
    labels = [shortened(words, _CHARACTERS) for words in named]
    colours = list(CATEGORIES[: len(labels)])
    if rest := len(order) - len(labels):
        labels.append(text("data.style.other", language, count=rest))
        colours.append(OTHER)
    return class_of[codes], labels, colours
