"""The measures that the layers carry, and each place's headline figure with date, qualifier and grade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from geo.contract.carried import LEAST_PLACES

__all__ = ["Carried"]

_OWN_LEVELS = ("city", "district")


class Carried:
    """The measures that the places carry.

    Parameters
    ----------
    facts : iterable of mapping
        Rows of ``facts`` with ``headline``, from `geo.seeds.headline.mark_facts`.
    roles : mapping
        place_id → role of its kind. City and districts are separate levels; all other places are one level.
    grades : mapping
        source_id → A, B or C.

    Attributes
    ----------
    measures : frozenset of str
        Reported measures for which at least `LEAST_PLACES` places of one level have a figure.
    """

    def __init__(self, facts: Iterable[Mapping[str, str]], roles: Mapping[str, str], grades: Mapping[str, str]) -> None:
        heads = [fact for fact in facts if fact["headline"] == "true"]
        counts = Counter((_level(roles[fact["place_id"]]), fact["measure_id"]) for fact in heads)
        self.measures = frozenset(measure_id for (_, measure_id), count in counts.items() if count >= LEAST_PLACES)
        self._cells: dict[str, dict[str, Any]] = {}
        for fact in heads:
            if (measure_id := fact["measure_id"]) in self.measures:
                self._cells.setdefault(fact["place_id"], {}).update(
                    {
                        measure_id: float(fact["value"]),
                        f"{measure_id}_as_of": fact["as_of"],
                        f"{measure_id}_qualifier": fact["qualifier"],
                        f"{measure_id}_grade": grades[fact["source_id"]],
                    }
                )

    def of(self, place_id: str) -> Mapping[str, Any]:
        """Return column → value of the carried figures of a place; missing figures are left out."""
        return self._cells.get(place_id, {})


def _level(role: str) -> str:
    return role if role in _OWN_LEVELS else "layout"
