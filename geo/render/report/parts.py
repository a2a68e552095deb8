"""The parts of a report about the whole selection: what is shown, tables, policy, sources, method, licences."""

from __future__ import annotations

import html
from collections.abc import Sequence

from geo.render.markup import foreign, link, tag, words
from geo.render.report.context import Context
from geo.render.report.places import area_texts, district_list, placing
from geo.render.values import cell, citation, date_text

__all__ = [
    "definitions",
    "documents",
    "institutions",
    "licences",
    "method",
    "overview",
    "policy",
    "ranking",
    "shown",
    "sources",
]

_METHODS = ("official_bounds", "digitised", "schematic")
_ROLES = (("corridor", "node", "site"), ("district",), ("city",))


def shown(ctx: Context) -> str:
    """Return what is shown: the filters in words, and the counts of places, boundaries, institutions, figures."""
    places, institutions, facts = ctx.view.places, ctx.view.institutions, ctx.view.facts
    kinds = places["kind"].value_counts().to_dict()
    methods = places["method"].value_counts().to_dict()
    by_kind = [
        words("span", f"{ctx.own(row, 'name')} {kinds[kind]}", class_="rp-chip rp-kind", style=f"--c:{row['colour']}")
        for kind, row in ctx.rows("kinds").items()
        if kind in kinds
    ]
    how = [
        tag("li", tag("i", class_=f"rp-swatch {method}"), words("span", ctx.text(f"web.how.{short}", count=count)))
        for method, short in zip(_METHODS, ("official", "digitised", "schematic"), strict=True)
        if (count := methods.get(method))
    ]
    placed = int(institutions.geometry.notna().sum())
    counted = ctx.say("count.facts.value", count=len(facts), sources=facts["source_id"].nunique())
    left = [(key, html.escape(value)) for key, value in _filters(ctx)]
    left.append(
        (ctx.text("map.legend.institutions"), ctx.say("count.institutions", count=len(institutions), placed=placed))
    )
    left.append((ctx.say("count.facts"), html.escape(counted)))
    right = [
        (ctx.say("count.places"), words("b", str(len(places))) + tag("p", *by_kind, class_="rp-chips")),
        (ctx.say("count.boundaries"), tag("ul", *how)),
    ]
    return "".join(tag("dl", *(words("dt", key) + tag("dd", value) for key, value in side)) for side in (left, right))


def _filters(ctx: Context) -> list[tuple[str, str]]:
    """Return what the selection asks for: name of the filter, its values; both plain text."""
    selection = ctx.view.selection
    named = [
        ("kind", [ctx.own(ctx.rows("kinds")[key], "name") for key in selection.kinds]),
        ("cluster", [ctx.own(ctx.rows("clusters")[key], "name") for key in selection.clusters]),
        ("district", [ctx.own(ctx.places[key], "name") for key in selection.districts]),
        ("edition", [f"{key} {ctx.own(ctx.rows('editions')[key], 'title')}" for key in selection.editions]),
        ("status", [ctx.text(f"web.status.{key}") for key in selection.statuses]),
        ("only", [ctx.own(ctx.places[key], "name") for key in selection.places]),
        ("text", list(selection.texts)),
    ]
    lines = [(ctx.text(f"web.filter.{name}"), ctx.joint.join(values)) for name, values in named if values]
    if not lines:
        lines = [(ctx.text("web.filters"), ctx.say("shown.all"))]
    if selection.measure:
        measure = ctx.rows("measures")[selection.measure]
        unit = ctx.own(ctx.rows("units")[measure["unit"]], "symbol")
        label = ctx.text("web.classes.unit", label=ctx.own(measure, "label"), unit=unit)
        lines.append((ctx.text("web.filter.measure"), label))
    return lines


