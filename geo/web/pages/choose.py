"""The site choice page: criteria, the answer, the ranking with reasons, a map, files, a link."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

import streamlit as st

from geo.analysis import compare
from geo.analysis.labels import level_heading
from geo.analysis.site_choice.choose import Choice, choose
from geo.analysis.site_choice.choose_files import CHOICE_ENDINGS, choice_file
from geo.analysis.site_choice.choose_words import criterion_heading, criterion_label
from geo.analysis.site_choice.criteria import Criteria, Criterion, Must, Wish, criterion_kinds
from geo.analysis.site_choice.criteria_offered import better_low, middle, offered
from geo.atlas.atlas import Atlas
from geo.atlas.selection import QueryProblem, Selection
from geo.base.messages import text
from geo.base.nearest import nearest
from geo.contract.typed import split_list
from geo.errors import UsageError
from geo.render.markup import join, tag
from geo.web.pages.blocks import choose as blocks
from geo.web.pages.blocks import user_table
from geo.web.parts import mapview, page_frame, state
from geo.web.parts.downloads import download
from geo.web.parts.links import page_href
from geo.web.parts.text import escape_markdown
from geo.web.server.current import current_atlas

PATH = "choose"
TITLE = "web.page.choose"
ORDER = 35

_LEVELS = ("layout", "district")
#: How a criterion is used: the more or the less the better, or at least or at most a threshold.
_MODES = ("more", "less", "least", "most")
_OPERATORS = {"least": ">=", "most": "<="}
_LONGEST = 2000

#: One row of the form: a condition or a weighted criterion.
Row = Must | Wish


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    level = page_frame.chosen_one("of", _LEVELS, lang, _LEVELS[0])
    criteria = _criteria(atlas, lang)
    place_ids = compare.candidates(atlas, selection, level)
    spots = user_table.spots()
    choice = choose(atlas, criteria, place_ids, spots) if criteria and place_ids else None
    st.html(blocks.answer(atlas, selection, choice))
    of = "" if level == _LEVELS[0] else level
    st.html(blocks.picks(atlas, selection, criteria.text, of=of, points=spots is not None))
    total = len(atlas.layout if level == "layout" else atlas.districts)
    bare = page_href(PATH, selection.unfiltered(), want=criteria.text, of=of)
    page_frame.left_out(len(place_ids), total, bare, lang)
    left, right = st.columns([1, 1.25], gap="medium")
    with left, st.container(key="choosebar"):
        _rows(atlas, criteria, place_ids, lang)
        _adder(atlas, criteria, place_ids, level, lang)
    with right, st.container(key="choosemap"):
        page_frame.basemap_note(selection)
        told = selection.unfiltered().replace(measure="", places=place_ids)
        extra = user_table.points(selection) | {"institutions": []}
        if choice is not None:
            extra["classes"] = blocks.colours(atlas, choice, level, lang)
        mapview.show_map(atlas, atlas.select(told), extra=extra, hold=True)
    if choice is None:
        return
    _taking(atlas, choice, lang)
    shown = (blocks.order_table, blocks.not_known, blocks.failing)
    st.html(join(part(atlas, selection, choice) for part in shown))


def _criteria(atlas: Atlas, language: str) -> Criteria:
    """Return the criteria in the link; invalid ones are reported and ignored."""
    given = state.parameter("want")[:_LONGEST]
    kept: list[str] = []
    for part in split_list(given.replace("；", ";")):
        try:
            Criteria.parse([*kept, part], atlas)
            kept.append(part)
        except UsageError:
            page_frame.problems_block([QueryProblem("want", part.strip()[:80], _meant(atlas, part))], language)
    return Criteria.parse(kept, atlas)


def _meant(atlas: Atlas, given: str) -> tuple[str, ...]:
    """Return the criteria that a text may mean, or the kinds of criteria if none is similar."""
    key = re.split("[<>=:≥≤]", given, maxsplit=1)[0]
    kinds = tuple(criterion_kinds())
    return tuple(nearest(key, [*kinds, *atlas.rows("measures")], atlas.called["measure"])) or kinds


def _rows(atlas: Atlas, criteria: Criteria, place_ids: Sequence[str], language: str) -> None:
    """Show each criterion as a row: how it is used, its threshold or weight, a button to remove it."""
    rows: list[Row] = [*criteria.musts, *criteria.wishes]
    for at, row in enumerate(rows):
        criterion, mode = row.criterion, _mode(row)
        modes = ("more", "least") if criterion.is_yes_or_no else _MODES
        keys = {name: f"choose_{name}_{at}" for name in ("mode", "number", "away")}
        st.session_state[keys["mode"]] = mode if mode in modes else modes[0]
        st.session_state[keys["number"]] = float(row.number if isinstance(row, Must) else abs(row.weight))
        label = criterion_label if isinstance(row, Wish) or criterion.is_yes_or_no else criterion_heading
        with st.container(horizontal=True, vertical_alignment="bottom", key=f"chooserow_{at}", gap="small"):
            st.selectbox(
                escape_markdown(label(atlas, criterion, language)),
                modes,
                format_func=partial(_mode_name, yes_or_no=criterion.is_yes_or_no, language=language),
                key=keys["mode"],
                on_change=_turned,
                args=(rows, at, tuple(place_ids)),
            )
            if not (criterion.is_yes_or_no and isinstance(row, Must)):
                st.number_input(
                    text("choose.number" if isinstance(row, Must) else "choose.weight", language),
                    key=keys["number"],
                    min_value=None if isinstance(row, Must) else 0.1,
                    step=1.0,
                    format="%g",
                    on_change=_numbered,
                    args=(rows, at),
                    width=120,
                )
            st.button(
                text("choose.away", language),
                key=keys["away"],
                icon=":material/close:",
                type="tertiary",
                on_click=_write,
                args=([*rows[:at], *rows[at + 1 :]],),
            )


def _mode(row: Row) -> str:
    if isinstance(row, Wish):
        return "more" if row.weight > 0 else "less"
    return "least" if row.operator.startswith(">") else "most"


def _mode_name(mode: str, *, yes_or_no: bool, language: str) -> str:
    return text(f"choose.mode.{'must' if yes_or_no and mode == 'least' else mode}", language)


def _turned(rows: list[Row], at: int, place_ids: tuple[str, ...]) -> None:
    """Apply a new use of a criterion; a number that meant something else is reset."""
    row, mode = rows[at], st.session_state[f"choose_mode_{at}"]
    if mode not in _MODES:
        return
    criterion = row.criterion
    if mode in _OPERATORS:
        atlas = current_atlas()
        number = row.number if isinstance(row, Must) else middle(atlas, criterion, place_ids, user_table.spots())
        rows = [
            *rows[:at],
            Must(criterion, _OPERATORS[mode], 1.0 if criterion.is_yes_or_no else number),
            *rows[at + 1 :],
        ]
    else:
        weight = abs(row.weight) if isinstance(row, Wish) else 1.0
        rest = [*rows[:at], *rows[at + 1 :]]
        rest = [one for one in rest if not (isinstance(one, Wish) and one.criterion == criterion)]
        rows = [*rest, Wish(criterion, weight if mode == "more" else -weight)]
    _write(rows)


def _numbered(rows: list[Row], at: int) -> None:
    row, number = rows[at], st.session_state[f"choose_number_{at}"]
    if number is None:
        return
    if isinstance(row, Must):
        changed: Row = Must(row.criterion, row.operator, float(number))
    else:
        changed = Wish(row.criterion, float(number) if row.weight > 0 else -float(number))
    _write([*rows[:at], changed, *rows[at + 1 :]])


def _write(rows: Sequence[Row]) -> None:
    musts = tuple(one for one in rows if isinstance(one, Must))
    state.set_parameters(want=Criteria(musts, tuple(one for one in rows if isinstance(one, Wish))).text)


def _adder(atlas: Atlas, criteria: Criteria, place_ids: tuple[str, ...], level: str, language: str) -> None:
    """Show the list of criteria to add; a point can be typed as longitude and latitude."""
    known = offered(atlas, place_ids)
    labels = {
        one.key: text("choose.option", language, label=criterion_label(atlas, one, language), count=count)
        for one, count in known.items()
    }
    st.session_state["choose_add"] = None
    st.selectbox(
        text("choose.add", language),
        list(labels),
        format_func=lambda key: labels.get(key, key),
        index=None,
        placeholder=text("choose.add.hint", language),
        key="choose_add",
        accept_new_options=True,
        on_change=_added,
        args=([*criteria.musts, *criteria.wishes],),
    )
    if given := st.session_state.pop("choose_problem", ""):
        names = text("list.comma", language).join(_meant(atlas, given))
        # The text was typed by the user: show it as text, never as markup.
        said = text("choose.add.unknown", language, given="{given}", names=names).replace("{given}", given)
        st.html(tag("div", said, class_="geo-warning", role="alert"))
    levels = {one: level_heading(atlas, one, language) for one in _LEVELS}
    page_frame.switch("of", "choose_of", text("choose.of", language), levels, level, usual=_LEVELS[0])
    st.html(tag("p", text("choose.note", language), class_="geo-quiet geo-section"))


def _added(rows: list[Row]) -> None:
    """Add what was chosen or typed: a criterion in its most common use, a point, or a criterion as text."""
    given = str(st.session_state["choose_add"] or "").strip()[:200]
    atlas = current_atlas()
    if not given:
        return
    try:
        asked = Criteria.parse(given, atlas) if any(mark in given for mark in "<>=≥≤") else None
        if asked is None:
            typed = given if ":" in given or given[:1].isalpha() else f"distance_km:{given.replace('，', ',')}"
            asked = Criteria((), (_as_wanted(atlas, Criterion.parse(typed, atlas)),))
    except UsageError:
        st.session_state["choose_problem"] = given
        return
    wished = {one.criterion for one in rows if isinstance(one, Wish)}
    _write([*rows, *asked.musts, *(one for one in asked.wishes if one.criterion not in wished)])


def _as_wanted(atlas: Atlas, criterion: Criterion) -> Wish:
    return Wish(criterion, -1.0 if better_low(atlas, criterion) else 1.0)


def _taking(atlas: Atlas, choice: Choice, language: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="choosetake", gap="small"):
        st.html(tag("h2", text("choose.order", language), class_="geo-listhead"))
        for ending in CHOICE_ENDINGS:
            make = partial(choice_file, atlas, choice, ending, language)
            name = f"{atlas.meta['atlas_id']}_choice{ending}"
            download(ending[1:].upper(), make, name, f"choose_{ending[1:]}")


__all__ = ["ORDER", "PATH", "TITLE", "render"]
