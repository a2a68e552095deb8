"""The search box of every page, and the texts that replace Streamlit's English ones."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from geo.analysis.search import LONGEST
from geo.atlas.selection import FILTERS
from geo.base.messages import LANGUAGES, catalogue, html_lang, text
from geo.render.markup import Markup, tag

__all__ = ["box"]

#: Parameters of the state that a link to another page keeps.
_KEPT = (*FILTERS.values(), "q", "measure", "basemap", "lang")


def box(language: str) -> Markup:
    """Return the search box as HTML: a combobox operated with the arrow keys, Enter and Escape."""
    label = text("search.label", language)
    field = tag(
        "input",
        type="search",
        class_="geo-find-field",
        role="combobox",
        aria_label=label,
        aria_expanded="false",
        aria_autocomplete="list",
        aria_controls="geo-find-list",
        autocomplete="off",
        spellcheck="false",
        maxlength=str(LONGEST),
        placeholder=text("search.hint", language),
    )
    hits = tag("ul", class_="geo-find-list", id="geo-find-list", role="listbox", aria_label=label, hidden="hidden")
    said = tag("span", class_="geo-find-said", role="status")
    return tag(
        "div",
        field,
        hits,
        said,
        class_="geo-find",
        role="search",
        data_lang=language,
        data_keep=" ".join(_KEPT),
        data_failed=text("search.failed", language),
        data_words=_words(language),
    )


@lru_cache(maxsize=len(LANGUAGES))
def _words(language: str) -> str:
    """Return the texts that ``words.js`` puts in place of Streamlit's English ones, as JSON."""
    said: dict[str, Any] = {"lang": html_lang(language)}
    for group in ("word", "option"):
        own = {key: one for key, one in catalogue().items() if key.startswith(f"streamlit.{group}.")}
        said[f"{group}s"] = {one["en"]: one[language] for one in own.values() if one["en"] != one[language]}
    others = {"menu": "web.menu", "filters": "web.menu.filters", "map": "web.map.frame"}
    said |= {name: text(message, language) for name, message in others.items()}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