def overview(ctx: Context) -> str:
    """Return the table of all places shown."""
    columns = [
        ctx.text(f"web.table.{name}")
        for name in ("name", "kind", "clusters", "districts", "area", "area_official", "method")
    ]
    rows = []
    for number, place_id in enumerate(ctx.view.places.index, 1):
        place = ctx.places[place_id]
        kind = ctx.rows("kinds")[place["kind"]]
        drawn, official = area_texts(ctx, place, unit=False)
        clusters = [ctx.rows("clusters")[key] for key in filter(None, cell(place, "clusters").split(";"))]
        dots = [words("span", ctx.own(row, "name"), class_="rp-dot", style=f"--c:{row['colour']}") for row in clusters]
        since = " · ".join(filter(None, [cell(place, "since_edition"), ctx.text(f"web.status.{place['status']}")]))
        contents = [
            tag("a", words("bdi", ctx.own(place, "name")), href=f"#p-{place_id}", class_="rp-strong")
            + words("bdi", cell(place, f"name_{ctx.other}"), class_="rp-other"),
            words("span", ctx.own(kind, "name"), class_="rp-kind", style=f"--c:{kind['colour']}")
            + words("span", since, class_="rp-below"),
            tag("div", *dots, class_="rp-lines") if dots else "",
            district_list(ctx, place),
            drawn,
            official,
            words("span", ctx.text(f"web.method.short.{place['method']}"))
            + words("span", f"±{int(place['accuracy_m']):,} m", class_="rp-below"),
        ]
        cells = ctx.cells(columns, contents)
        rows.append(tag("tr", words("th", str(number), scope="row"), *cells))
    note = ctx.say("area.note") if (ctx.view.places["method"] == "schematic").any() else ""
    table = ctx.table(["", *columns], rows, class_="rp-overview rp-stack")
    return table + (words("p", f"* {note}", class_="rp-quiet rp-small") if note else "")


def documents(ctx: Context) -> str:
    """Return the documents that first named the places shown."""
    places = ctx.view.places
    counts = places["since_edition"].value_counts().to_dict()
    columns = [ctx.say("document.month"), ctx.say("document"), ctx.say("document.places")]
    rows = []
    for edition_id in ctx.atlas.allowed["edition"]:
        if edition_id not in counts:
            continue
        edition = ctx.rows("editions")[edition_id]
        note = ctx.own(edition, "note")
        names = [ctx.place_link(key) for key in places.index if places.at[key, "since_edition"] == edition_id]
        rows.append(
            tag(
                "tr",
                words("th", edition["month"], scope="row"),
                *ctx.cells(
                    columns[1:],
                    [
                        words("span", ctx.own(edition, "title"), class_="rp-strong")
                        + ctx.cite(edition["source_id"])
                        + (words("span", note, class_="rp-below") if note else ""),
                        ctx.joint.join(names),
                    ],
                ),
            )
        )
    return ctx.table(columns, rows, class_="rp-documents rp-stack") if rows else ""


def ranking(ctx: Context, place_ids: Sequence[str]) -> str:
    """Return the measure in focus for the places on the map, largest first; those without a value stand apart.

    Layout, districts and city are ranked apart: their counts are not of one kind.
    """
    measure_id = ctx.view.selection.measure
    measure = ctx.rows("measures")[measure_id]
    values = {str(key): row for key, row in ctx.atlas.values(measure_id).to_dict("index").items()}
    derived = measure["origin"] == "derived"
    columns = [ctx.text("web.table.name"), "", ctx.say("column.value")]
    columns += [] if derived else [ctx.text("web.panel.as_of"), ctx.text("web.panel.scope")]
    parts = []
    for roles in _ROLES:
        group = [key for key in place_ids if ctx.atlas.roles[ctx.places[key]["kind"]] in roles]
        known = sorted((key for key in group if key in values), key=lambda key: (-float(values[key]["value"]), key))
        top = max((abs(float(values[key]["value"])) for key in known), default=0.0)
        rows = []
        for key in known:
            value = values[key]
            width = 100 * max(0.0, float(value["value"])) / top if top else 0.0
            cells = [
                tag("th", ctx.place_link(key), scope="row"),
                tag("td", tag("i", class_="rp-bar", style=f"--w:{width:.1f}%"), aria_hidden="true"),
                words("td", ctx.figure(measure_id, value["value"], value["qualifier"]), class_="rp-strong"),
            ]
            if not derived:
                cells.append(words("td", date_text(value["as_of"], ctx.language)))
                cells.append(tag("td", html.escape(ctx.scope(value["scope"])), ctx.cite(value["source_id"])))
            rows.append(tag("tr", *cells))
        if rows:
            parts.append(ctx.table(columns, rows, class_="rp-ranking"))
        if missing := [ctx.place_link(key) for key in group if key not in values]:
            title = words("span", ctx.text("map.no_data"), class_="rp-key")
            parts.append(tag("p", title, ctx.joint.join(missing), class_="rp-small"))
    about = [
        ctx.own(measure, "definition"),
        ctx.own(measure, "caveat"),
        "" if derived else ctx.text("web.classes.note"),
    ]
    ctx.measures_shown.add(measure_id)
    return words("p", " · ".join(filter(None, about)), class_="rp-quiet") + "".join(parts)


