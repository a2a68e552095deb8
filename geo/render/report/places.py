"""The part of a report about one place, and the short card that a click on the map shows."""

from __future__ import annotations

import html
from collections.abc import Sequence

from geo.analysis.labels import detail_text
from geo.render.markup import foreign, tag, words
from geo.render.report.context import Context, Row
from geo.render.values import cell, date_text, figure_text, present

__all__ = [
    "area_texts",
    "chips",
    "district_list",
    "institution_card",
    "place_card",
    "place_section",
    "placing",
]

_CARD_FIGURES = 6
_OFFICIAL_AREA = "area_official_km2"


def chips(ctx: Context, place: Row) -> str:
    """Return kind, status and clusters of a place as small labels."""
    kind = ctx.rows("kinds")[place["kind"]]
    shown = [words("span", ctx.own(kind, "name"), class_="rp-chip rp-kind", style=f"--c:{kind['colour']}")]
    shown.append(words("span", ctx.text(f"web.status.{place['status']}"), class_="rp-chip"))
    for cluster_id in filter(None, cell(place, "clusters").split(";")):
        cluster = ctx.rows("clusters")[cluster_id]
        shown.append(words("span", ctx.own(cluster, "name"), class_="rp-chip rp-dot", style=f"--c:{cluster['colour']}"))
    return tag("p", *shown, class_="rp-chips")


def district_list(ctx: Context, place: Row) -> str:
    """Return the districts that a place lies in, with the share of its area where it lies in several."""
    own = [row for row in ctx.records("place_districts") if row["place_id"] == place["place_id"]]
    own = [row for row in own if row["district_id"] != place["place_id"]]
    own.sort(key=lambda row: -float(row["share"]))
    several = len(own) > 1
    shown = [
        ctx.name(row["district_id"], short=True) + (f" {float(row['share']):.0%}" if several else "") for row in own
    ]
    return ctx.joint.join(shown)


def area_texts(ctx: Context, place: Row, *, unit: bool = True) -> tuple[str, str]:
    """Return the drawn area, and the official one of the same scope with date, source and their ratio, as HTML."""

    def area(value: float, qualifier: str = "exact") -> str:
        return html.escape(figure_text(value, qualifier, ctx.area_unit if unit else "", ctx.language))

    drawn = area(place["area_km2"])
    if place["method"] == "schematic":
        drawn = tag("span", drawn, "*", class_="rp-schematic", title=ctx.say("area.schematic"))
    if not present(place.get(_OFFICIAL_AREA)):
        return drawn, words("span", ctx.text("web.panel.area.none"), class_="rp-quiet")
    same = [
        fact
        for fact in ctx.facts(place["place_id"])
        if fact["measure_id"] == _OFFICIAL_AREA
        and fact["scope"] == place["scope"]
        and fact["value"] == float(place[_OFFICIAL_AREA])
    ]
    ratio = f" · {float(place['area_ratio']):.1%}" if present(place.get("area_ratio")) else ""
    if not same:
        return drawn, area(place[_OFFICIAL_AREA]) + ratio
    fact = same[0]
    shown = area(fact["value"], fact["qualifier"])
    dated = words("span", f"({date_text(fact['as_of'], ctx.language)}){ratio}", class_="rp-quiet rp-when")
    return drawn, f"{shown}{ctx.cite(fact['source_id'])} {dated}"


def _definitions(lines: Sequence[tuple[str, str]]) -> str:
    """Return a definition list; keys are text, values HTML; lines without a value are left out."""
    return tag("dl", *(words("dt", key) + tag("dd", value) for key, value in lines if value))


def _boundary_text(ctx: Context, place: Row) -> str:
    metres = f"{int(place['accuracy_m']):,}"
    method = ctx.text(f"method.{place['method']}")
    return f"{method} · {ctx.text('web.panel.boundary.accuracy_value', metres=metres)}"


