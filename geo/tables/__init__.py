"""Reading of a user's table: format, encoding, columns, coordinates and datum, with a reading report.

See ``docs/tables.md``. All of it needs the optional group ``tables``.
"""

from geo.base.optional import needs

with needs("needs.reading_tables", "pyarrow", "tables"):
    import pyarrow as _pyarrow  # noqa: F401

from geo.tables.datum import weigh
from geo.tables.evidence import weigh_table
from geo.tables.limits import UPLOAD_LIMITS, Limits, memory_bound
from geo.tables.marks import row_numbers
from geo.tables.opening import open_table
from geo.tables.points import Coordinates, Points
from geo.tables.projections import SCALED
from geo.tables.reader import TableReader
from geo.tables.reading_report import ColumnInfo, ReadingReport
from geo.tables.reasons import REASONS, SET_ASIDE_FROM
from geo.tables.upload import open_apart, open_upload, read_upload
from geo.tables.verdict import DatumEvidence, PairEvidence

__all__ = [
    "REASONS",
    "SCALED",
    "SET_ASIDE_FROM",
    "UPLOAD_LIMITS",
    "ColumnInfo",
    "Coordinates",
    "DatumEvidence",
    "Limits",
    "PairEvidence",
    "Points",
    "ReadingReport",
    "TableReader",
    "memory_bound",
    "open_apart",
    "open_table",
    "open_upload",
    "read_upload",
    "row_numbers",
    "weigh",
    "weigh_table",
]
