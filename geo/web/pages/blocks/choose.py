"""The parts of the site choice page as HTML: answer, ranked table with reasons, excluded places, map colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geo.analysis.classes import RAMP
from geo.analysis.site_choice.choose import FAILS, FITS, OPEN, Candidate, Choice
from geo.analysis.site_choice.choose_words import (
    answer_texts,
    asked_texts,
    criterion_heading,
    criterion_label,
    definition_text,
    must_text,
    open_text,
    own_value_text,
    rank_text,
    score_text,
)
from geo.analysis.site_choice.criteria import Criterion
from geo.analysis.site_choice.criteria_offered import ready_made
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.markup import Markup, join, tag
from geo.web.parts.links import copy_button, link, page_href
from geo.web.parts.tables import Content, figure, table, why_not
from geo.web.parts.text import source_details

__all__ = ["answer", "colours", "failing", "not_known", "order_table", "picks"]

_PAGE = "choose"

#: Colours of rank 1, ranks 2–3, ranks 4–10 and the rest.
_COLOURS = RAMP[:0:-1]
_GROUPS = (1, 3, 10)

#: Up to this many places with unknown eligibility are shown unfolded.
_FEW = 5


def answer(atlas: Atlas, selection: Selection, choice: Choice | None) -> Markup:
    """Return the answer in sentences, the winner first; the method is folded."""
    lang = selection.language
    parts = [tag("h2", text("choose.title", lang))]
    if choice is None:
        parts.append(tag("p", text("choose.intro", lang)))
    else:
        first, *rest = answer_texts(atlas, choice, lang)
        space = "" if lang == "zh" else " "
        rule = tag("details", tag("summary", text("choose.rule", lang)), tag("p", text("choose.method", lang)))
        asked = asked_texts(atlas, choice.criteria, lang)
        parts.append(tag("ul", *(tag("li", said) for said in asked), class_="geo-onpaper"))
        parts += [tag("p", tag("b", first), space, space.join(rest)), tag("div", rule, class_="geo-comparerule")]
        copy = copy_button(text("share.copy_link", lang), lang)
        parts.append(tag("div", copy, class_="geo-actions"))
    return tag("section", *parts, class_="geo-section geo-answer")


def picks(atlas: Atlas, selection: Selection, asked: str, *, of: str, points: bool) -> Markup:
    """Return the presets as links that keep the level `of`; presets on a user's points only if `points`."""
    lang = selection.language
    links = [
        link(
            page_href(_PAGE, selection, want=one.criteria.text, of=of),
            one.names[lang],
            class_="geo-pick",
            **({"aria_current": "true"} if one.criteria.text == asked else {}),
        )
        for one in ready_made(atlas)
        if points or not any(criterion.asks_points for criterion in one.criteria.all)
    ]
    return tag("div", tag("span", text("choose.picks", lang), class_="geo-meta"), *links, class_="geo-picks")


def order_table(atlas: Atlas, selection: Selection, choice: Choice) -> Markup:
    """Return the places that fit, ranked, with all their values; or a note that no place is known to fit."""
    if not choice.of(FITS):
        said = text("choose.none", selection.language)
        return tag("div", said, class_="geo-note", role="status")
    return _table(atlas, selection, choice, FITS)


def not_known(atlas: Atlas, selection: Selection, choice: Choice) -> Markup:
    """Return the places of which it is unknown whether they fit; folded if there are many."""
    found = choice.of(OPEN)
    if not found:
        return Markup()
    lang = selection.language
    head = tag("summary", text("choose.group.open", lang, count=len(found)))
    why = tag("p", text("choose.open.why", lang), class_="geo-quiet")
    unfolded = {"open": ""} if len(found) <= _FEW else {}
    inner = head + why + _table(atlas, selection, choice, OPEN)
    folded = tag("details", inner, class_="geo-more-figures", **unfolded)
    return tag("section", folded, class_="geo-section", id="geo-open")


def _table(atlas: Atlas, selection: Selection, choice: Choice, state: str) -> Markup:
    lang = selection.language
    lines = [_line(atlas, selection, choice, one) for one in choice.of(state)]
    first = [text("rank.column.position", lang), text("rank.column.place", lang)]
    headings = first + [_defined(atlas, one, lang) for one in choice.criteria.all]
    names = first + [criterion_heading(atlas, one, lang) for one in choice.criteria.all]
    label = text(f"choose.group.{state}", lang, count=len(lines))
    return table(headings, [("", lines)], label=label, class_="geo-choose-table geo-cardy", names=names)


def _defined(atlas: Atlas, criterion: Criterion, language: str) -> Markup:
    label = tag("summary", criterion_heading(atlas, criterion, language))
    return tag("details", label, tag("div", definition_text(atlas, criterion, language)), class_="geo-define")