def place_card(ctx: Context, place_id: str) -> str:
    """Return what a click on a place shows: identity, area, boundary and the first figures."""
    place = ctx.places[place_id]
    drawn, official = area_texts(ctx, place)
    lines = [
        (ctx.text("web.panel.since"), words("span", cell(place, "since_edition"))),
        (ctx.text("web.panel.districts"), district_list(ctx, place)),
        (ctx.text("web.panel.area.drawn"), drawn),
        (ctx.text("web.panel.area.official"), official),
        (ctx.text("web.panel.boundary"), words("span", _boundary_text(ctx, place))),
    ]
    first = [fact for fact in ctx.facts(place_id) if fact["headline"] and fact["measure_id"] != _OFFICIAL_AREA]
    figures = [
        (
            ctx.own(ctx.rows("measures")[fact["measure_id"]], "label"),
            words("b", ctx.figure(fact["measure_id"], fact["value"], fact["qualifier"]))
            + words("span", f" ({date_text(fact['as_of'], ctx.language)})", class_="rp-quiet")
            + ctx.cite(fact["source_id"]),
        )
        for fact in first[:_CARD_FIGURES]
    ]
    return tag(
        "template",
        words("h3", ctx.own(place, "name")),
        words("p", cell(place, f"name_{ctx.other}"), class_="rp-other"),
        chips(ctx, place),
        _definitions(lines),
        _definitions(figures) if figures else words("p", ctx.text("web.panel.no_facts"), class_="rp-quiet"),
        tag("p", words("a", ctx.say("card.more"), href=f"#p-{place_id}"), class_="rp-more"),
        id=f"card-{place_id}",
    )


def institution_card(ctx: Context, row: Row) -> str:
    """Return what a click on an institution shows."""
    lines = [
        (ctx.say("institution.kind"), html.escape(ctx.text(f"map.institution.{row['kind']}"))),
        (ctx.say("institution.status"), html.escape(ctx.text(f"institution.status.{row['status']}"))),
        (ctx.say("institution.address"), html.escape(cell(row, "address"))),
        (ctx.say("institution.accuracy"), html.escape(placing(ctx, row))),
        (ctx.text("web.panel.as_of"), html.escape(date_text(row["as_of"], ctx.language))),
    ]
    return tag(
        "template",
        tag("h3", words("bdi", ctx.own(row, "name")), ctx.cite(row["source_id"])),
        words("p", cell(row, f"name_{ctx.other}"), class_="rp-other"),
        _definitions(lines),
        words("p", ctx.own(row, "note"), class_="rp-quiet"),
        id=f"card-institution-{row['institution_id']}",
    )


def placing(ctx: Context, row: Row) -> str:
    """Return how an institution was placed, and by how much its point may be off."""
    placed = ctx.text(f"institution.placed.{row['placed_by']}")
    return f"{placed} · ±{int(row['accuracy_m']):,} m" if present(row["accuracy_m"]) else placed


def place_section(ctx: Context, number: int, place_id: str) -> str:
    """Return all that is known about a place, with numbers for its sources.

    Parameters
    ----------
    ctx : Context
    number : int
        Of the section.
    place_id : str
    """
    place = ctx.places[place_id]
    title = tag(
        "h3",
        words("span", f"{number}", class_="rp-number"),
        words("bdi", ctx.own(place, "name")),
        ctx.cite(place["source_id"]),
    )
    to_map = words("a", ctx.say("to_map"), href="#map", data_place=place_id, class_="rp-to-map")
    language = "en" if ctx.other == "en" else "zh-CN"
    return tag(
        "section",
        tag(
            "header",
            tag("div", title, to_map, class_="rp-line"),
            words("p", cell(place, f"name_{ctx.other}"), class_="rp-other", lang=language),
            chips(ctx, place),
            words("p", ctx.own(place, "note")) if ctx.own(place, "note") else "",
        ),
        tag("div", _identity(ctx, place), _boundary(ctx, place), class_="rp-pair"),
        _facts(ctx, place_id),
        _derived(ctx, place_id),
        _institutions(ctx, place_id),
        _policy(ctx, place_id),
        class_="rp-place",
        id=f"p-{place_id}",
    )


