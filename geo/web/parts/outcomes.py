"""What became of a policy item, as HTML: the verdict with its reason, and every figure reported later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.analysis.values import amount_text, cell, date_text, present, quote_text
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.render.markup import Markup, join, tag
from geo.web.parts.text import source_details

__all__ = ["outcome", "status"]


def status(row: Mapping[str, Any], language: str) -> Markup:
    """Return the status of an outcome as a mark: met, missed, differently defined, not due, unknown."""
    name = str(row["status"])
    return tag("span", text(f"policy.status.{name}", language), class_=f"geo-chip status-{name}")


def outcome(atlas: Atlas, row: Mapping[str, Any], language: str) -> Markup:
    """Return one outcome: its status where it decides, date, words, figure, why, how it differs, source and quote."""
    amount, why = amount_text(atlas, row, language), cell(row, f"why_{language}")
    caveat = cell(row, f"caveat_{language}")
    parts = [
        join([status(row, language), " "]) if row.get("decides") else "",
        join([tag("time", date_text(row["as_of"], language)), " "]) if present(row["as_of"]) else "",
        join([tag("strong", amount), " "]) if amount else "",
        cell(row, f"text_{language}"),
    ]
    if present(row["source_id"]):
        source = atlas.rows("sources")[str(row["source_id"])]
        parts += [" ", source_details(source, language, quoted=quote_text(row, language))]
    if row.get("decides") and why:
        parts.append(tag("p", text("policy.why", language, why=why), class_="geo-quiet"))
    if caveat:
        parts.append(tag("p", text("policy.caveat", language, text=caveat), class_="geo-caveat"))
    return join(parts)
