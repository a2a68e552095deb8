"""The policy as a tree: its items, the places that each concerns, later outcomes, and items counted but never seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.contract.typed import python_rows

__all__ = ["KINDS", "Item", "items_above", "part_counts", "policy_tree", "verdict_text", "walk"]

Row = Mapping[str, Any]

#: Kinds of policy items that can be fulfilled or not; items of other kinds say what a document is about.
KINDS = ("target", "measure", "layout")


@dataclass(frozen=True, slots=True)
class Item:
    """One policy item: its row of ``policy.csv``, the items under it, and the rows of its places and outcomes."""

    row: Row
    children: tuple[Item, ...]
    places: tuple[Row, ...]
    outcomes: tuple[Row, ...]

    @property
    def policy_id(self) -> str:
        """Id of the item."""
        return str(self.row["policy_id"])

    @property
    def kind(self) -> str:
        """part, target, measure, figure, layout, related or remark."""
        return str(self.row["kind"])

    @property
    def verdict(self) -> Row | None:
        """The outcome that decides the status of the item; None if nobody has judged it."""
        return next((row for row in self.outcomes if row["decides"]), None)


def verdict_text(item: Item, language: str) -> str:
    """Return the status of an item and the reason, "" if nobody has judged it.

    An item that only describes its document cannot be fulfilled: without an outcome only the reason is given, not
    the status "unknown".
    """
    row = item.verdict
    if row is None:
        return ""
    if item.kind not in KINDS and row["status"] == "unknown":
        return str(row[f"why_{language}"])
    status = text(f"policy.status.{row['status']}", language)
    return text("policy.verdict", language, status=status, why=row[f"why_{language}"])


def policy_tree(atlas: Atlas) -> tuple[Item, ...]:
    """Return the items without a parent, each with the items below it.

    Returns
    -------
    tuple of Item
        Parts in their order, other items by id; the outcomes of an item by date.

    Notes
    -----
    Cells without a value are None. Cost: a few milliseconds.
    """
    places = _grouped(atlas.table("policy_places"))
    outcomes = _grouped(atlas.table("policy_outcomes"))  # sorted by its key: item, date, source
    below: dict[str | None, list[Row]] = {}
    for row in python_rows(atlas.table("policy").sort_values(["part", "policy_id"], kind="stable")):
        below.setdefault(row["parent_id"], []).append(row)

    def grow(parent: str | None) -> tuple[Item, ...]:
        return tuple(
            Item(row, grow(key), tuple(places.get(key, ())), tuple(outcomes.get(key, ())))
            for row in below.get(parent, ())
            for key in (str(row["policy_id"]),)
        )

    return grow(None)


def walk(items: tuple[Item, ...]) -> Iterator[Item]:
    """Yield the items and all items below them, each before its children."""
    for item in items:
        yield item
        yield from walk(item.children)


def items_above(items: tuple[Item, ...], policy_id: str) -> tuple[str, ...]:
    """Return the ids on the path from a root to `policy_id`, both included; empty if there is no such item."""
    for item in items:
        if item.policy_id == policy_id:
            return (policy_id,)
        if path := items_above(item.children, policy_id):
            return (item.policy_id, *path)
    return ()


def part_counts(items: tuple[Item, ...]) -> tuple[tuple[Item, int, int], ...]:
    """Return, for each part, the number of measures that documents state and the number of items seen.

    Returns
    -------
    tuple of (Item, int, int)
        A part without a stated number has 0 here; its text says why.
    """
    parts = [item for item in items if item.kind == "part"]
    return tuple((part, int(part.row["value"] or 0), len(part.children)) for part in parts)


def _grouped(frame: pd.DataFrame) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in python_rows(frame):
        groups.setdefault(str(row["policy_id"]), []).append(row)
    return groups
