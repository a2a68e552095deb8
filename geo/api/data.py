"""Data endpoints for scripts: a measure, a place, the facts of a state, the dictionary, the data package."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geo.analysis.figures import reported
from geo.analysis.labels import measure_text
from geo.analysis.place_rows import place_rows
from geo.analysis.place_sheet import place_sheet
from geo.analysis.place_words import unknown_texts
from geo.analysis.series import charts
from geo.api.asking import JSON, Answering, Ask, RefusedError, Reply, json_reply
from geo.api.figure_rows import FACT_COLUMNS, MEASURE_COLUMNS, Row, fact_rows, measure_rows, searched, searches
from geo.api.schemas import columns_of_figures, dictionary
from geo.atlas.atlas import Atlas
from geo.atlas.selection import FILTERS, Selection
from geo.base.messages import LANGUAGES
from geo.contract.datapackage import PACKAGE, digest_of
from geo.contract.notices import notice
from geo.errors import UsageError
from geo.export.csvfile import cell_text
from geo.render.chart.picture import PICTURE_FORMATS
from geo.render.chart.words import chart_file, chart_title
from geo.render.figure.fonts import can_draw

__all__ = ["ROUTES", "about", "facts_of", "known_measure", "known_place", "measure_content", "state_of"]

CSV = "text/csv; charset=utf-8"
SCHEMA = "/data/schema.json"
_INDEX = "/data/index.json"

#: Query parameters of a state; parsed by `Selection.from_query`.
_STATE = (*FILTERS.values(), "q", "measure", "place", "lang", "basemap", "at")


def about(atlas: Atlas) -> dict[str, Any]:
    """Return the description of the data set in every answer: title, version, licence, notice, credit."""
    meta = atlas.meta
    both = ((name, language) for name in ("title", "attribution") for language in LANGUAGES)
    return {
        **{f"{name}_{language}": meta[f"{name}_{language}"] for name, language in both},
        **{f"notice_{language}": notice(meta, language) for language in LANGUAGES},
        "version": meta["version"],
        "data_date": meta["data_date"],
        "digest": atlas.digest,
        "licence": meta["tables_licence"],
        "geometry_licence": meta["geometry_licence"],
    }


def csv_reply(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Reply:
    """Return rows as CSV: UTF-8 with BOM for Excel, text cells guarded as in every export."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([cell_text(row[column]) for column in columns] for row in rows)
    headers = {"Content-Disposition": f'inline; filename="{name}.csv"'}
    return Reply(buffer.getvalue().encode("utf-8-sig"), CSV, headers=headers)


# ---------------------------------------------------------------------------------------------------------------------
# One measure


def known_measure(atlas: Atlas, measure: str) -> str:
    """Return the id of a measure, given its id or label.

    Raises
    ------
    RefusedError
        If there is no such measure.
    """
    try:
        return atlas.find_measure(measure)
    except UsageError:
        names = atlas.called["measure"]
        raise RefusedError.unknown(measure, atlas.rows("measures"), names, where=_INDEX) from None


def known_place(atlas: Atlas, place: str) -> str:
    """Return the id of a place, given its id, name, short name or alias.

    Raises
    ------
    RefusedError
        If there is no such place, or there are several.
    """
    if place not in atlas:
        raise RefusedError.unknown(place, atlas, atlas.called["place"], where=_INDEX)
    return atlas.find(place)


def measure_content(atlas: Atlas, measure_id: str) -> dict[str, Any]:
    """Return the description of a measure: its definition in both languages, unit, and how to use it."""
    measure = atlas.rows("measures")[measure_id]
    unit = atlas.rows("units")[measure["unit"]]
    return {
        **measure,
        **{f"unit_{language}": unit[f"symbol_{language}"] for language in LANGUAGES},
        **{f"text_{language}": measure_text(measure, language) for language in LANGUAGES},
    }


