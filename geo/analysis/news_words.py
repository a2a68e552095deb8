"""What is new and how old the figures are, one sentence each, the same on every page."""

from __future__ import annotations

from geo.analysis.diff import Diff
from geo.analysis.figures import OLD_YEARS
from geo.analysis.news import aged
from geo.atlas.atlas import Atlas
from geo.base.messages import text

__all__ = ["age_texts", "release_texts"]


def release_texts(told: Diff, language: str) -> tuple[str, str]:
    """Return what a release adds to the previous one, and how many of its figures were changed or withdrawn."""
    counts = told.counts()

    def count(table: str, kind: str) -> int:
        return counts.get(table, {}).get(kind, 0)

    said = text(
        "news.new.answer",
        language,
        version=told.new["version"],
        date=told.new["data_date"],
        before=told.old["version"],
        before_date=told.old["data_date"],
        places=count("places", "added"),
        facts=count("facts", "added"),
        institutions=count("institutions", "added"),
        outcomes=count("policy_outcomes", "added"),
    )
    gone = text("news.new.changed", language, changed=count("facts", "changed"), removed=count("facts", "removed"))
    return said, gone


def age_texts(atlas: Atlas, language: str) -> tuple[str, str] | None:
    """Return how old the headline figures are, and how many have no date; None if there are no headline figures."""
    found = aged(atlas)
    years = [one.years for one in found if one.years is not None]
    if not years:
        return None
    old = sum(one >= OLD_YEARS for one in years)
    said = text("news.stale.answer", language, count=len(found), old=old, years=OLD_YEARS)
    return said, text("news.stale.undated", language, count=len(found) - len(years))
