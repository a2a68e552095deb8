"""The public functions that stand above all rooms: save a view, compare and rank places."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyproj

from geo.analysis import compare as comparison
from geo.analysis.figure_frame import FIGURE_COLUMNS, figure_frame
from geo.analysis.site_choice.criteria import Criteria
from geo.atlas import Atlas, View, atlas_of
from geo.atlas.selection import as_tuple
from geo.base.messages import check_language
from geo.base.told import both, told
from geo.errors import UsageError
from geo.render.drawn import DOCUMENTS, PAGES, PICTURES, drawn

if TYPE_CHECKING:
    from geo.analysis.user_data.own_table import OwnTable

__all__ = ["DOCUMENTS", "PAGES", "PICTURES", "compare", "rank", "save"]


def save(
    view: View | pd.DataFrame,
    out: str | os.PathLike[str],
    *,
    format: str | None = None,
    crs: int | str | pyproj.CRS | None = None,
    language: str | None = None,
    encoding: str = "utf-8",
    schema: str | None = None,
    criteria: str | Iterable[str] = (),
    points: str | os.PathLike[str] | pd.DataFrame | None = None,
    datum: str = "auto",
    points_colour: str = "",
    overwrite: bool = False,
    paper: str = "a4",
    portrait: bool = False,
) -> tuple[str, ...]:
    """Write what a view shows, in the format that the ending names: for GIS tools, as a report, as a figure.

    The output appears whole or not at all. The same view gives the same bytes.

    Parameters
    ----------
    view : View or DataFrame
        From ``atlas.select(…)``; or what `join` or `geo.geocode` returned, or some of its rows: then the endings are
        those of ``geo assign`` (.xlsx, .gpkg, .parquet, .csv …), and of the options `language` and `overwrite` apply.
    out : str or path
        ``.html`` and ``.docx`` are the report, ``.png``, ``.svg`` and ``.pdf`` the figure, ``.pdf`` with the format
        "atlas" the atlas; all others are formats for
        GIS tools, as ``geo export --help`` lists them. A folder takes one file per layer; ``postgresql://…`` loads a
        database.
    format : str, optional
        Of a file for GIS tools, where the ending does not say it; "atlas" for the book with a page for each place.
    crs : int, str or pyproj.CRS, optional
        Of a file for GIS tools, such as 4490 or "EPSG:4490"; by default EPSG:4326, in DXF the atlas' metric CRS.
    language : {"zh", "en"}, optional
        By default that of the view's selection.
    encoding : {"utf-8", "gb18030"}
        Of a shapefile's attributes.
    schema : str, optional
        Of a database.
    criteria : str or iterable of str
        Of the HTML report: with them it says where to settle (see `geo.choose`).
    points : path or DataFrame, optional
        A table of your own, a file or what `join` returns: a report counts its rows, a figure draws its points.
    datum : {"auto", "wgs84", "gcj02", "bd09"}
        Of the coordinates in the file of `points`.
    points_colour : str
        The column by which `points` are coloured, as on the map of the app; by default they have one colour.
    overwrite : bool
        Replace what is there.
    paper : {"a4", "a3"}
        Of a figure or an atlas.
    portrait : bool
        A figure upright, not across.

    Returns
    -------
    tuple of str
        What was written, the main file first.

    Raises
    ------
    UsageError
        For an unknown ending or an option that the format does not have, or if the view shows no place.
    CRSError
        If the CRS does not cover the city, or the format cannot carry it.
    OutputError
        If `out` is there already, or cannot be written; nothing has changed then.
    MissingDependencyError
        If the format needs a package that is not installed; the message has the install line.

    Notes
    -----
    Milliseconds to two seconds for the layout; a bundle of all formats some four.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = save(Atlas.load().select(), f"{folder}/layout.geojson")
    >>> [Path(path).name for path in written]
    ['layout.geojson']
    """
    if not isinstance(view, View):
        more: dict[str, object] = {"format": format, "crs": crs, "encoding": encoding, "schema": schema}
        more |= {"criteria": criteria, "points": points, "datum": datum, "paper": paper, "portrait": portrait}
        more["points_colour"] = points_colour
        return _save_frame(view, out, language, overwrite=overwrite, more=more)
    ending = Path(os.fspath(out)).suffix.lower()
    is_gis = ending not in (*PAGES, *DOCUMENTS, *PICTURES) or format not in (None, "atlas")
    what = both("wrong.what.format", format=format) if format else ending or both("wrong.what.folder")
    if (paper, portrait) != ("a4", False) and (is_gis or ending not in PICTURES):
        raise told(UsageError, "wrong.paper_use", what=what, allowed=", ".join(PICTURES))
    asked = Criteria.parse(criteria, view.atlas)
    if asked and (is_gis or ending not in PAGES):
        raise told(UsageError, "wrong.criteria_use", what=what)
    if points is None:
        _check_without_points(asked, datum, points_colour)
    elif format or is_gis:
        raise told(UsageError, "wrong.points_use", what=what)
    if format == "atlas" and (ending != ".pdf" or portrait):
        raise told(UsageError, "wrong.atlas_ending", out=out, ending=ending or both("wrong.ending.none"))
    if is_gis:
        options: dict[str, Any] = {"language": language, "encoding": encoding, "schema": schema}
        return _exported(view, out, format, crs, overwrite=overwrite, **options)
    given = {"crs": crs is not None, "encoding": encoding != "utf-8", "schema": schema is not None}
    if odd := [name for name, is_given in given.items() if is_given]:
        raise told(UsageError, "wrong.gis_options", names=", ".join(odd), ending=ending)
    from geo.base.files import put_files
    from geo.base.paths import Paths
    from geo.export.target import check_target, staging

    target = Path(out)
    inputs = [view.atlas.folder, *([] if points is None or isinstance(points, pd.DataFrame) else [Path(points)])]
    Paths(inputs, [target], overwrite=overwrite).check()
    check_target(target, [], folder=False)
    if language is not None and language != view.selection.language:
        view = view.atlas.select(view.selection.replace(language=language))
    table = None if points is None else _own(points, view, datum, points_colour)
    with staging(target.parent, target.name) as scratch:
        made = scratch / "made"
        made.write_bytes(drawn(view, "atlas" if format else ending, asked, table, paper, portrait))
        put_files([(made, target)], fresh=[] if overwrite else [target])
    return (str(target),)


def _exported(view: View, out: str | os.PathLike[str], format: str | None, crs: Any, **more: Any) -> tuple[str, ...]:
    """Export a view for GIS tools; of an ending that no format has, also name those of reports and figures."""
    from geo.export import export, format_of

    if not (format or os.fspath(out).endswith(("/", os.sep)) or Path(out).is_dir()):
        try:
            format_of(os.fspath(out))
        except UsageError as error:
            pages, pictures = (
                {"zh": "、".join(one), "en": " or ".join(one)} for one in ((*PAGES, *DOCUMENTS), PICTURES)
            )
            raise told(UsageError, "wrong.report_endings", why=error, pages=pages, pictures=pictures) from None
    return export(view, out, format, crs, **more).outputs


def _check_without_points(asked: Criteria, datum: str, colour: str) -> None:
    """Raise `UsageError` if something is asked that only a table of points could answer."""
    if own := [one.key for one in asked.all if one.asks_points]:
        raise told(UsageError, "wrong.own_points", criteria=", ".join(own), option="points")
    if datum != "auto":
        raise told(UsageError, "wrong.datum_alone", given=f"datum {datum!r}", option="points")
    if colour:
        raise told(UsageError, "wrong.points_colour_alone", given=colour)


def _save_frame(
    frame: object, out: str | os.PathLike[str], language: str | None, *, overwrite: bool, more: dict[str, object]
) -> tuple[str, ...]:
    if isinstance(frame, Atlas):
        raise told(UsageError, "wrong.not_a_view")
    if not isinstance(frame, pd.DataFrame):
        raise told(UsageError, "wrong.not_a_frame", given=type(frame).__name__)
    if Path(os.fspath(out)).suffix.lower() in (*PAGES, *DOCUMENTS, *PICTURES):
        raise told(UsageError, "wrong.frame_picture", out=out)
    for name, value in more.items():
        if isinstance(value, pd.DataFrame) or value != (save.__kwdefaults__ or {})[name]:
            raise told(UsageError, "wrong.frame_options", name=name)
    from geo.analysis.user_data.joined_file import save_joined

    return save_joined(frame, Path(out), language or "zh", overwrite=overwrite)


def _own(points: str | os.PathLike[str] | pd.DataFrame, view: View, datum: str, colour: str) -> OwnTable:
    from geo.analysis.user_data.own_table import own_table

    return own_table(points, view.atlas, datum=datum, colour=colour, language=view.selection.language)


def compare(atlas: Atlas | View, places: str | Iterable[str], *, language: str = "zh") -> pd.DataFrame:
    """Lay the figures of up to six places side by side, each with whether it may be compared and why not.

    Parameters
    ----------
    atlas : Atlas
        Of a View, its atlas.
    places : str or iterable of str
        Ids, names or aliases.
    language : {"zh", "en"}
        Of labels.

    Returns
    -------
    DataFrame
        Index (``measure_id``, ``place_id``), a row for each measure that at least one of the places has a figure of and
        each place; columns ``label``, ``unit``, ``name`` (str), ``value`` (float64, unknown is NaN, never 0),
        ``qualifier``, ``as_of``, ``scope``, ``grade``, ``source_id`` (str), ``comparable`` (bool) and ``reasons``
        (list of the rule's codes; see `geo.analysis.compare`).

    Raises
    ------
    UsageError
        If there are more than six places, or one is not known; the message names the nearest.

    Examples
    --------
    >>> atlas = Atlas.load()
    >>> table = compare(atlas, atlas.layout.index[:2])
    >>> list(table.index.names), table["value"].dtype
    (['measure_id', 'place_id'], dtype('float64'))
    """
    check_language(language)
    atlas, _ = atlas_of(atlas)
    rows = comparison.align(atlas, as_tuple(places))
    cells = [(row.measure_id, cell) for row in rows for cell in row.cells]
    frame = figure_frame(atlas, cells, language)
    return frame.set_index(["measure_id", "place_id"])


def rank(
    atlas: Atlas | View,
    measure: str,
    *,
    places: str | Iterable[str] | None = None,
    ascending: bool = False,
    language: str = "zh",
) -> pd.DataFrame:
    """Put places in the order of one measure, by the same rule as the app and the report.

    Parameters
    ----------
    atlas : Atlas or View
    measure : str
        Id or label of a measure.
    places : iterable of str, optional
        Ids, names or aliases, of one level; by default those of the view, or of an atlas the places of the layout (the
        districts where only they have figures).
    ascending : bool
        Smallest first, as one wants distances.
    language : {"zh", "en"}
        Of names.

    Returns
    -------
    DataFrame
        Index ``place_id``; ``rank`` (Int64: 1, 2, 2, 4 where two are equal; missing where the figure may not be
        compared or is unknown) and the columns of `compare` but ``label`` and ``unit``. Figures that may be compared
        come first, then those that may not, with their reasons, then the unknown.

    Raises
    ------
    UsageError
        If there is no such measure or place; the message names the nearest.

    Examples
    --------
    >>> order = rank(Atlas.load(), "area_km2")
    >>> known = order[order["comparable"]]
    >>> bool(known["value"].is_monotonic_decreasing), int(known["rank"].iloc[0])
    (True, 1)
    """
    check_language(language)
    atlas, places_shown = atlas_of(atlas)
    measure = atlas.find_measure(measure)
    if places is None and places_shown is not None:
        wanted = list(places_shown)
    elif places is None:
        known = set(atlas.values(measure).dropna(subset=["value"]).index)
        layout = atlas.layout.index
        wanted = list(layout if known & set(layout) else atlas.districts.index)
    else:
        wanted = [atlas.find(place) for place in as_tuple(places)]
    found = comparison.ranking(atlas, measure, wanted, ascending=ascending)
    missing = [comparison.Cell(place_id, comparison.level_of(atlas, place_id)) for place_id in found.missing]
    frame = figure_frame(atlas, [(measure, cell) for cell in (*found.cells, *missing)], language)
    ranks = pd.array([found.positions.get(place_id) for place_id in frame["place_id"]], dtype="Int64")
    return frame.assign(rank=ranks).set_index("place_id")[["rank", *FIGURE_COLUMNS[1:]]]