def _links(base: str, measure_id: str) -> dict[str, str]:
    endings = {"csv": ".csv", "json": ".json", "metadata": ".metadata.json"}
    links = {name: f"{base}/data/{measure_id}{ending}" for name, ending in endings.items()}
    links |= _pictures(f"{base}/data/{measure_id}")
    return {**links, "facts": f"{base}/data/facts.csv?measure={measure_id}", "schema": f"{base}{SCHEMA}"}


def _pictures(address: str) -> dict[str, str]:
    """Return the addresses of a chart's pictures by format; {} if pictures cannot be drawn."""
    return {one: f"{address}.{one}" for one in PICTURE_FORMATS} if can_draw() else {}


def _charts(atlas: Atlas, base: str, place_id: str) -> list[dict[str, Any]]:
    return [
        {f"title_{language}": chart_title(atlas, one, language) for language in LANGUAGES}
        | {"links": _pictures(f"{base}/{chart_file(one)}")}
        for one in (charts(atlas, place_id) if can_draw() else ())
    ]


def _sources(atlas: Atlas, rows: Iterable[Row]) -> list[dict[str, Any]]:
    used = dict.fromkeys(row["source_id"] for row in rows if row["source_id"])
    return [dict(atlas.rows("sources")[source_id]) for source_id in sorted(used)]


def measure_csv(atlas: Atlas, ask: Ask, measure: str) -> Reply:
    """Answer ``/data/<measure>.csv``."""
    ask.parameters(())
    measure = known_measure(atlas, measure)
    return csv_reply(measure, MEASURE_COLUMNS, measure_rows(atlas, measure))


def measure_json(atlas: Atlas, ask: Ask, measure: str) -> Reply:
    """Answer ``/data/<measure>.json``: the measure, its figures with sources, and searches that found nothing."""
    ask.parameters(())
    measure = known_measure(atlas, measure)
    rows = measure_rows(atlas, measure)
    known = [row for row in rows if row["value"] is not None]
    unknown = [
        {"place_id": row["place_id"], "searched": searches(atlas, row["place_id"], measure)}
        for row in rows
        if row["value"] is None
    ]
    content = {
        "about": about(atlas),
        "links": _links(ask.base, measure),
        "measure": measure_content(atlas, measure),
        "figures": known,
        "unknown": unknown,
        "sources": _sources(atlas, known),
    }
    return json_reply(content)


def measure_metadata(atlas: Atlas, ask: Ask, measure: str) -> Reply:
    """Answer ``/data/<measure>.metadata.json``: definition, columns, counts, sources."""
    ask.parameters(())
    measure = known_measure(atlas, measure)
    rows = measure_rows(atlas, measure)
    known = [row for row in rows if row["value"] is not None]
    content = {
        "about": about(atlas),
        "links": _links(ask.base, measure),
        "measure": measure_content(atlas, measure),
        "counts": {
            "places": len(rows),
            "known": len(known),
            "comparable": sum(bool(row["comparable"]) for row in rows),
            "unknown": len(rows) - len(known),
        },
        "columns": columns_of_figures(),
        "sources": _sources(atlas, known),
    }
    return json_reply(content)


# ---------------------------------------------------------------------------------------------------------------------
# One place; the facts of a state


def place_json(atlas: Atlas, ask: Ask, place: str) -> Reply:
    """Answer ``/data/places/<id>.json``: the place sheet as data."""
    ask.parameters(())
    place = known_place(atlas, place)
    sheet = place_sheet(atlas, place)
    words = {f"unknown_{language}": unknown_texts(atlas, sheet, language) for language in LANGUAGES}
    looked = [row for (place_id, _), rows in searched(atlas).items() if place_id == place for row in rows]
    return json_reply({"about": about(atlas), **place_rows(atlas, sheet), **words, "searched": looked})


