"""A user's table as one session holds it: read, weighed, joined; it goes nowhere and ends with the session."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from geo.assign.join import COLUMNS, Joiner, Tally, column_names
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES
from geo.crs.datums import DATUMS, to_wgs84
from geo.errors import MissingDependencyError
from geo.tables import DatumEvidence, TableReader, open_upload, weigh_table

try:
    import pyarrow as pa
except ImportError:
    raise MissingDependencyError.of("reading tables", "pyarrow", "tables") from None

__all__ = ["Joined", "OwnTable", "datum_evidence", "join", "read_own"]


@dataclass(frozen=True)
class OwnTable:
    """A table that was read whole.

    Attributes
    ----------
    table : pyarrow.Table
        Every row and column of the file; cells of rows that did not fit the header are null.
    lon, lat : ndarray of float64
        Degrees in the table's own datum; NaN where the row has no point. Empty arrays without coordinates.
    notes : mapping of language to pyarrow string array
        What the reader has to say on a row; null where nothing.
    report : mapping
        `ReadingReport.to_dict`.
    lines : mapping of language to list of str
        The report in words.
    question : mapping of language to str
        What must be answered before there are points; empty if nothing.
    evidence : DatumEvidence or None
        None without points.
    """

    name: str
    table: pa.Table
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    set_aside: npt.NDArray[np.bool_]
    notes: Mapping[str, pa.Array]
    report: Mapping[str, Any]
    lines: Mapping[str, list[str]]
    question: Mapping[str, str]
    evidence: DatumEvidence | None

    def hypotheses(self, most: int = 3000) -> dict[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
        """Return the same points, at most `most` of them, in WGS 84 under each datum they may be in."""
        rows = np.flatnonzero(~self.set_aside)
        if len(rows) > most:
            rows = rows[np.linspace(0, len(rows) - 1, most).astype(int)]
        return {datum: to_wgs84(self.lon[rows], self.lat[rows], datum) for datum in DATUMS}


@dataclass(frozen=True)
class Joined:
    """An own table with the columns of the join behind its own, and the tally of its rows."""

    table: pa.Table
    tally: Tally
    datum: str

    @property
    def points(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Longitude and latitude of all rows in WGS 84, NaN where set aside."""
        lon, lat = (self.table[name].to_numpy(zero_copy_only=False) for name in ("lon_wgs84", "lat_wgs84"))
        return lon.astype(float), lat.astype(float)


def datum_evidence(reader: TableReader, atlas: Atlas) -> DatumEvidence:
    """Weigh the datum of a table against the districts, townships and water of an atlas."""
    roles = atlas.table("basemap").drop_duplicates("role").set_index("role")["layer_id"]
    layers = {role: atlas.basemap(str(roles[role])) for role in ("township", "water") if role in roles.index}
    return weigh_table(reader, areas=atlas.districts, townships=layers.get("township"), water=layers.get("water"))


def read_own(source: str | os.PathLike[str] | BinaryIO, name: str, atlas: Atlas, **options: Any) -> OwnTable:
    """Read a stranger's file under limits, in a child process, and weigh its datum.

    Parameters
    ----------
    source : path or binary file
    name : str
        What the user calls the file.
    atlas : Atlas
        Gives the city's extent and the areas that the datum is weighed by.
    **options
        As for `geo.tables.open_table`: encoding, lon, lat, crs, sheet …

    Raises
    ------
    DataError, UsageError
        If the file cannot be read, is damaged or beyond the limits; the message says which.
    """
    meta = atlas.meta
    with open_upload(source, name=name, bbox=tuple(meta["bbox"]), metric_crs=meta["metric_crs"], **options) as reader:
        known = reader.report.coordinates is not None
        batches, points = [], []
        for batch in reader.batches():
            batches.append(batch.replace_schema_metadata(None))
            if known:
                points.append(reader.points(batch))
        question = reader.report.question
        evidence = datum_evidence(reader, atlas) if known and any(not p.set_aside.all() for p in points) else None
        table = pa.Table.from_batches(batches, reader.schema)
        nothing = np.empty(0)
        return OwnTable(
            name=name,
            table=table,
            lon=np.concatenate([p.lon for p in points]) if points else nothing,
            lat=np.concatenate([p.lat for p in points]) if points else nothing,
            set_aside=np.concatenate([p.set_aside for p in points]) if points else nothing.astype(bool),
            notes={
                language: pa.concat_arrays([p.notes(language) for p in points]) if points else pa.nulls(0, pa.string())
                for language in LANGUAGES
            },
            report=reader.report.to_dict(),
            lines={language: reader.report.lines(language) for language in LANGUAGES},
            question={language: question.text(language) for language in LANGUAGES} if question and not known else {},
            evidence=evidence,
        )


def join(own: OwnTable, datum: str, atlas: Atlas, language: str = "zh") -> Joined:
    """Return the table with district, townships and places of every row.

    Parameters
    ----------
    own : OwnTable
        With points.
    datum : str
        Datum that its points are in, one of `geo.crs.datums.DATUMS`.
    atlas : Atlas
    language : str
        Language of ``join_note``.

    Notes
    -----
    Some 10 million rows a second once the index is built.
    """
    joiner = Joiner.from_atlas(atlas, "all", datum=datum, language=language)
    arrays, tally = joiner.columns(own.lon, own.lat, own.set_aside, own.notes[language])
    tally.check()
    renamed = column_names(own.table.column_names)
    table = own.table.rename_columns([renamed.get(name, name) for name in own.table.column_names])
    for name, array in zip(COLUMNS, arrays, strict=True):
        table = table.append_column(pa.field(name, COLUMNS[name]), array)
    return Joined(table, tally, datum)
