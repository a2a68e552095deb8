"""The sections of a report on the whole selection: summary, tables, sources, method, licences."""

from __future__ import annotations

from geo.analysis.compare import Cell, Ranking, longest, rankings
from geo.analysis.filter_words import shown_words
from geo.analysis.firms import NEAR, Firm, firms, on_lists
from geo.analysis.place_words import districts_text, location_text
from geo.analysis.values import (
    accuracy_text,
    cell,
    citation,
    date_text,
    reading_text,
    scope_text,
    when_text,
    why_text,
)
from geo.contract.notices import notice
from geo.render.markup import Markup, foreign, join, link_out, tag
from geo.render.report.context import Context
from geo.render.report.places import areas

__all__ = [
    "definitions",
    "documents",
    "institutions",
    "licences",
    "method",
    "overview",
    "ranked",
    "ranking",
    "shown",
    "source_item",
    "sources",
]

_METHODS = ("official_bounds", "digitised", "schematic")


def shown(ctx: Context) -> Markup:
    """Return the summary: the filters in words, and the numbers of places, boundaries, institutions and figures."""
    places, institutions, facts = ctx.view.places, ctx.view.institutions, ctx.view.facts
    kinds = places["kind"].value_counts().to_dict()
    methods = places["method"].value_counts().to_dict()
    by_kind = [
        tag("span", f"{ctx.local(row, 'name')} {kinds[kind]}", class_="rp-chip rp-kind", style=f"--c:{row['colour']}")
        for kind, row in ctx.rows("kinds").items()
        if kind in kinds
    ]
    how = [
        tag("li", tag("i", class_=f"rp-swatch {method}"), tag("span", ctx.text(f"web.how.{short}", count=count)))
        for method, short in zip(_METHODS, ("official", "digitised", "schematic"), strict=True)
        if (count := methods.get(method))
    ]
    placed = int(institutions.geometry.notna().sum())
    counted = ctx.say("count.facts.value", count=len(facts), sources=facts["source_id"].nunique())
    left = shown_words(ctx.atlas, ctx.view.selection, ctx.language)
    left.append(
        (ctx.text("map.legend.institutions"), ctx.say("count.institutions", count=len(institutions), placed=placed))
    )
    left.append((ctx.say("count.facts"), counted))
    right = [
        (ctx.say("count.places"), tag("b", str(len(places))) + tag("p", *by_kind, class_="rp-chips")),
        (ctx.say("count.boundaries"), tag("ul", *how)),
    ]
    return join(tag("dl", *(tag("dt", key) + tag("dd", value) for key, value in side)) for side in (left, right))


def overview(ctx: Context) -> Markup:
    """Return the table of all places shown."""
    columns = [
        ctx.text(f"web.table.{name}")
        for name in ("name", "kind", "clusters", "districts", "area", "area_official", "method")
    ]
    rows = []
    for number, place_id in enumerate(ctx.view.places.index, 1):
        sheet = ctx.sheet(str(place_id))
        drawn, official = areas(ctx, sheet)
        clusters = {one.cluster["cluster_id"]: one.cluster for one in sheet.clusters}.values()
        dots = [tag("span", ctx.local(row, "name"), class_="rp-dot", style=f"--c:{row['colour']}") for row in clusters]
        status = ctx.text(f"web.status.{sheet.row['status']}")
        since = " · ".join(filter(None, [cell(sheet.row, "since_edition"), status]))
        method = ctx.text(f"web.method.short.{sheet.boundary.method}")
        contents = [
            tag("a", tag("bdi", ctx.local(sheet.row, "name")), href=ctx.href("place", place_id), class_="rp-strong")
            + tag("bdi", cell(sheet.row, f"name_{ctx.other}"), class_="rp-other"),
            tag("span", ctx.local(sheet.kind, "name"), class_="rp-kind", style=f"--c:{sheet.kind['colour']}")
            + tag("span", since, class_="rp-below"),
            tag("div", *dots, class_="rp-lines") if dots else "",
            districts_text(ctx.atlas, sheet, ctx.language),
            drawn,
            official,
            tag("span", method)
            + tag("span", accuracy_text(sheet.boundary.accuracy_m, ctx.language), class_="rp-below"),
        ]
        cells = ctx.cells(columns, contents)
        rows.append(tag("tr", tag("th", str(number), scope="row"), *cells))
    return ctx.table(["", *columns], rows, class_="rp-overview rp-stack")


