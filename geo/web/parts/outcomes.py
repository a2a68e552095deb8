"""Later reports on a policy item as HTML; the verdict is worded by `geo.analysis.policy.verdict_text`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.analysis.values import amount_apart, cell, date_text, present, quote_text
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.render.markup import Markup, join, tag
from geo.web.parts.text import source_details

__all__ = ["outcome"]


def outcome(atlas: Atlas, row: Mapping[str, Any], language: str) -> Markup:
    """Return one outcome: date, figure, text, source with quote, caveat."""
    amount = amount_apart(atlas, row, language)
    caveat = cell(row, f"caveat_{language}")
    parts = [
        join([tag("time", date_text(row["as_of"], language)), " "]) if present(row["as_of"]) else "",
        join([tag("strong", amount), " "]) if amount else "",
        cell(row, f"text_{language}"),
    ]
    if present(row["source_id"]):
        source = atlas.rows("sources")[str(row["source_id"])]
        parts += [" ", source_details(source, language, quoted=quote_text(row, language))]
    if caveat:
        parts.append(tag("p", text("policy.caveat", language, text=caveat), class_="geo-caveat"))
    return join(parts)