def _line(atlas: Atlas, selection: Selection, choice: Choice, one: Candidate) -> list[Content]:
    lang = selection.language
    href = page_href("place", selection.replace(place=one.place_id))
    name = link(href, tag("b", atlas.name(one.place_id, lang)) + _bar(one), class_="geo-barlink")
    about = []
    if score := score_text(one, lang):
        about.append(text("choose.score", lang, score=score))
    if one.rank is not None and one.rank_low != one.rank_high:
        about.append(text("choose.between", lang, ranks=rank_text(one, lang)))
    if unknown := open_text(atlas, choice, one, lang):
        about.append(unknown)
    name += join([tag("span", said, class_="geo-meta") for said in about])
    values = [_value(atlas, one, criterion, lang) for criterion in choice.criteria.all]
    return [str(one.rank or "–"), name, *values]


def _bar(one: Candidate) -> Markup:
    """Return the score as a bar, dark for the certain, light for the possible part; the number is beside it."""
    if one.score is None or not one.score_high:
        return Markup()
    sure = 100 * one.score / one.score_high
    inner = tag("i", style=f"width:{100 * one.score_high:.1f}%;--sure:{sure:.1f}%", class_="geo-sure")
    return tag("span", inner, class_="geo-meter", aria_hidden="true")


def _value(atlas: Atlas, one: Candidate, criterion: Criterion, language: str) -> Content:
    cell = one.cells[criterion.key]
    if criterion.is_measure:
        said = figure(atlas, cell, language)
    else:
        said = tag("strong", own_value_text(atlas, criterion, cell, language))
        if cell.figure is not None and cell.figure.grade:
            said += " " + source_details(atlas.rows("sources")[cell.figure.source_id], language)
        said += why_not(atlas, cell, language)
    return said if cell.comparable else (said, "off")


def failing(atlas: Atlas, selection: Selection, choice: Choice) -> Markup:
    """Return the places that do not fit, folded, each with the conditions it fails."""
    lang = selection.language
    found = choice.of(FAILS)
    if not found:
        return Markup()
    items = []
    for one in found:
        href = page_href("place", selection.replace(place=one.place_id))
        said = text("list.semicolon", lang).join(must_text(atlas, must, lang) for must in one.failed)
        why = text("choose.not", lang, musts=said)
        items.append(tag("li", link(href, atlas.name(one.place_id, lang)), " ", tag("span", why, class_="geo-meta")))
    head = tag("summary", text("choose.group.fails", lang, count=len(found)))
    folded = tag("details", head, tag("ul", *items), class_="geo-more-figures")
    return tag("section", folded, class_="geo-section", id="geo-failing")


def colours(atlas: Atlas, choice: Choice, level: str, language: str) -> dict[str, Any]:
    """Return the colours of the map: the ranking in four steps, and places with unknown eligibility apart."""
    rest = [one for one in choice.of(FITS) if one.rank is None]
    listed = _classes(max((one.rank or 0 for one in choice.ranked), default=0), language)
    values = {one.place_id: _group(one.rank or 0) for one in choice.ranked}
    values |= {one.place_id: 0 for one in rest if not choice.criteria.wishes}
    return {
        "roles": ["district"] if level == "district" else ["corridor", "node", "site"],
        "list": listed,
        "values": values,
        "apart": [one.place_id for one in [*choice.of(OPEN), *(rest if choice.criteria.wishes else [])]],
        "apart_label": text("choose.map.open", language),
        "missing": [one.place_id for one in choice.of(FAILS)],
        "missing_label": text("choose.map.fails", language),
        "texts": {one.place_id: _told(atlas, choice, one, language) for one in choice.candidates},
        "title": text("choose.map", language),
        "note": "",
    }


def _group(rank: int) -> int:
    return sum(rank > most for most in _GROUPS)


def _classes(last: int, language: str) -> list[dict[str, str]]:
    if not last:
        return [{"colour": _COLOURS[1], "label": text("choose.map.fits", language)}]
    bounds = [1, *(most + 1 for most in _GROUPS)]
    ends: Sequence[int] = [*_GROUPS, last]
    labels = [
        str(first) if first == min(end, last) else f"{first}–{min(end, last)}"
        for first, end in zip(bounds, ends, strict=True)
        if first <= last
    ]
    return [{"colour": colour, "label": label} for colour, label in zip(_COLOURS, labels, strict=False)]


def _told(atlas: Atlas, choice: Choice, one: Candidate, language: str) -> str:
    """Return the tooltip of a place: rank, score, and what is unknown or not met."""
    parts = [text("choose.map.rank", language, rank=one.rank)] if one.rank else []
    if one.failed:
        said = text("list.comma", language).join(
            criterion_label(atlas, must.criterion, language) for must in one.failed
        )
        parts.append(text("choose.not", language, musts=said))
    elif score := score_text(one, language):
        parts.append(text("choose.score", language, score=score))
    if one.state == OPEN:
        parts.append(text("choose.map.open", language))
    return text("list.semicolon", language).join(parts) or text("choose.map.fits", language)