def institutions(ctx: Context) -> str:
    """Return the institutions shown: where they are and how well that is known, date, source."""
    columns = [ctx.say(f"institution.{name}") for name in ("name", "kind", "place", "address", "note")]
    rows = []
    for row in ctx.institutions:
        kind, status = ctx.text(f"map.institution.{row['kind']}"), ctx.text(f"institution.status.{row['status']}")
        within = ctx.within(row)
        remarks = " · ".join(filter(None, [date_text(row["as_of"], ctx.language), ctx.own(row, "note")]))
        contents = [
            tag("span", words("bdi", ctx.own(row, "name"), class_="rp-strong"), ctx.cite(row["source_id"]))
            + words("bdi", cell(row, f"name_{ctx.other}"), class_="rp-other"),
            words("span", kind) + words("span", status, class_="rp-below"),
            tag("span", ctx.joint.join(map(ctx.place_link, within))) if within else "",
            words("span", cell(row, "address") or ctx.text("unknown"))
            + words("span", placing(ctx, row), class_="rp-below"),
            words("span", remarks, class_="rp-quiet"),
        ]
        cells = ctx.cells(columns, contents)
        rows.append(tag("tr", *cells, id=f"n-{row['institution_id']}"))
    return ctx.table(columns, rows, class_="rp-institutions rp-stack") if rows else ""


def policy(ctx: Context) -> str:
    """Return every policy item that concerns a place shown, with what was reported later and its caveat."""
    concerned: dict[str, list[str]] = {}
    for row in ctx.records("policy_places"):
        if row["place_id"] in ctx.view.places.index:
            concerned.setdefault(row["policy_id"], []).append(row["place_id"])
    outcomes = ctx.records("policy_outcomes")
    items = []
    for policy_id, item in ctx.rows("policy").items():
        if policy_id not in concerned:
            continue
        target = [ctx.plain_figure(item), ctx.say("policy.due", date=cell(item, "due")) if cell(item, "due") else ""]
        facts = " · ".join(filter(None, [ctx.text(f"policy.kind.{item['kind']}"), *target, cell(item, "locator")]))
        later = []
        for row in outcomes:
            if row["policy_id"] == policy_id:
                caveat = ctx.own(row, "caveat")
                later.append(
                    tag(
                        "li",
                        words("b", date_text(row["as_of"], ctx.language)),
                        words("span", f" {ctx.own(row, 'text')}"),
                        ctx.cite(row["source_id"]),
                        words("span", caveat, class_="rp-below") if caveat else "",
                    )
                )
        places = ctx.joint.join(ctx.place_link(place_id) for place_id in concerned[policy_id])
        items.append(
            tag(
                "div",
                tag("p", words("span", ctx.own(item, "text"), class_="rp-strong"), ctx.cite(item["source_id"])),
                tag("p", foreign(facts, ctx.language), class_="rp-quiet rp-small"),
                tag("p", words("span", ctx.say("policy.places"), class_="rp-key"), places, class_="rp-small"),
                tag("p", words("span", ctx.say("policy.later"), class_="rp-key"), class_="rp-small") if later else "",
                tag("ul", *later) if later else "",
                class_="rp-item",
                id=f"i-{policy_id}",
            )
        )
    return "".join(items)