def documents(ctx: Context) -> Markup:
    """Return the documents that first named the places shown."""
    places = ctx.view.places
    counts = places["since_edition"].value_counts().to_dict()
    columns = [ctx.say("document.month"), ctx.say("document"), ctx.say("document.places")]
    rows = []
    for edition_id in ctx.atlas.allowed["edition"]:
        if edition_id not in counts:
            continue
        edition = ctx.rows("editions")[edition_id]
        note = ctx.local(edition, "note")
        names = [ctx.place_link(key) for key in places.index if places.at[key, "since_edition"] == edition_id]
        rows.append(
            tag(
                "tr",
                tag("th", edition["month"], scope="row"),
                *ctx.cells(
                    columns[1:],
                    [
                        tag("span", ctx.local(edition, "title"), class_="rp-strong")
                        + ctx.cite(edition["source_id"])
                        + (tag("span", note, class_="rp-below") if note else ""),
                        ctx.listed(names),
                    ],
                ),
            )
        )
    return ctx.table(columns, rows, class_="rp-documents rp-stack") if rows else Markup()


def ranking(ctx: Context) -> Markup:
    """Return the ranking by the measure in focus, level by level, by the rule of `geo.analysis.compare`.

    Figures that are not comparable follow without a position; places without a figure are listed separately.
    """
    measure_id = ctx.view.selection.measure
    measure = ctx.rows("measures")[measure_id]
    ctx.measures_shown.add(measure_id)
    about = " · ".join(filter(None, [ctx.local(measure, "definition"), ctx.local(measure, "caveat")]))
    return join([tag("p", about, class_="rp-quiet"), *(ranked(ctx, found) for found in rankings(ctx.view))])


def ranked(ctx: Context, found: Ranking) -> Markup:
    """Return the ranking at one level: comparable figures in order, the others, and places without a figure."""
    names = ("position", "place", "", "value", "meta")
    columns = [ctx.text(f"rank.column.{name}") if name else "" for name in names]
    largest = longest(ctx.atlas, found) or 0.0
    clear = [_ranked_row(ctx, one, found, largest) for one in found.cells if one.comparable]
    apart = [_ranked_row(ctx, one, found, largest) for one in found.cells if not one.comparable]
    parts = []
    if apart:
        title = tag("th", ctx.text("rank.marked", count=len(apart)), scope="rowgroup", colspan=str(len(columns)))
        apart = [tag("tr", title, class_="rp-apart"), *apart]
    if clear or apart:
        parts.append(ctx.table(columns, [*clear, *apart], class_="rp-ranking"))
    if found.missing:
        title = tag("span", ctx.text("rank.missing", count=len(found.missing)), class_="rp-key")
        parts.append(tag("p", title, ctx.listed(map(ctx.unlisted, found.missing)), class_="rp-small"))
    return join(parts)


def _ranked_row(ctx: Context, one: Cell, found: Ranking, largest: float) -> Markup:
    shown = one.figure
    assert shown is not None, "a ranking lists figures; places without one are `missing`"
    drawn: str = ""
    if one.comparable and largest > 0:
        drawn = tag("i", class_="rp-bar", style=f"--w:{100 * max(0.0, shown.value) / largest:.1f}%")
    why = why_text(ctx.atlas, one.reasons, ctx.language)
    meta: list[str] = [when_text(shown, ctx.language)]
    if not shown.is_computed:
        meta = [f"{meta[0]} · {scope_text(ctx.atlas, shown.scope, ctx.language)}", ctx.cite(shown.source_id)]
    if shown.conflict:
        meta.append(tag("span", ctx.text("value.conflict"), class_="rp-conflict"))
    return tag(
        "tr",
        tag("td", str(found.positions.get(one.place_id, "–"))),
        tag("th", ctx.place_link(one.place_id), tag("span", why, class_="rp-below") if why else "", scope="row"),
        tag("td", drawn, aria_hidden="true"),
        tag("td", ctx.figure_link(shown), class_="rp-strong" if one.comparable else "rp-quiet"),
        tag("td", *meta),
    )


def institutions(ctx: Context) -> Markup:
    """Return the institutions shown: position and its accuracy, date, source."""
    columns = [ctx.say(f"institution.{name}") for name in ("name", "kind", "place", "address", "note")]
    rows = []
    known = {one.institution_id: one for one in firms(ctx.atlas)}
    for row in ctx.institutions:
        one = known[row["institution_id"]]
        kind, status = ctx.text(f"map.institution.{row['kind']}"), ctx.text(f"institution.status.{row['status']}")
        filed = [ctx.text(f"firms.on.{name}", count=count) for name, count in on_lists(one).items()]
        remarks = " · ".join([date_text(row["as_of"], ctx.language), *filed, *filter(None, [ctx.local(row, "note")])])
        contents = [
            tag("span", tag("bdi", ctx.local(row, "name"), class_="rp-strong"), ctx.cite(row["source_id"]))
            + tag("bdi", cell(row, f"name_{ctx.other}"), class_="rp-other"),
            tag("span", kind) + tag("span", status, class_="rp-below"),
            tag("span", ctx.listed(_where(ctx, one))),
            tag("span", cell(row, "address") or ctx.text("unknown"))
            + tag("span", location_text(row, ctx.language), class_="rp-below"),
            tag("span", remarks, class_="rp-quiet"),
        ]
        cells = ctx.cells(columns, contents)
        rows.append(tag("tr", *cells, id=f"n-{row['institution_id']}"))
    return ctx.table(columns, rows, class_="rp-institutions rp-stack") if rows else Markup()