def _identity(ctx: Context, place: Row) -> str:
    place_id = place["place_id"]
    editions = ctx.rows("editions")
    lines: list[tuple[str, str]] = [(ctx.say("id"), words("code", place_id))]
    if since := cell(place, "since_edition"):
        edition = editions[since]
        title = words("span", f"{edition['month']} {ctx.own(edition, 'title')}")
        lines.append((ctx.text("web.panel.since"), title + ctx.cite(edition["source_id"])))
    later = [row for row in ctx.records("edition_places") if row["place_id"] == place_id and row["edition_id"] != since]
    named = [words("span", editions[row["edition_id"]]["month"]) + ctx.cite(row["source_id"]) for row in later]
    lines.append((ctx.say("also_named"), ctx.joint.join(named)))
    if parent := cell(place, "parent_id"):
        lines.append((ctx.text("web.panel.parent"), ctx.place_link(parent)))
    children = [other for other, row in ctx.places.items() if cell(row, "parent_id") == place_id]
    lines.append((ctx.text("web.panel.children"), ctx.joint.join(ctx.place_link(child) for child in children)))
    lines.append((ctx.text("web.panel.districts"), district_list(ctx, place)))
    evidence = [row for row in ctx.records("place_clusters") if row["place_id"] == place_id]
    reasons = []
    for row in evidence:
        cluster = ctx.own(ctx.rows("clusters")[row["cluster_id"]], "name")
        why = ctx.own(row, "note")
        colon = "：" if ctx.language == "zh" else ": "
        reasons.append(
            tag("li", words("span", f"{cluster}{colon}{why}" if why else cluster), ctx.cite(row["source_id"]))
        )
    lines.append((ctx.text("web.panel.cluster_source"), tag("ul", *reasons) if reasons else ""))
    return tag("div", words("h4", ctx.say("identity")), _definitions(lines))


def _boundary(ctx: Context, place: Row) -> str:
    drawn, official = area_texts(ctx, place)
    method = ctx.text(f"method.{place['method']}")
    lines = [
        (
            ctx.text("web.panel.boundary.method"),
            tag("i", class_=f"rp-swatch {place['method']}")
            + words("span", method)
            + ctx.cite(place["boundary_source_id"]),
        ),
        (
            ctx.text("web.panel.boundary.accuracy"),
            html.escape(ctx.text("web.panel.boundary.accuracy_value", metres=f"{int(place['accuracy_m']):,}")),
        ),
        (ctx.text("web.panel.boundary.scope"), html.escape(ctx.scope(place["scope"]))),
        (ctx.text("web.panel.boundary.stated"), foreign(cell(place, "bounds_stated"), ctx.language)),
        (ctx.text("web.panel.area.drawn"), drawn),
        (ctx.text("web.panel.area.official"), official),
        (ctx.text("web.panel.boundary.note"), html.escape(ctx.own(place, "boundary_note"))),
    ]
    return tag("div", words("h4", ctx.text("web.panel.boundary")), _definitions(lines))


def _facts(ctx: Context, place_id: str) -> str:
    """Return every fact; those of one measure stand together, the one shown first on top, conflicts marked."""
    groups: dict[str, list[Row]] = {}
    for fact in ctx.facts(place_id):
        groups.setdefault(fact["measure_id"], []).append(fact)
    title = words("h4", ctx.say("facts"))
    if not groups:
        return title + words("p", ctx.text("web.panel.no_facts"), class_="rp-quiet")
    columns = [
        ctx.say("column.measure"),
        ctx.say("column.value"),
        ctx.text("web.panel.as_of"),
        ctx.text("web.panel.scope"),
        ctx.say("column.source"),
        ctx.say("column.note"),
    ]
    bodies = []
    for measure_id, group in groups.items():
        in_conflict = sum(bool(fact["conflict"]) for fact in group) > 1
        group.sort(key=lambda fact: (not fact["headline"], not fact["conflict"]))
        label = ctx.measure_link(measure_id)
        if in_conflict:
            label += words("span", ctx.say("conflict"), class_="rp-conflict")
        rows = []
        for index, fact in enumerate(group):
            first = [tag("th", label, scope="rowgroup", rowspan=str(len(group)))] if index == 0 else []
            rows.append(tag("tr", *first, *_fact_cells(ctx, fact, columns), class_=_fact_class(fact, len(group))))
        bodies.append(tag("tbody", *rows))
    head = tag("thead", tag("tr", *(words("th", name, scope="col") for name in columns)))
    return title + tag("table", head, *bodies, class_="rp-facts rp-stack")