def definitions(ctx: Context) -> str:
    """Return the definition, unit and caveat of every measure shown; call it after the parts that show them."""
    columns = [ctx.say(f"column.{name}") for name in ("measure", "unit", "definition", "caveat")]
    rows = []
    for measure_id, measure in ctx.rows("measures").items():
        if measure_id not in ctx.measures_shown:
            continue
        unit = ctx.own(ctx.rows("units")[measure["unit"]], "symbol")
        origin = words("span", ctx.say(f"origin.{measure['origin']}"), class_="rp-below")
        meaning = words("span", ctx.own(measure, "definition")) + origin
        rows.append(
            tag(
                "tr",
                tag(
                    "th",
                    words("span", ctx.own(measure, "label")),
                    words("code", measure_id, class_="rp-below"),
                    scope="row",
                ),
                *ctx.cells(columns[1:], [html.escape(unit), meaning, html.escape(ctx.own(measure, "caveat"))]),
                id=f"m-{measure_id}",
            )
        )
    return ctx.table(columns, rows, class_="rp-definitions rp-stack")


def method(ctx: Context) -> str:
    """Return how the map was made and what it cannot say, with the basemap's layers and their accuracy."""
    rules = (
        "scope",
        "methods",
        "areas",
        "facts",
        "headline",
        "conflicts",
        "unknown",
        "derived",
        "institutions",
        "datum",
    )
    lines = [
        tag("li", words("b", ctx.say(f"method.{name}.title")), words("span", ctx.say(f"method.{name}")))
        for name in rules
    ]
    columns = [ctx.say("basemap.layer"), ctx.text("web.panel.boundary.accuracy"), ctx.say("column.note")]
    rows = [
        tag(
            "tr",
            tag("th", words("span", ctx.own(row, "name")), ctx.cite(row["source_id"]), scope="row"),
            *ctx.cells(columns[1:], [f"±{int(row['accuracy_m']):,} m", html.escape(ctx.own(row, "note"))]),
        )
        for row in ctx.records("basemap")
    ]
    table = words("h3", ctx.say("basemap")) + ctx.table(columns, rows, class_="rp-basemap rp-stack") if rows else ""
    return tag("ul", *lines, class_="rp-method") + table


def sources(ctx: Context) -> str:
    """Return the numbered list of every source cited so far; call it last."""
    rows = ctx.rows("sources")
    items = []
    for source_id, number in ctx.citations.items():
        source = rows[source_id]
        grade = cell(source, "grade")
        about = [ctx.say(f"source.kind.{source['kind']}")]
        if (licence := cell(source, "licence")) and licence != "facts-only":
            about.append(licence)
        about.append(ctx.own(source, "note"))
        url = cell(source, "url")
        items.append(
            tag(
                "li",
                words("span", grade, class_=f"rp-grade rp-grade-{grade.lower()}"),
                tag("span", foreign(citation(source, ctx.language), ctx.language)),
                words("span", " · ".join(filter(None, about)), class_="rp-below"),
                tag("span", link(url), class_="rp-below rp-url") if url else "",
                id=f"s-{number}",
            )
        )
    legend = " · ".join(f"{grade} {ctx.text(f'web.cite.grade.{grade.lower()}')}" for grade in ("A", "B", "C"))
    return words("p", legend, class_="rp-quiet rp-small") + tag("ol", *items, class_="rp-sources")


def licences(ctx: Context) -> str:
    """Return licences, credit, border notice and how to cite."""
    meta = ctx.atlas.meta
    cited = ctx.say("cite.text", title=meta[f"title_{ctx.language}"], version=meta["version"], date=meta["data_date"])
    lines = [
        (ctx.say("licence.geometry"), meta["geometry_licence"]),
        (ctx.say("licence.tables"), meta["tables_licence"]),
        (ctx.say("licence.facts"), ctx.say("licence.facts.text")),
        (ctx.say("licence.credit"), meta[f"attribution_{ctx.language}"]),
        (ctx.say("licence.borders"), meta[f"border_notice_{ctx.language}"]),
        (ctx.say("licence.code"), ctx.say("licence.code.text")),
        (ctx.say("cite"), f"{cited} {meta[f'attribution_{ctx.language}']}"),
    ]
    return tag("dl", *(words("dt", key) + words("dd", value) for key, value in lines))