def _where(ctx: Context, one: Firm) -> list[Markup]:
    """Return the places and districts of an institution; those it may lie outside of are marked."""
    return [
        ctx.place_link(place) + (ctx.text("firms.near") if by == NEAR else "")
        for place, by in one.belongs.items()
        if by != "within"
    ]


def definitions(ctx: Context) -> Markup:
    """Return the definition, unit and caveat of every measure shown; call it after the sections that show measures."""
    columns = [ctx.say(f"column.{name}") for name in ("measure", "unit", "definition", "caveat")]
    rows = []
    for measure_id, measure in ctx.rows("measures").items():
        if measure_id not in ctx.measures_shown:
            continue
        unit = ctx.local(ctx.rows("units")[measure["unit"]], "symbol")
        origin = tag("span", ctx.say(f"origin.{measure['origin']}"), class_="rp-below")
        meaning = tag("span", ctx.local(measure, "definition")) + origin
        rows.append(
            tag(
                "tr",
                tag(
                    "th",
                    tag("span", ctx.local(measure, "label")),
                    tag("code", measure_id, class_="rp-below"),
                    scope="row",
                ),
                *ctx.cells(columns[1:], [unit, meaning, ctx.local(measure, "caveat")]),
                id=f"m-{measure_id}",
            )
        )
    return ctx.table(columns, rows, class_="rp-definitions rp-stack")


def method(ctx: Context) -> Markup:
    """Return how the map was made and its limits, with the accuracy of the basemap layers."""
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
        tag("li", tag("b", ctx.say(f"method.{name}.title")), tag("span", ctx.say(f"method.{name}"))) for name in rules
    ]
    columns = [ctx.say("basemap.layer"), ctx.text("web.panel.boundary.accuracy"), ctx.say("column.note")]
    rows = [
        tag(
            "tr",
            tag("th", tag("span", ctx.local(row, "name")), ctx.cite(row["source_id"]), scope="row"),
            *ctx.cells(columns[1:], [accuracy_text(row["accuracy_m"], ctx.language), ctx.local(row, "note")]),
        )
        for row in ctx.records("basemap")
    ]
    table = tag("h3", ctx.say("basemap")) + ctx.table(columns, rows, class_="rp-basemap rp-stack") if rows else Markup()
    return tag("ul", *lines, class_="rp-method") + table


def sources(ctx: Context) -> Markup:
    """Return the numbered list of every source cited so far; call it last."""
    items = [source_item(ctx, source_id, f"s-{number}") for source_id, number in ctx.citations.items()]
    legend = " · ".join(f"{grade} {ctx.text(f'web.cite.grade.{grade.lower()}')}" for grade in ("A", "B", "C"))
    return tag("p", legend, class_="rp-quiet rp-small") + tag("ol", *items, class_="rp-sources")


def source_item(ctx: Context, source_id: str, id_: str) -> Markup:
    """Return the list item of a source: grade, citation, description, address, where and when it was read."""
    source = ctx.rows("sources")[source_id]
    grade = cell(source, "grade")
    about = [ctx.say(f"source.kind.{source['kind']}")]
    if (licence := cell(source, "licence")) and licence != "facts-only":
        about.append(licence)
    about.append(ctx.local(source, "note"))
    url, read = cell(source, "url"), reading_text(source, ctx.language)
    return tag(
        "li",
        tag("span", grade, class_=f"rp-grade rp-grade-{grade.lower()}"),
        tag("span", foreign(citation(source, ctx.language), ctx.language)),
        tag("span", " · ".join(filter(None, about)), class_="rp-below"),
        tag("span", link_out(url), class_="rp-below") if url else "",
        tag("span", read, class_="rp-below") if read else "",
        id=id_,
    )


def licences(ctx: Context) -> Markup:
    """Return licences, credit, border notice and how to cite."""
    meta = ctx.atlas.meta
    cited = ctx.say("cite.text", title=meta[f"title_{ctx.language}"], version=meta["version"], date=meta["data_date"])
    lines = [
        (ctx.say("licence.geometry"), meta["geometry_licence"]),
        (ctx.say("licence.tables"), meta["tables_licence"]),
        (ctx.say("licence.facts"), ctx.say("licence.facts.text")),
        (ctx.say("licence.credit"), meta[f"attribution_{ctx.language}"]),
        (ctx.say("licence.borders"), notice(meta, ctx.language)),
        (ctx.say("licence.code"), ctx.say("licence.code.text")),
        (ctx.say("cite"), f"{cited} {meta[f'attribution_{ctx.language}']}"),
    ]
    return tag("dl", *(tag("dt", key) + tag("dd", value) for key, value in lines))
