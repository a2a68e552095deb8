"""Counts of what became of the rows of a join: each row is matched, outside or set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geo.base.told import told
from geo.errors import DataError

__all__ = ["Tally"]


@dataclass
class Tally:
    """How many rows a join read and what became of them; the tallies of the parts of a table can be added.

    Attributes
    ----------
    rows : int
        Rows read: ``matched + outside + set_aside``.
    matched, outside : int
        Rows in at least one area, and in none.
    set_aside : int
        Rows without a point that can be used.
    ambiguous : int
        Rows in several districts or several townships: on their common border.
    elsewhere : int
        Rows that lie in another district than the one they state.
    fitting : int
        Rows of `elsewhere` that would lie in the district they state if their coordinates were in another datum.
    coarse : int
        Rows whose coordinates are rounded to few decimals.
    perhaps : int
        Rows of `coarse` that may, within that rounding, lie in other areas than they were assigned to.
    datums : Counter of str
        Rows of `fitting` by datum; a row that fits in several counts in each.
    districts, townships, places : Counter of str
        Rows in each area, by id.
    """

    rows: int = 0
    matched: int = 0
    outside: int = 0
    set_aside: int = 0
    ambiguous: int = 0
    elsewhere: int = 0
    fitting: int = 0
    coarse: int = 0
    perhaps: int = 0
    datums: Counter[str] = field(default_factory=Counter)
    districts: Counter[str] = field(default_factory=Counter)
    townships: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Add the counts of another part of the table."""
        for name in (
            "rows",
            "matched",
            "outside",
            "set_aside",
            "ambiguous",
            "elsewhere",
            "fitting",
            "coarse",
            "perhaps",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("datums", "districts", "townships", "places"):
            getattr(self, name).update(getattr(other, name))

    def check(self) -> None:
        """Raise `DataError` unless ``rows == matched + outside + set_aside``, that is, no row was lost."""
        if self.rows != self.matched + self.outside + self.set_aside:
            raise told(DataError, "assign.refused.lost_tally", tally=str(self.to_dict()))

    def to_dict(self) -> dict[str, Any]:
        """Return all counts as plain values for JSON; those by id are sorted by id."""
        return {
            "rows": self.rows,
            "matched": self.matched,
            "outside": self.outside,
            "set_aside": self.set_aside,
            "ambiguous": self.ambiguous,
            "elsewhere": self.elsewhere,
            "fitting": self.fitting,
            "coarse": self.coarse,
            "perhaps": self.perhaps,
            **{
                name: dict(sorted(getattr(self, name).items()))
                for name in ("datums", "districts", "townships", "places")
            },
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Tally:
        """Return the tally of a mapping made by `to_dict`."""
        plain: dict[str, Any] = {name: Counter(v) if isinstance(v, dict) else v for name, v in values.items()}
        return cls(**plain)
