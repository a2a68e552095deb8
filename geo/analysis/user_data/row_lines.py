"""What became of the rows of a joined table that have no coordinates of their own, a line each."""

from __future__ import annotations

from geo.analysis.user_data.user_table import Joined
from geo.base.messages import text
from geo.base.optional import needs

with needs("needs.reading_tables", "pyarrow", "tables"):
    import pyarrow as pa
    import pyarrow.compute as pc

__all__ = ["located_line", "no_data_lines"]

_NOT_BY_ADDRESS = pa.array(["coordinates", "none"])


def located_line(joined: Joined, language: str) -> str:
    """Return how many rows were located by their address, by what of it and how surely; empty if none was."""
    how = joined.table["located_by"]
    located = joined.table.filter(pc.and_(pc.is_valid(how), pc.invert(pc.is_in(how, _NOT_BY_ADDRESS))))
    if not located.num_rows:
        return ""
    stop = "，" if language == "zh" else ", "
    counted = {one["values"]: one["counts"] for one in pc.value_counts(located["located_by"]).to_pylist()}
    called = {level: text(f"addresses.level.{level}", language) for level in counted}
    levels = stop.join(f"{called[one]} {counted[one]:,}" for one in sorted(counted, key=lambda one: -counted[one]))
    metres = pc.quantile(located["accuracy_m"], 0.5)[0].as_py()
    return text("report.own.by_address", language, count=located.num_rows, levels=levels, metres=f"{metres:,.0f}")


def no_data_lines(joined: Joined, language: str) -> list[str]:
    """Return how many rows are totals, remarks, or do not fit the header.

    Parameters
    ----------
    joined : Joined
        In the language of the lines.
    language : {"zh", "en"}
    """
    lines = []
    for name in ("total", "remark", "names_again", "malformed"):
        reason = text(f"tables.reason.{name}", language)
        count = pc.sum(pc.starts_with(joined.table["join_note"], reason)).as_py()
        if count:
            lines.append(text("tables.report.reason", language, count=count, reason=reason))
    return lines
