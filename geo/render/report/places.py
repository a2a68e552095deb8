"""The section of a report on one place, and the card that a click on the map shows; both mark up a place sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from geo.analysis.compare import Cell
from geo.analysis.figures import Figure
from geo.analysis.labels import detail_text, district_heading
from geo.analysis.place_sheet import PlaceSheet, Reported
from geo.analysis.place_words import districts_text, location_text, ratio_text, unknown_texts
from geo.analysis.values import accuracy_text, cell, date_text, quote_text, scope_text, when_text, why_text
from geo.base.messages import html_lang
from geo.base.name_order import name_order
from geo.render.markup import Markup, foreign, join, tag
from geo.render.report.context import Context, Row

__all__ = ["areas", "institution_card", "place_card", "place_section"]

_CARD_FIGURES = 6
_OFFICIAL_AREA = "area_official_km2"


def _chips(ctx: Context, sheet: PlaceSheet) -> Markup:
    """Return kind, status and clusters of a place as small labels."""
    colour = f"--c:{sheet.kind['colour']}"
    shown = [tag("span", ctx.local(sheet.kind, "name"), class_="rp-chip rp-kind", style=colour)]
    shown.append(tag("span", ctx.text(f"web.status.{sheet.row['status']}"), class_="rp-chip"))
    for cluster in {one.cluster["cluster_id"]: one.cluster for one in sheet.clusters}.values():
        style = f"--c:{cluster['colour']}"
        shown.append(tag("span", ctx.local(cluster, "name"), class_="rp-chip rp-dot", style=style))
    return tag("p", *shown, class_="rp-chips")


def areas(ctx: Context, sheet: PlaceSheet) -> tuple[Markup, Markup]:
    """Return the drawn area, and the official area of the same scope with date, source and their ratio.

    For a schematic boundary, the drawn area states why the two are not compared.
    """
    boundary = sheet.boundary
    drawn = _with_reason(ctx, boundary.drawn) if boundary.drawn else Markup()
    if boundary.official is None:
        return drawn, tag("span", ratio_text(boundary, ctx.language), class_="rp-quiet")
    official = [ctx.figure(boundary.official), ctx.cite(boundary.official.source_id), " "]
    official.append(tag("span", f"({when_text(boundary.official, ctx.language)})", class_="rp-quiet rp-when"))
    if boundary.ratio is not None:
        official.append(tag("span", ratio_text(boundary, ctx.language), class_="rp-below"))
    return drawn, join(official)


def _with_reason(ctx: Context, one: Cell) -> Markup:
    """Return a figure, followed by why it is not comparable, if so."""
    if one.figure is None:
        return tag("span", ctx.text("value.none"), class_="rp-quiet")
    why = why_text(ctx.atlas, one.reasons, ctx.language)
    shown = tag("span", ctx.figure(one.figure))
    return shown + tag("span", why, class_="rp-below rp-why-not") if why else shown


def _definitions(lines: Sequence[tuple[str, str]]) -> Markup:
    """Return a definition list; lines without a value are left out."""
    return tag("dl", *(tag("dt", key) + tag("dd", value) for key, value in lines if value))


def place_card(ctx: Context, place_id: str) -> Markup:
    """Return the card of a place: identity, area, boundary and the first figures."""
    sheet = ctx.sheet(place_id)
    drawn, official = areas(ctx, sheet)
    method = ctx.text(f"method.{sheet.boundary.method}")
    lines = [
        (ctx.text("web.panel.since"), cell(sheet.row, "since_edition")),
        (
            district_heading(ctx.atlas, "web.panel.districts", ctx.language),
            districts_text(ctx.atlas, sheet, ctx.language),
        ),
        (ctx.text("web.panel.area.drawn"), drawn),
        (ctx.text("web.panel.area.official"), official),
        (ctx.text("web.panel.boundary"), f"{method} · {accuracy_text(sheet.boundary.accuracy_m, ctx.language)}"),
    ]
    first = [one for one in sheet.headlines if one.measure_id != _OFFICIAL_AREA]
    figures = [
        (
            ctx.local(ctx.rows("measures")[one.measure_id], "label"),
            tag("b", ctx.figure(one))
            + tag("span", ctx.text("value.quote.note", note=when_text(one, ctx.language)), class_="rp-quiet")
            + ctx.cite(one.source_id),
        )
        for one in first[:_CARD_FIGURES]
    ]
    return tag(
        "template",
        tag("h3", ctx.local(sheet.row, "name")),
        tag("p", cell(sheet.row, f"name_{ctx.other}"), class_="rp-other"),
        _chips(ctx, sheet),
        _definitions(lines),
        _definitions(figures) if figures else tag("p", ctx.text("web.panel.no_facts"), class_="rp-quiet"),
        tag("p", tag("a", ctx.say("card.more"), href=ctx.href("place", place_id))),
        id=f"card-{place_id}",
    )


def institution_card(ctx: Context, row: Row) -> Markup:
    """Return the card of an institution."""
    lines = [
        (ctx.say("institution.kind"), ctx.text(f"map.institution.{row['kind']}")),
        (ctx.say("institution.status"), ctx.text(f"institution.status.{row['status']}")),
        (ctx.say("institution.address"), cell(row, "address")),
        (ctx.say("institution.accuracy"), location_text(row, ctx.language)),
        (ctx.text("web.panel.as_of"), date_text(row["as_of"], ctx.language)),
    ]
    return tag(
        "template",
        tag("h3", tag("bdi", ctx.local(row, "name")), ctx.cite(row["source_id"])),
        tag("p", cell(row, f"name_{ctx.other}"), class_="rp-other"),
        _definitions(lines),
        tag("p", ctx.local(row, "note"), class_="rp-quiet"),
        id=f"card-institution-{row['institution_id']}",
    )


def place_section(ctx: Context, number: int, place_id: str) -> Markup:
    """Return everything known about a place, with numbered sources.

    Parameters
    ----------
    ctx : Context
    number : int
        Number of the section, 0 for none.
    place_id : str
    """
    sheet = ctx.sheet(place_id)
    title = ctx.heading(
        0,
        tag("span", f"{number}", class_="rp-number") if number else "",
        tag("bdi", ctx.local(sheet.row, "name")),
        ctx.cite(str(sheet.row["source_id"])),
    )
    to_map = tag("a", ctx.say("to_map"), href=ctx.on_map(place_id), data_place=place_id, class_="rp-to-map")
    note = ctx.local(sheet.row, "note")
    return tag(
        "section",
        tag(
            "header",
            tag("div", title, to_map, class_="rp-line"),
            tag("p", cell(sheet.row, f"name_{ctx.other}"), class_="rp-other", lang=html_lang(ctx.other)),
            _chips(ctx, sheet),
            tag("p", note) if note else "",
        ),
        tag("div", _identity(ctx, sheet), _boundary(ctx, sheet), class_="rp-pair"),
        _figures(ctx, sheet),
        _computed(ctx, sheet),
        _institutions(ctx, sheet),
        _policy(ctx, sheet),
        _unknown(ctx, sheet),
        class_="rp-place",
        id=f"p-{place_id}",
    )


def _identity(ctx: Context, sheet: PlaceSheet) -> Markup:
    lines: list[tuple[str, str]] = [(ctx.say("id"), tag("code", sheet.place_id))]
    if named := sheet.first_named:
        title = tag("span", f"{named.edition['month']} {ctx.local(named.edition, 'title')}")
        lines.append((ctx.text("web.panel.since"), title + ctx.cite(named.source_id)))
    later = [tag("span", one.edition["month"]) + ctx.cite(one.source_id) for one in sheet.also_named]
    lines.append((ctx.say("also_named"), ctx.listed(later)))
    lines.append((ctx.text("web.panel.parent"), ctx.listed(ctx.place_link(one) for one in sheet.parents[:1])))
    lines.append((ctx.text("web.panel.children"), ctx.listed(ctx.place_link(one) for one in sheet.children)))
    lines.append(
        (
            district_heading(ctx.atlas, "web.panel.districts", ctx.language),
            districts_text(ctx.atlas, sheet, ctx.language),
        )
    )
    reasons = []
    for one in sheet.clusters:
        cluster, why = ctx.local(one.cluster, "name"), ctx.note(one)
        said = ctx.text("compare.quotient.line", label=cluster, detail=why) if why else cluster
        reasons.append(tag("li", tag("span", said), ctx.cite(one.source_id)))
    lines.append((ctx.text("web.panel.cluster_source"), tag("ul", *reasons) if reasons else ""))
    return tag("div", ctx.heading(1, ctx.say("identity")), _definitions(lines))


def _boundary(ctx: Context, sheet: PlaceSheet) -> Markup:
    boundary = sheet.boundary
    drawn, official = areas(ctx, sheet)
    method = tag("i", class_=f"rp-swatch {boundary.method}") + tag("span", ctx.text(f"method.{boundary.method}"))
    lines = [
        (ctx.text("web.panel.boundary.method"), method + ctx.cite(boundary.source_id)),
        (ctx.text("web.panel.boundary.accuracy"), accuracy_text(boundary.accuracy_m, ctx.language)),
        (ctx.text("web.panel.boundary.scope"), scope_text(ctx.atlas, boundary.scope, ctx.language)),
        (ctx.text("web.panel.boundary.stated"), foreign(boundary.stated, ctx.language)),
        (ctx.text("web.panel.area.drawn"), drawn),
        (ctx.text("web.panel.area.official"), official),
        (ctx.text("web.panel.boundary.note"), ctx.note(boundary)),
    ]
    return tag("div", ctx.heading(1, ctx.text("web.panel.boundary")), _definitions(lines))


def _figures(ctx: Context, sheet: PlaceSheet) -> Markup:
    """Return every fact, grouped by measure, the headline first, conflicts marked."""
    title = ctx.heading(1, ctx.say("facts"))
    if not sheet.reported:
        return title + tag("p", ctx.text("web.panel.no_facts"), class_="rp-quiet")
    columns = [
        ctx.say("column.measure"),
        ctx.say("column.value"),
        ctx.text("web.panel.as_of"),
        ctx.text("web.panel.scope"),
        ctx.say("column.source"),
        ctx.say("column.note"),
    ]
    bodies = [_group(ctx, group, columns) for group in sheet.reported]
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in columns)))
    return title + tag("table", head, *bodies, class_="rp-facts rp-stack")


def _group(ctx: Context, group: Reported, columns: Sequence[str]) -> Markup:
    label = ctx.measure_link(group.measure_id)
    if group.in_conflict:
        label += tag("span", ctx.text("value.conflict"), class_="rp-conflict")
    count = len(group.figures)
    rows = []
    for index, one in enumerate(group.figures):
        first = [tag("th", label, scope="rowgroup", rowspan=str(count))] if index == 0 else []
        look = {"class_": "rp-differs"} if one.conflict else {}
        rows.append(tag("tr", *first, *_figure_cells(ctx, one, columns), **look))
    return tag("tbody", *rows, id=ctx.figure_id(group.figures[0].place_id, group.measure_id))


def _figure_cells(ctx: Context, one: Figure, columns: Sequence[str]) -> list[Markup]:
    words = quote_text(asdict(one), ctx.language)
    remarks = [foreign(words, ctx.language) if words else "", ctx.note(one)]
    if one.locator and one.locator not in words:
        remarks.insert(0, tag("q", foreign(one.locator, ctx.language)))
    contents = [
        tag("b" if one.headline else "span", ctx.figure(one)),
        when_text(one, ctx.language),
        scope_text(ctx.atlas, one.scope, ctx.language),
        tag("span", one.grade, class_=f"rp-grade rp-grade-{one.grade.lower()}") + ctx.cite(one.source_id),
        join(filter(None, remarks), " "),
    ]
    return ctx.cells(columns[1:], contents)


def _computed(ctx: Context, sheet: PlaceSheet) -> Markup:
    """Return the figures computed by this map, each with its formula and, if so, why it is not comparable."""
    items = []
    for one in sheet.computed:
        if one.figure is None:
            continue
        measure_id = one.figure.measure_id
        detail = detail_text(ctx.atlas, one.figure.detail, ctx.language)
        items.append(
            tag(
                "div",
                tag("dt", ctx.measure_link(measure_id)),
                tag("dd", _with_reason(ctx, one), class_="rp-strong"),
                tag("dd", ctx.local(ctx.rows("measures")[measure_id], "definition"), class_="rp-below"),
                tag("dd", detail, class_="rp-below rp-detail") if detail else "",
                id=ctx.figure_id(one.place_id, measure_id),
            )
        )
    title = ctx.heading(1, ctx.text("place.derived"))
    return title + tag("dl", *items, class_="rp-derived") if items else Markup()


def _institutions(ctx: Context, sheet: PlaceSheet) -> Markup:
    """Return the names of the institutions of a place; details are in the section on institutions."""
    if not sheet.residents:
        return Markup()
    title = ctx.heading(
        1, ctx.text("list.counted", title=ctx.text("web.panel.institutions"), count=len(sheet.residents))
    )
    listed = {row["institution_id"] for row in ctx.institutions}
    names = []
    for one in sorted(sheet.residents, key=lambda one: name_order(one.row, ctx.language)):
        name, key = tag("bdi", ctx.local(one.row, "name")), one.row["institution_id"]
        names.append(
            tag("a", name, href=ctx.href("institution", key), class_="rp-quiet-link") if key in listed else name
        )
    return title + tag("p", ctx.listed(names), class_="rp-small")


def _policy(ctx: Context, sheet: PlaceSheet) -> Markup:
    """Return the policy items on the place itself; their outcomes are in the section on policy."""
    items = []
    for one in sheet.policy:
        if one.via != sheet.place_id:
            continue
        told = tag(
            "a", ctx.local(one.item.row, "text"), href=ctx.href("policy", one.item.policy_id), class_="rp-quiet-link"
        )
        note = tag("span", f" · {ctx.note(one)}", class_="rp-quiet") if ctx.note(one) else ""
        items.append(tag("li", told, note, ctx.cite(one.source_id)))
    return ctx.heading(1, ctx.say("policy")) + tag("ul", *items, class_="rp-policy-list") if items else Markup()


def _unknown(ctx: Context, sheet: PlaceSheet) -> Markup:
    """Return what is unknown, weak or disputed about a place."""
    lines = [tag("li", line) for line in unknown_texts(ctx.atlas, sheet, ctx.language)]
    return ctx.heading(1, ctx.text("place.unknown")) + tag("ul", *lines, class_="rp-policy-list") if lines else Markup()
