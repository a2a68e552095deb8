"""The parts of the promises page as HTML: the answer, and the table by plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geo.analysis.policy import Item
from geo.analysis.promises import PlanPromises, status_of
from geo.analysis.values import amount_apart, cell, citation, date_text, present, quote_text
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.markup import Markup, foreign, join, tag
from geo.web.parts.links import link, page_href
from geo.web.parts.tables import Content, table
from geo.web.parts.text import counted, source_details

__all__ = ["answer", "counts_text", "promises_table"]


def counts_text(counts: Mapping[str, int], language: str) -> str:
    """Return the number of promises by status, in a sentence."""
    told = (text(f"promises.count.{status}", language, count=count) for status, count in counts.items())
    return text("promises.answer", language, count=sum(counts.values()), told=text("list.comma", language).join(told))


def answer(atlas: Atlas, selection: Selection, counts: Mapping[str, int], statuses: Sequence[str]) -> Markup:
    """Return the answer in a sentence, and the meanings of the statuses."""
    lang = selection.language
    title = text("promises.title", lang)
    if selection.place:
        title = text("promises.title.place", lang, place=atlas.name(selection.place, lang, short=True))
    parts = [tag("h2", title)]
    if counts:
        parts.append(tag("p", tag("b", counts_text(counts, lang))))
    parts.append(tag("p", text("promises.note", lang, date=atlas.meta["data_date"]), class_="geo-quiet"))
    if statuses or selection.place:
        clear = link(page_href("promises", selection.replace(place="")), text("web.filter.reset", lang))
        parts.append(tag("p", clear, class_="geo-noprint"))
    return tag("section", *parts, class_="geo-section geo-answer")


def promises_table(atlas: Atlas, selection: Selection, found: Sequence[PlanPromises]) -> Markup:
    """Return every promise by plan: text, due date, status, outcome, reason, and both sources."""
    lang = selection.language
    groups = []
    numbers: dict[str, int] = {}
    for group in found:
        plan = group.plan or {}
        title = text("policy.plan", lang, name=cell(plan, f"name_{lang}"), date=date_text(plan.get("issued"), lang))
        groups.append(
            (
                title if plan else text("news.topic.other", lang),
                [_line(atlas, selection, item, numbers) for item in group.items],
            )
        )
    names = ("promised", "due", "status", "came", "why", "sources")
    headings = [text(f"promises.column.{name}", lang) for name in names]
    label = text("promises.title", lang)
    shown = table(headings, groups, label=label, class_="geo-promises-table geo-cardy")
    return shown + _references(atlas, numbers, lang)


def _references(atlas: Atlas, numbers: Mapping[str, int], language: str) -> Markup:
    """Return the numbered sources, which a print shows instead of what a click unfolds."""
    sources = atlas.rows("sources")
    items = []
    for source_id in numbers:
        said = " ".join(filter(None, [citation(sources[source_id], language), cell(sources[source_id], "url")]))
        items.append(tag("li", foreign(said, language)))
    title = tag("summary", counted(text("promises.column.sources", language), len(items), language))
    return tag("details", title, tag("ol", *items), class_="geo-references")


def _line(atlas: Atlas, selection: Selection, item: Item, numbers: dict[str, int]) -> list[Content]:
    lang, row, decided = selection.language, item.row, item.verdict
    amount = amount_apart(atlas, row, lang)
    told = link(page_href("policy", selection, item=item.policy_id), cell(row, f"text_{lang}"))
    promised = told + (tag("span", amount, class_="geo-meta") if amount else "")
    status = status_of(item)
    mark = tag("b", text(f"policy.status.{status}", lang), class_=f"geo-verdict {status}")
    due = date_text(row["due"], lang) if item.kind == "target" and present(row["due"]) else "–"
    came = _came(atlas, decided, lang) if decided else ""
    why = cell(decided or {}, f"why_{lang}")
    sources = [_source(atlas, row, "promised", lang, numbers)]
    if decided and present(decided["source_id"]):
        sources.append(_source(atlas, decided, "came", lang, numbers))
    return [promised, due, mark, came, foreign(why, lang), join(sources)]


def _came(atlas: Atlas, decided: Mapping[str, Any], language: str) -> Markup:
    amount, as_of = amount_apart(atlas, decided, language), decided["as_of"]
    caveat = cell(decided, f"caveat_{language}")
    parts = [
        tag("strong", amount) if amount else "",
        tag("span", cell(decided, f"text_{language}")),
        tag("span", date_text(as_of, language), class_="geo-meta") if present(as_of) else "",
        tag("span", caveat, class_="geo-caveat") if caveat else "",
    ]
    return join(filter(None, parts), " ")


def _source(atlas: Atlas, row: Mapping[str, Any], of: str, language: str, numbers: dict[str, int]) -> Markup:
    """Return one of the two sources of a promise, labelled, with its number for print."""
    source_id = str(row["source_id"])
    number = numbers.setdefault(source_id, len(numbers) + 1)
    locator, quoted = cell(row, "locator"), quote_text(row, language)
    parts = [
        tag("span", text(f"promises.source.{of}", language), class_="geo-source-of"),
        source_details(atlas.rows("sources")[source_id], language, locator, quoted),
        tag("span", f"[{number}]", class_="geo-ref"),
    ]
    return tag("div", *parts)
