"""Compare up to six places or districts: on one map, at one scale, figure by figure; what may not be is greyed."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence

import streamlit as st

from geo.analysis import compare
from geo.analysis.compare import MOST_PLACES, Row
from geo.analysis.specialisation import Specialisation, specialisation
from geo.atlas.atlas import Atlas
from geo.atlas.selection import QueryProblem, Selection
from geo.base.messages import text
from geo.render.outlines import outlines, picture
from geo.render.values import format_number
from geo.web.pages.place import position
from geo.web.parts import mapview, page_frame, state
from geo.web.parts.links import copy_button, link, page_href, place_link
from geo.web.parts.tables import Content, bar, definition, figure, table, topic_name
from geo.web.parts.text import cell, date_text, present, source_details, tag, value_text, words

PATH = "compare"
TITLE = "web.page.compare"
ORDER = 20

_WITH = "with"
_WIDGET = "compare_with"


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    chosen = _chosen(atlas, lang)
    _chooser(atlas, selection, chosen)
    if not chosen:
        _suggestions(atlas, selection)
        return
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        page_frame.basemap_note(selection)
        shown = selection if selection.view else selection.replace(view=position(atlas, chosen))
        if shown.place not in chosen:  # the map would draw it too
            shown = shown.replace(place="")
        mapview.show_map(atlas, compare.chosen_view(atlas, shown, chosen))
    with right:
        st.html(_multiples(atlas, selection, chosen))
    st.html(_profile(atlas, selection, chosen))
    _figures(atlas, selection, chosen)


def _chosen(atlas: Atlas, language: str) -> list[str]:
    """Return the places of the link; unknown ones and those beyond the limit are named and left out."""
    given = list(dict.fromkeys(part for part in state.own(_WITH).split(",") if part))
    known = [one for one in given if one in atlas.places.index]
    problems = [QueryProblem(_WITH, one[:80], tuple(atlas.places.index)) for one in given if one not in known]
    page_frame.problems_block(problems, language)
    if len(known) > MOST_PLACES:
        left_out = text("list.comma", language).join(
            atlas.name(one, language, short=True) for one in known[MOST_PLACES:]
        )
        said = text("compare.too_many", language, most=MOST_PLACES, names="{names}").replace("{names}", left_out)
        st.html(words("div", said, class_="geo-warning", role="status"))
    return known[:MOST_PLACES]


def _chooser(atlas: Atlas, selection: Selection, chosen: Sequence[str]) -> None:
    lang = selection.language
    order = [*atlas.layout.index, *atlas.districts.index]
    order += [one for one in atlas.places.index if one not in set(order)]
    other = "en" if lang == "zh" else "zh"
    names = {str(one): " · ".join(atlas.name(str(one), name, short=True) for name in (lang, other)) for one in order}
    if st.session_state.get(_WIDGET) != list(chosen):
        st.session_state[_WIDGET] = list(chosen)
    with st.container(horizontal=True, vertical_alignment="bottom", key="comparebar"):
        st.multiselect(
            text("compare.choose", lang, most=MOST_PLACES),
            list(names),
            format_func=names.__getitem__,
            placeholder=text("compare.choose.hint", lang),
            key=_WIDGET,
            on_change=_take_over,
            select_all=False,
            wrap=True,
        )
        if chosen:
            st.html(tag("div", copy_button(text("share.copy_link", lang), lang), class_="geo-actions"))
    if len(chosen) == 1:
        st.html(words("div", text("compare.one_more", lang), class_="geo-note", role="status"))


def _take_over() -> None:
    state.set_own(**{_WITH: ",".join(st.session_state[_WIDGET])})


def _suggestions(atlas: Atlas, selection: Selection) -> None:
    """Show comparisons to start from: the places of each corridor, the largest districts."""
    lang = selection.language
    items = []
    for corridor in atlas.layout.index[atlas.layout["kind"].map(atlas.roles) == "corridor"]:
        inside = [str(one) for one in atlas.layout.index[atlas.layout["parent_id"] == corridor]][:MOST_PLACES]
        if len(inside) > 1:
            items.append((text("compare.suggest.inside", lang, name=atlas.name(corridor, lang)), inside))
    known = atlas.table("facts").query("headline")["place_id"].value_counts()
    for frame, name in ((atlas.layout, "layout"), (atlas.districts, "district")):
        most = [str(one) for one in known.index if one in frame.index][:4]
        if len(most) > 1:
            items.append((text(f"compare.suggest.{name}", lang), most))
    lines = []
    for title, inside in items:
        names = text("list.comma", lang).join(atlas.name(one, lang, short=True) for one in inside)
        go = link(page_href("compare", selection, with_=",".join(inside)), html.escape(title))
        lines.append(tag("li", go, words("span", names, class_="geo-meta")))
    hint = words("p", text("compare.hint", lang, most=MOST_PLACES), class_="geo-quiet")
    st.html(tag("section", hint, tag("ul", *lines), class_="geo-section"))


def _multiples(atlas: Atlas, selection: Selection, chosen: Sequence[str]) -> str:
    """Return the outlines at one scale, side by side."""
    lang = selection.language
    drawn = outlines(atlas, chosen)
    figures = []
    for shape in drawn.shapes:
        row = atlas.place_rows[shape.place_id]
        colour = atlas.rows("kinds")[row["kind"]]["colour"]
        name = atlas.name(shape.place_id, lang, short=True)
        said = [f"{float(row['area_km2']):,.2f} km²", text(f"web.method.short.{row['method']}", lang)]
        if shape.dot:
            said.append(text("compare.dot", lang))
        address = "data:image/svg+xml;base64," + base64.b64encode(picture(drawn, shape, colour, row["method"])).decode()
        image = f'<img src="{address}" alt="{html.escape(name)}">'
        caption = tag("figcaption", place_link(atlas, shape.place_id, selection, short=True))
        figures.append(tag("figure", image, caption, words("span", " · ".join(said), class_="geo-meta")))
    length = f"{drawn.bar_m / 1000:g} km" if drawn.bar_m >= 1000 else f"{drawn.bar_m} m"
    width = f"{100 * drawn.bar / drawn.size:.1f}"
    scale = tag(
        "div",
        tag("i", style=f"width:calc(var(--box) * {width} / 100)"),
        words("span", length),
        class_="geo-scalebar",
    )
    title = words("h2", text("compare.multiples", lang))
    note = words("p", text("compare.multiples.note", lang), class_="geo-quiet")
    return tag(
        "section", title, note, tag("div", *figures, class_="geo-multiples"), scale, class_="geo-section geo-smalls"
    )


def _profile(atlas: Atlas, selection: Selection, chosen: Sequence[str]) -> str:
    """Return specialisation next to size: clusters, institutions and location quotients of each place."""
    lang = selection.language
    largest = max(float(atlas.place_rows[one]["area_km2"]) for one in chosen)
    found = [specialisation(atlas, one) for one in chosen]
    lines = []
    for one in found:
        row = atlas.place_rows[one.place_id]
        size = float(row["area_km2"])
        how = f"{text('web.panel.area.drawn', lang)} · {text('web.method.short.' + row['method'], lang)}"
        if present(row["area_official_km2"]):
            how += f" · {text('web.panel.area.official', lang)} {format_number(float(row['area_official_km2']))} km²"
        area = words("strong", f"{size:,.2f} km²") + bar(size, largest)
        area += words("span", how, class_="geo-meta")
        lines.append(
            [
                place_link(atlas, one.place_id, selection, short=True),
                area,
                _clusters(atlas, one, lang),
                _institutions(one, lang),
                _quotients(atlas, one, lang),
            ]
        )
    names = ("place", "size", "clusters", "institutions", "quotient")
    headings = [html.escape(text(f"compare.column.{name}", lang)) for name in names]
    label = text("compare.profile", lang)
    shown = table(headings, [("", lines)], label=label, class_="geo-profile-table geo-cardy")
    note = words("p", text("compare.profile.note", lang), class_="geo-quiet")
    return tag("section", words("h2", label), shown, note, class_="geo-section", id="geo-profile")


def _clusters(atlas: Atlas, one: Specialisation, language: str) -> str:
    if not one.clusters:
        return words("span", text("place.unknown", language), class_="geo-unknown")
    chips = []
    for cluster_id, sources in one.clusters.items():
        cluster = atlas.rows("clusters")[cluster_id]
        style = f"--c:{cluster['colour']}"
        name = words("span", cluster[f"name_{language}"], class_="geo-chip cluster", style=style)
        cited = [source_details(atlas.rows("sources")[source], language, "") for source in dict.fromkeys(sources)]
        chips.append(tag("li", name, *cited))
    return tag("ul", *chips, class_="geo-chiplist")


def _institutions(one: Specialisation, language: str) -> str:
    parts = [f"{text(f'map.institution.{kind}', language)} {count}" for kind, count in one.institutions.items()]
    total = sum(one.institutions.values())
    return words("strong", str(total)) + words("span", " · ".join(parts), class_="geo-meta")


def _quotients(atlas: Atlas, one: Specialisation, language: str) -> str:
    if not one.quotients:
        return words("span", text("compare.quotient.none", language), class_="geo-unknown")
    parts = []
    for found in one.quotients:
        label = cell(atlas.rows("measures")[found.measure_id], f"label_{language}")
        said = text(
            "compare.quotient.detail",
            language,
            count=f"{found.count:,.0f}",
            city_count=f"{found.city_count:,.0f}",
            area=f"{found.area_km2:,.1f}",
            city_area=f"{found.city_area_km2:,.1f}",
            date=date_text(found.as_of, language),
        )
        value = value_text(round(found.value, 2), "exact", "", language)
        about = text("compare.quotient.line", language, label=label, detail=said)
        cited = source_details(atlas.rows("sources")[found.source_id], language, "")
        parts += [words("strong", value), words("span", about, class_="geo-meta"), cited]
    return "".join(parts)


def _figures(atlas: Atlas, selection: Selection, chosen: Sequence[str]) -> None:
    lang = selection.language
    found = compare.align(atlas, chosen)
    several = [row for row in found if row.known > 1] if len(chosen) > 1 else found
    single = [row for row in found if row not in several]
    rule = tag(
        "details",
        words("summary", text("compare.rule", lang)),
        tag("ol", *(words("li", line) for line in _rule(lang))),
        class_="geo-comparerule",
    )
    label = text("compare.figures", lang)
    parts = [words("h2", label), words("p", text("compare.figures.note", lang), class_="geo-quiet"), rule]
    if several:
        parts.append(_aligned(atlas, selection, chosen, several, label))
    else:
        parts.append(words("p", text("compare.nothing", lang), class_="geo-quiet"))
    if single:
        said = text("compare.single", lang, count=len(single))
        inner = _aligned(atlas, selection, chosen, single, said)
        parts.append(tag("details", words("summary", said), inner, class_="geo-more-figures"))
    st.html(tag("section", *parts, class_="geo-section", id="geo-figures"))


def _rule(language: str) -> list[str]:
    codes = ("measure", "level", "scope", "grade", "schematic", "undated", "date")
    return [text(f"compare.rule.{code}", language, years=compare.YEARS_APART) for code in codes]


def _aligned(atlas: Atlas, selection: Selection, chosen: Sequence[str], found: Sequence[Row], label: str) -> str:
    lang = selection.language
    headings = [html.escape(text("compare.column.measure", lang))]
    headings += [place_link(atlas, one, selection, short=True) for one in chosen]
    groups: dict[str, list[list[Content]]] = {}
    for row in found:
        topic = str(atlas.rows("measures")[row.measure_id]["topic"])
        largest = row.largest if topic != "date" and row.comparable > 1 else None
        line: list[Content] = [definition(atlas, row.measure_id, lang)]
        for one in row.cells:
            look = "" if one.comparable else "none" if one.value is None else "off"
            line.append((figure(atlas, one, row.measure_id, lang, largest), look))
        groups.setdefault(topic, []).append(line)
    titled = [(topic_name(topic, lang), lines) for topic, lines in groups.items()]
    return table(headings, titled, label=label, class_="geo-compare-table")


__all__ = ["ORDER", "PATH", "TITLE", "render"]
