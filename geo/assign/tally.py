"""What became of the rows of a join: every one is matched, outside or set aside."""

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
    """How many rows came in and what became of them; tallies of parts add up.

    `ambiguous` are rows on a border, `elsewhere` rows that lie in another district than they state, `fitting` those of
    them that would not in another datum, and `datums` in which; `coarse` are rows of few decimals, `perhaps` those of
    them that may lie in other areas than the row says.
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
        """Add the rows of another part."""
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
        """Raise `DataError` unless every row is matched, outside or set aside, and only one of them."""
        if self.rows != self.matched + self.outside + self.set_aside:
            raise told(DataError, "assign.refused.lost_tally", tally=str(self.to_dict()))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; counts by id are sorted by id."""
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
        """Return the tally that `to_dict` wrote."""
        plain: dict[str, Any] = {name: Counter(v) if isinstance(v, dict) else v for name, v in values.items()}
        return cls(**plain)