def _fact_class(fact: Row, count: int) -> str:
    names = ["rp-first"] if fact["headline"] and count > 1 else []
    return " ".join([*names, "rp-differs"] if fact["conflict"] else names)


def _fact_cells(ctx: Context, fact: Row, columns: Sequence[str]) -> list[str]:
    value = words("b" if fact["headline"] else "span", ctx.figure(fact["measure_id"], fact["value"], fact["qualifier"]))
    grade = cell(fact, "source_grade")
    remarks = [
        tag("q", foreign(cell(fact, "locator"), ctx.language)) if cell(fact, "locator") else "",
        html.escape(ctx.own(fact, "note")),
    ]
    contents = [
        value,
        html.escape(date_text(fact["as_of"], ctx.language)),
        html.escape(ctx.own(fact, "scope")),
        words("span", grade, class_=f"rp-grade rp-grade-{grade.lower()}") + ctx.cite(fact["source_id"]),
        " ".join(filter(None, remarks)),
    ]
    return ctx.cells(columns[1:], contents)


def _derived(ctx: Context, place_id: str) -> str:
    """Return what this map computed for a place, each with its formula."""
    own = {row["measure_id"]: row for row in ctx.records("derived") if row["place_id"] == place_id}
    measures = ctx.rows("measures")
    items = []
    for measure_id, measure in measures.items():
        if measure_id not in own:
            continue
        detail = detail_text(ctx.atlas, cell(own[measure_id], "detail"), ctx.language)
        value = ctx.figure(measure_id, own[measure_id]["value"], "exact")
        items.append(
            tag(
                "div",
                tag("dt", ctx.measure_link(measure_id)),
                words("dd", value, class_="rp-strong"),
                words("dd", ctx.own(measure, "definition"), class_="rp-below"),
                words("dd", detail, class_="rp-below rp-detail") if detail else "",
            )
        )
    return words("h4", ctx.text("web.panel.derived")) + tag("dl", *items, class_="rp-derived") if items else ""


def _institutions(ctx: Context, place_id: str) -> str:
    """Return the names of the institutions of a place; the rest stands once, in the part on institutions."""
    own = [row for row in ctx.institutions if place_id in (*ctx.within(row), cell(row, "district_id"))]
    if not own:
        return ""
    title = words("h4", f"{ctx.text('web.panel.institutions')} ({len(own)})")
    names = [
        tag("a", words("bdi", ctx.own(row, "name")), href=f"#n-{row['institution_id']}", class_="rp-quiet-link")
        for row in own
    ]
    return title + tag("p", ctx.joint.join(names), class_="rp-small")


def _policy(ctx: Context, place_id: str) -> str:
    """Return the policy items that concern a place; what came of them stands once, in the part on policy."""
    items = []
    for row in ctx.records("policy_places"):
        if row["place_id"] != place_id:
            continue
        item = ctx.rows("policy")[row["policy_id"]]
        text = words("a", ctx.own(item, "text"), href=f"#i-{row['policy_id']}", class_="rp-quiet-link")
        note = words("span", f" · {ctx.own(row, 'note')}", class_="rp-quiet") if ctx.own(row, "note") else ""
        items.append(tag("li", text, note, ctx.cite(row["source_id"])))
    return words("h4", ctx.say("policy")) + tag("ul", *items, class_="rp-policy-list") if items else ""