def state_of(atlas: Atlas, query: Iterable[tuple[str, str]], allowed: Sequence[str] = _STATE) -> Selection:
    """Return the selection for a query.

    Raises
    ------
    RefusedError
        If the query has a parameter that is not allowed, or a value that does not exist.
    """
    given: dict[str, list[str]] = {}
    for name, value in query:
        if name not in allowed:
            raise RefusedError.of("parameter", name=name[:80], allowed=", ".join(allowed))
        given.setdefault(name, []).append(value)
    selection, problems = Selection.from_query(given, atlas.allowed, atlas.called)
    if problems:
        first = problems[0]
        raise RefusedError.of("value", name=first.name, given=first.value, allowed=", ".join(first.allowed))
    return selection


def facts_of(atlas: Atlas, ask: Ask) -> list[Row]:
    """Return the reported facts of the places that a query selects; of all places if it has no filter.

    Raises
    ------
    RefusedError
        If the query has a parameter or value that does not exist.
    """
    selection = state_of(atlas, ask.query)
    places = list(atlas.select(selection)) if selection.is_filtered() else list(atlas)
    figures = (one for place_id in places for one in reported(atlas).get(place_id, ()))
    return fact_rows(atlas, (one for one in figures if selection.measure in ("", one.measure_id)))


def facts_csv(atlas: Atlas, ask: Ask) -> Reply:
    """Answer ``/data/facts.csv?…``."""
    return csv_reply("facts", FACT_COLUMNS, facts_of(atlas, ask))


def facts_json(atlas: Atlas, ask: Ask) -> Reply:
    """Answer ``/data/facts.json?…``."""
    rows = facts_of(atlas, ask)
    return json_reply({"about": about(atlas), "facts": rows, "sources": _sources(atlas, rows)})


# ---------------------------------------------------------------------------------------------------------------------
# What there is


def index_json(atlas: Atlas, ask: Ask) -> Reply:
    """Answer ``/data/index.json``: every measure and place with its addresses, including those of pictures."""
    ask.parameters(())
    base = ask.base
    measures = [
        {"measure_id": one, "label_zh": row["label_zh"], "label_en": row["label_en"], "links": _links(base, one)}
        for one, row in atlas.rows("measures").items()
    ]
    places = [
        {name: row[name] for name in ("place_id", "kind", "name_zh", "name_en")}
        | {"link": f"{base}/data/places/{row['place_id']}.json", "charts": _charts(atlas, base, row["place_id"])}
        for row in atlas.place_rows.values()
    ]
    links = {
        "facts": f"{base}/data/facts.csv",
        "schema": f"{base}{SCHEMA}",
        "datapackage": f"{base}/{PACKAGE}",
        "features": f"{base}/ogc/",
    }
    return json_reply({"about": about(atlas), "links": links, "measures": measures, "places": places})


def schema_json(atlas: Atlas, ask: Ask) -> Reply:
    """Answer ``/data/schema.json``: the dictionary as JSON Schema."""
    ask.parameters(())
    return json_reply(dictionary(atlas, f"{ask.base}{SCHEMA}"), "application/schema+json")


def datapackage_json(atlas: Atlas, ask: Ask) -> Reply:
    """Answer ``/datapackage.json``: the published data package, with its paths below ``layers/``."""
    ask.parameters(())
    package = json.loads(json.dumps(atlas.package, default=dict))
    for resource in package["resources"]:
        resource["path"] = f"layers/{resource['path']}"
    package["hash"] = digest_of(package)
    return json_reply(package, JSON)


#: Path → function that answers it; ``<name>`` matches one path segment.
ROUTES: dict[str, Answering] = {
    f"/{PACKAGE}": datapackage_json,
    _INDEX: index_json,
    SCHEMA: schema_json,
    "/data/facts.csv": facts_csv,
    "/data/facts.json": facts_json,
    "/data/places/<place>.json": place_json,
    "/data/<measure>.metadata.json": measure_metadata,
    "/data/<measure>.json": measure_json,
    "/data/<measure>.csv": measure_csv,
}
