"""The parts of the news page as HTML: what is new, what is stale, what was looked for and not found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from geo.analysis.diff import BOUNDARIES, Change, Diff
from geo.analysis.figures import OLD_YEARS
from geo.analysis.news import AGES, Aged, Searched, age_group, aged, latest, newest_by_place, searched
from geo.analysis.news_words import age_texts, release_texts
from geo.analysis.values import cell, date_text, figure_words, measured, scope_text
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.markup import Markup, foreign, join, tag
from geo.web.parts.links import link, page_href, place_link
from geo.web.parts.tables import Content, source, table
from geo.web.parts.text import counted
from geo.web.server.paths import href

__all__ = ["new", "not_found", "stale"]

_KINDS = ("added", "changed", "removed")
#: Columns of a fact that count as a change of the figure.
_TELLING = ("value", "qualifier", "as_of", "scope")


def _section(name: str, language: str, *parts: str) -> Markup:
    title = tag("h2", text(f"news.{name}", language))
    return tag("section", title, *parts, class_="geo-section geo-news", id=f"geo-{name}")


def _folded(title: str, count: int, content: str, language: str, *, opened: bool = False) -> Markup:
    state = {"open": "open"} if opened else {}
    return tag("details", tag("summary", counted(title, count, language)), content, class_="geo-more-figures", **state)


def _headings(names: Sequence[str], language: str) -> list[str]:
    return [text(f"news.column.{name}", language) for name in names]


@lru_cache(maxsize=4)
def new(atlas: Atlas, selection: Selection) -> Markup:
    """Return what this release has that the previous one had not: a sentence, counts, and the rows."""
    lang = selection.language
    told = latest(atlas)
    if told is None or not told.changes:
        return _section("new", lang, tag("p", text("news.new.none", lang), class_="geo-note"))
    said, gone = release_texts(told, lang)
    feeds = [
        tag("a", text("news.atom", lang), href=href("/layers/changes.atom"), type="application/atom+xml"),
        tag("a", text("news.json", lang), href=href("/layers/changes.json"), type="application/json"),
    ]
    parts = [tag("p", tag("b", said), " ", gone), tag("p", join(feeds, " · "))]
    blocks: list[Callable[[Atlas, Selection, Diff], Markup]] = [
        _places,
        _figures,
        _corrected,
        _removed,
        _redrawn,
        _tables,
    ]
    parts += [block(atlas, selection, told) for block in blocks]
    return _section("new", lang, *parts)


def _of(told: Diff, group: str, kind: str) -> list[Change]:
    return [one for one in told.changes if (one.group, one.kind) == (group, kind)]


def _places(atlas: Atlas, selection: Selection, told: Diff) -> Markup:
    found = [one.key[0] for one in _of(told, "places", "added") if one.key[0] in atlas]
    if not found:
        return Markup()
    items = [tag("li", place_link(atlas, place_id, selection)) for place_id in found]
    title = text("news.new.places", selection.language)
    return _folded(title, len(items), tag("ul", *items, class_="geo-inline"), selection.language, opened=True)


def _figures(atlas: Atlas, selection: Selection, told: Diff) -> Markup:
    counts: dict[str, int] = {}
    for one in _of(told, "facts", "added"):
        counts[one.key[0]] = counts.get(one.key[0], 0) + 1
    items = [
        tag(
            "li",
            place_link(atlas, place_id, selection, short=True),
            " ",
            tag("span", str(counts[place_id]), class_="geo-number"),
        )
        for place_id in atlas
        if place_id in counts
    ]
    title = text("news.new.figures", selection.language)
    shown = tag("ul", *items, class_="geo-inline")
    return _folded(title, sum(counts.values()), shown, selection.language) if items else Markup()


def _place_cell(atlas: Atlas, selection: Selection, place_id: str) -> str:
    return place_link(atlas, place_id, selection, short=True) if place_id in atlas.place_rows else place_id


def _measure(atlas: Atlas, measure_id: str, language: str) -> str:
    return cell(atlas.rows("measures").get(measure_id, {}), f"label_{language}") or measure_id


def _corrected(atlas: Atlas, selection: Selection, told: Diff) -> Markup:
    """Return the figures whose value, qualifier, date or scope has changed; a changed remark is not listed."""
    lang = selection.language
    lines: list[list[Content]] = []
    for one in _of(told, "facts", "changed"):
        place_id, measure_id, as_of, *_ = one.key
        for column in (name for name in _TELLING if name in one.columns):
            before, after = (_cell(atlas, measure_id, column, value, lang) for value in one.columns[column])
            start = [_place_cell(atlas, selection, place_id), _measure(atlas, measure_id, lang)]
            lines.append([*start, date_text(as_of, lang), before, after])
    return _table("corrected", ("place", "measure", "as_of", "before", "after"), lines, lang)


def _cell(atlas: Atlas, measure_id: str, column: str, value: str | None, language: str) -> str:
    if value is None:
        return text("unknown", language)
    if column == "value":
        return _number(atlas, measure_id, value, "exact", language)
    if column == "qualifier":
        return text(f"news.qualifier.{value}", language)
    return scope_text(atlas, value, language) if column == "scope" else value


def _number(atlas: Atlas, measure_id: str, value: str, qualifier: str, language: str) -> str:
    """Return a value in words; without a unit if the measure no longer exists."""
    known = measure_id in atlas.rows("measures")
    return measured(atlas, measure_id, float(value), qualifier, language) if known else value


def _removed(atlas: Atlas, selection: Selection, told: Diff) -> Markup:
    lang = selection.language
    lines: list[list[Content]] = []
    for one in _of(told, "facts", "removed"):
        place_id, measure_id, as_of, *_ = one.key
        value, qualifier = (one.columns.get(name, (None, None))[0] for name in ("value", "qualifier"))
        number = _number(atlas, measure_id, value, qualifier or "exact", lang) if value else text("unknown", lang)
        start = [_place_cell(atlas, selection, place_id), _measure(atlas, measure_id, lang)]
        lines.append([*start, date_text(as_of, lang), number])
    return _table("removed", ("place", "measure", "as_of", "before"), lines, lang)


def _redrawn(atlas: Atlas, selection: Selection, told: Diff) -> Markup:
    lang = selection.language
    lines: list[list[Content]] = []
    for one in _of(told, BOUNDARIES, "changed"):
        moved = text("value.kilometres2", lang, count=f"{one.moved_km2:,.2f}") if one.moved_km2 else "–"
        method = " → ".join(text(f"web.method.short.{value}", lang) for value in one.columns.get("method", ()) if value)
        lines.append([_place_cell(atlas, selection, one.key[0]), moved, method])
    return _table("redrawn", ("place", "moved", "method"), lines, lang)


def _table(name: str, columns: Sequence[str], lines: list[list[Content]], language: str) -> Markup:
    if not lines:
        return Markup()
    title = text(f"news.new.{name}", language)
    shown = table(_headings(columns, language), [("", lines)], label=title, class_="geo-cardy")
    return _folded(title, len(lines), shown, language)


def _tables(atlas: Atlas, selection: Selection, told: Diff) -> Markup:
    """Return the number of rows added, changed and removed in each table."""
    lang = selection.language
    lines: list[list[Content]] = [
        [text(f"diff.table.{group}", lang), *(f"{kinds[kind]:,}" if kinds[kind] else "–" for kind in _KINDS)]
        for group, kinds in told.counts().items()
    ]
    title = text("news.new.tables", lang)
    shown = table(_headings(("table", *_KINDS), lang), [("", lines)], label=title, class_="geo-cardy")
    return _folded(title, len(told), shown, lang)


@lru_cache(maxsize=4)
def stale(atlas: Atlas, selection: Selection) -> Markup:
    """Return the age of every headline figure, the oldest first, and the places without a newer figure."""
    lang = selection.language
    found = aged(atlas)
    groups: dict[str, list[Aged]] = {}
    for one in found:
        groups.setdefault(age_group(one.years), []).append(one)
    parts = []
    if answer := age_texts(atlas, lang):
        parts.append(tag("p", tag("b", answer[0]), " ", answer[1]))
    parts.append(tag("p", text("news.stale.rule", lang, date=atlas.meta["data_date"]), class_="geo-quiet"))
    parts.append(_old_places(atlas, selection))
    headings = _headings(("place", "measure", "figure", "as_of", "source"), lang)
    for name, _ in AGES:
        if own := groups.get(name):
            lines: list[list[Content]] = [
                [
                    place_link(atlas, one.figure.place_id, selection, short=True),
                    _measure(atlas, one.figure.measure_id, lang),
                    figure_words(atlas, one.figure, lang),
                    date_text(one.figure.as_of, lang),
                    source(atlas, one.figure, lang),
                ]
                for one in own
            ]
            title = text(f"news.age.{name}", lang)
            parts.append(
                _folded(title, len(own), table(headings, [("", lines)], label=title, class_="geo-cardy"), lang)
            )
    return _section("stale", lang, *parts)


def _old_places(atlas: Atlas, selection: Selection) -> Markup:
    lang = selection.language
    newest = newest_by_place(atlas)
    old = [place_id for place_id, years in newest.items() if years is not None and years >= OLD_YEARS]
    none = [place_id for place_id, years in newest.items() if years is None]
    parts = []
    for name, places in (("old_places", old), ("no_figures", none)):
        if places:
            items = [tag("li", place_link(atlas, place_id, selection, short=True)) for place_id in places]
            title = text(f"news.stale.{name}", lang, years=OLD_YEARS)
            parts.append(_folded(title, len(items), tag("ul", *items, class_="geo-inline"), lang))
    return join(parts)


@lru_cache(maxsize=4)
def not_found(atlas: Atlas, selection: Selection) -> Markup:
    """Return what was looked for and not found: subject, sources searched, date."""
    lang = selection.language
    found = searched(atlas)
    if not found:
        return _section("not_found", lang, tag("p", text("news.not_found.none", lang), class_="geo-note"))
    lines: list[list[Content]] = [
        [
            _place_cell(atlas, selection, str(one.row["place_id"])),
            foreign(cell(one.row, f"asked_{lang}"), lang),
            _topic(atlas, selection, one),
            foreign(cell(one.row, f"where_{lang}"), lang),
            date_text(one.row["searched_on"], lang),
        ]
        for one in found
    ]
    places = len({one.row["place_id"] for one in found})
    said = tag("p", tag("b", text("news.not_found.answer", lang, count=len(found), places=places)))
    note = tag("p", text("news.not_found.note", lang), class_="geo-quiet")
    headings = _headings(("place", "asked", "topic", "where", "searched_on"), lang)
    title = text("news.not_found", lang)
    shown = _folded(
        title, len(found), table(headings, [("", lines)], label=title, class_="geo-cardy"), lang, opened=True
    )
    return _section("not_found", lang, said, note, shown)


def _topic(atlas: Atlas, selection: Selection, one: Searched) -> str:
    lang, topic = selection.language, str(one.row["topic"])
    if one.topic_kind == "measure":
        return link(page_href("rank", selection.replace(measure=topic)), _measure(atlas, topic, lang))
    if one.topic_kind == "policy":
        row: Any = atlas.rows("policy")[topic]
        return link(page_href("policy", selection, item=topic), cell(row, f"text_{lang}"))
    return text("news.topic.other", lang)
