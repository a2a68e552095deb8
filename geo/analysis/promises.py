"""What was promised and what came of it: targets, measures and layout by plan, each with its verdict and sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from geo.analysis.policy import KINDS, Item, policy_tree, walk
from geo.analysis.values import cell, citation
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES

__all__ = ["KINDS", "PROMISE_COLUMNS", "STATUSES", "PlanPromises", "promise_rows", "promises", "status_counts"]

Row = Mapping[str, Any]

#: The statuses of a promise, in the order in which they are told.
STATUSES = ("met", "missed", "differently_defined", "not_due", "unknown")

#: Columns of `promise_rows`.
PROMISE_COLUMNS: tuple[str, ...] = (
    *("policy_id", "plan_id", "plan_zh", "plan_en", "kind", "text_zh", "text_en", "value", "unit", "qualifier", "due"),
    *("places", "status", "why_zh", "why_en", "came_as_of", "came_value", "came_unit", "came_qualifier"),
    *("came_text_zh", "came_text_en", "caveat_zh", "caveat_en", "locator", "quote", "source_id", "source_zh"),
    *("source_en", "source_url", "came_quote", "came_source_id", "came_source_zh", "came_source_en", "came_source_url"),
)


@dataclass(frozen=True, slots=True)
class PlanPromises:
    """One plan with its row of ``plans`` (None for items without a plan), and its targets, measures and layout."""

    plan: Row | None
    items: tuple[Item, ...]


@lru_cache(maxsize=4)
def _all(atlas: Atlas) -> tuple[PlanPromises, ...]:
    groups: dict[str | None, list[Item]] = {plan_id: [] for plan_id in atlas.rows("plans")}
    for item in walk(policy_tree(atlas)):
        if item.kind in KINDS:
            groups.setdefault(item.row["plan_id"], []).append(item)
    plans = atlas.rows("plans")
    for own in groups.values():  # items that can be checked come first
        own.sort(key=lambda item: KINDS.index(item.kind))
    return tuple(PlanPromises(plans[key] if key else None, tuple(own)) for key, own in groups.items() if own)


def promises(
    atlas: Atlas, statuses: Iterable[str] = (), place_ids: Iterable[str] | None = None
) -> tuple[PlanPromises, ...]:
    """Return the promises by plan, in the order of the plans; plans without a matching promise are left out.

    Parameters
    ----------
    statuses : iterable of str
        Values of `STATUSES`; none means all. An item that nobody has judged counts as "unknown".
    place_ids : iterable of str, optional
        Keep only promises that concern one of these places.
    """
    wanted, places = frozenset(statuses), None if place_ids is None else frozenset(place_ids)

    def passes(item: Item) -> bool:
        here = places is None or any(str(row["place_id"]) in places for row in item.places)
        return here and (not wanted or status_of(item) in wanted)

    found = (PlanPromises(one.plan, tuple(filter(passes, one.items))) for one in _all(atlas))
    return tuple(one for one in found if one.items)


def status_of(item: Item) -> str:
    """Return the status of a promise, one of `STATUSES`."""
    return "unknown" if item.verdict is None else str(item.verdict["status"])


def status_counts(groups: Sequence[PlanPromises]) -> dict[str, int]:
    """Return the number of promises by status, in the order of `STATUSES`, without statuses that do not occur."""
    counts = Counter(status_of(item) for group in groups for item in group.items)
    return {status: counts[status] for status in STATUSES if counts[status]}


def promise_rows(atlas: Atlas, groups: Sequence[PlanPromises]) -> list[dict[str, Any]]:
    """Return one row per promise, keys `PROMISE_COLUMNS`; ``came_…`` is the deciding outcome with its source."""
    sources = atlas.rows("sources")

    def cited(prefix: str, source_id: Any) -> dict[str, Any]:
        if not source_id:
            return {}
        source = sources[str(source_id)]
        told = {f"{prefix}source_{language}": citation(source, language) for language in LANGUAGES}
        return {f"{prefix}source_id": source_id, f"{prefix}source_url": cell(source, "url") or None, **told}

    rows = []
    for group in groups:
        for item in group.items:
            row: dict[str, Any] = {name: item.row.get(name) for name in PROMISE_COLUMNS}
            row |= {f"plan_{language}": cell(group.plan or {}, f"name_{language}") for language in LANGUAGES}
            row["places"] = "; ".join(str(place["place_id"]) for place in item.places)
            row |= cited("", item.row["source_id"]) | {"status": status_of(item)}
            if decided := item.verdict:
                row |= {f"came_{name}": decided[name] for name in ("as_of", "value", "unit", "qualifier", "quote")}
                row |= {f"came_text_{language}": decided[f"text_{language}"] for language in LANGUAGES}
                row |= {name: decided[name] for name in ("why_zh", "why_en", "caveat_zh", "caveat_en")}
                row |= cited("came_", decided["source_id"])
            rows.append(row)
    return rows
