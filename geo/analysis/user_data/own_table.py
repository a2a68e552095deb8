"""A table of one's own points, for all that counts or draws them: read, its datum decided, joined."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.analysis.site_choice.choice_frame import spots_of
from geo.analysis.site_choice.criteria_values import Spots
from geo.analysis.user_data.point_styles import PointStyle, checked_style
from geo.analysis.user_data.user_table import Joined, UserTable, join, read_user_table
from geo.assign.join import COLUMNS, Joiner, column_names
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES
from geo.base.nearest import no_such
from geo.base.optional import needs
from geo.base.told import told
from geo.crs.datums import datum_name
from geo.errors import UsageError
from geo.tables import DatumEvidence, Points

with needs("needs.reading_tables", "pyarrow", "tables"):
    import pyarrow as pa

__all__ = ["OwnTable", "own_table"]


@dataclass(frozen=True, eq=False)
class OwnTable:
    """A joined table, its name ("" for a frame), what its datum was decided by, how its points are coloured."""

    joined: Joined
    name: str = ""
    evidence: DatumEvidence | None = None
    style: PointStyle | None = None

    @cached_property
    def spots(self) -> Spots:
        """All rows as points, those without a place NaN."""
        return Spots(*self.joined.points)

    @property
    def points(self) -> npt.NDArray[np.float64]:
        """Longitude and latitude (WGS 84, degrees) of the rows that have a place, shape (n, 2)."""
        return np.column_stack(self.joined.points)[self._placed]

    @property
    def points_style(self) -> PointStyle | None:
        """The style of `points`; None where they have one colour."""
        return self.style and replace(self.style, of=self.style.of[self._placed])

    @property
    def _placed(self) -> npt.NDArray[np.bool_]:
        lon, lat = self.joined.points
        return np.isfinite(lon) & np.isfinite(lat)


def own_table(
    points: str | os.PathLike[str] | pd.DataFrame,
    atlas: Atlas,
    *,
    datum: str = "auto",
    colour: str = "",
    language: str = "zh",
) -> OwnTable:
    """Return a table of one's own, read and joined.

    Parameters
    ----------
    points : path or DataFrame
        A file in any format that ``geo assign`` reads; rows without coordinates are located by their address. Or a
        frame from `geo.join` or `geo.geocode`, or a GeoDataFrame of points with a CRS.
    atlas : Atlas
    datum : {"auto", "wgs84", "gcj02", "bd09"}
        Of the coordinates of a file, in any spelling; "auto" decides by the evidence of its rows.
    colour : str
        A column that the points are coloured by, as on the map of the app; "" for one colour.
    language : {"zh", "en"}
        Of names and notes.

    Raises
    ------
    DataError
        If the file cannot be read.
    UsageError
        If there are no points, their datum is not clear, a datum is given for a frame or for addresses, or the column
        cannot colour them; the message says what to give.
    """
    given = None if datum == "auto" else datum_name(datum)
    if isinstance(points, pd.DataFrame):
        if given:
            raise told(UsageError, "own.refused.datum_frame", datum=datum)
        return _of_frame(points, atlas, colour, language)
    path = Path(os.fspath(points))
    table = read_user_table(path, path.name, atlas)
    if table.by_address:
        if given:
            raise told(UsageError, "own.refused.datum_addresses", path=path, datum=datum)
        return _coloured(OwnTable(join(table, "wgs84", atlas, language), path.name), table, colour, language)
    if table.question:
        raise told(UsageError, "refused.points", name=path, question=table.question)
    evidence = table.evidence
    decided = given or (evidence.datum if evidence else None)
    if not np.isfinite(table.lon).any():
        raise told(UsageError, "own.no_points", name=path)
    if decided is None:
        raise _undecided(path, evidence)
    return _coloured(OwnTable(join(table, decided, atlas, language), path.name, evidence), table, colour, language)


def _undecided(path: Path, evidence: DatumEvidence | None) -> UsageError:
    """Return the error for a datum that the rows do not decide: why, in every language, and what to give."""
    why = {language: evidence.sentence(language) for language in LANGUAGES} if evidence else ""
    return told(UsageError, "own.no_datum", name=path, why=why)


def _coloured(own: OwnTable, table: UserTable, colour: str, language: str) -> OwnTable:
    return replace(own, style=checked_style(own.joined, table, colour, language)) if colour else own


def _of_frame(frame: pd.DataFrame, atlas: Atlas, colour: str, language: str) -> OwnTable:
    """Return the points of a frame, joined anew, with the one column that colours them."""
    from geo.tables.memory import FrameSource

    spots = spots_of(frame)
    own = OwnTable(_joined(spots, atlas, language))
    if not colour:
        return own
    kept = FrameSource(pd.DataFrame({name: frame[name] for name in frame.columns if name == colour}))
    cells = pa.Table.from_batches([chunk.batch for chunk in kept.chunks()], kept.schema)
    # As a file's: a column of a frame that was joined before goes under another name than that of the new join.
    renamed = column_names(cells.column_names).get(colour, colour)
    cells = cells.rename_columns([renamed] * cells.num_columns)
    if not cells.num_columns:
        raise no_such("column", colour, list(map(str, frame.columns)), where="points_colour")
    points = Points(spots.lon, spots.lat, np.zeros(len(spots.lon), np.uint8))
    table = UserTable("", cells, points, {"format": "frame", "columns": []}, {}, {}, None)
    for name in own.joined.table.column_names:
        cells = cells.append_column(name, own.joined.table[name])
    joined = replace(own.joined, table=cells)
    style = checked_style(joined, table, renamed, language)
    return replace(own, joined=joined, style=replace(style, column=colour))


def _joined(spots: Spots, atlas: Atlas, language: str) -> Joined:
    joiner = Joiner.from_atlas(atlas, "all", language=language)
    arrays, tally = joiner.columns(spots.lon, spots.lat)
    schema = pa.schema(list(COLUMNS.items()))
    return Joined(pa.Table.from_arrays(arrays, schema=schema), tally, joiner.datum, joiner)
