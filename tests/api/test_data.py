"""The data endpoints: what they give is what the published tables say, each number with all that belongs to it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from geo.analysis.place_rows import place_rows
from geo.analysis.place_sheet import place_sheet
from geo.api.asking import Ask, Reply
from geo.api.data import about
from geo.api.door import answer
from geo.api.figure_rows import FACT_COLUMNS, MEASURE_COLUMNS
from geo.atlas.atlas import Atlas
from geo.contract.datapackage import digest_of

BASE = "https://map.example/city"


def ask(atlas: Atlas, address: str) -> Reply:
    path, _, query = address.partition("?")
    pairs = tuple(tuple(part.split("=", 1)) for part in query.split("&") if part)
    return answer(atlas, Ask(path, pairs, "", BASE))  # type: ignore[arg-type]


def content(atlas: Atlas, address: str) -> Any:
    reply = ask(atlas, address)
    assert reply.status == 200, reply.body.decode()
    return json.loads(reply.body)


def rows_of(reply: Reply) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"), newline="")))


def published(atlas: Atlas, table: str) -> list[dict[str, str]]:
    with (Path(atlas.folder) / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_measure_is_its_headline_facts_with_their_sources(atlas: Atlas) -> None:
    """Counted from the published file: value, date, scope, quote, and the grade of the source."""
    grades = {row["source_id"]: row["grade"] for row in published(atlas, "sources")}
    heads = {
        row["place_id"]: row
        for row in published(atlas, "facts")
        if row["measure_id"] == "ai_firms" and row["headline"] == "true"
    }
    reply = ask(atlas, "/data/ai_firms.csv")
    assert reply.body.startswith(b"\xef\xbb\xbf")
    rows = rows_of(reply)
    assert tuple(rows[0]) == MEASURE_COLUMNS
    known = {row["place_id"]: row for row in rows if row["value"]}
    assert known.keys() == heads.keys()
    for place_id, row in known.items():
        for name in ("value", "qualifier", "as_of", "scope", "source_id", "quote"):
            assert row[name].lstrip("'") == heads[place_id][name].lstrip("'"), (place_id, name)
        assert row["grade"] == grades[row["source_id"]]
        assert all(row[name] for name in ("source_zh", "source_en", "figure_zh", "figure_en"))


def test_what_is_unknown_is_a_row_without_a_value(atlas: Atlas) -> None:
    """Never zero; the word for it stands where the words of a figure stand, and what was looked for is told."""
    rows = rows_of(ask(atlas, "/data/ai_firms.csv"))
    unknown = [row for row in rows if not row["value"]]
    assert unknown
    assert {(row["figure_zh"], row["figure_en"]) for row in unknown} == {("不详", "unknown")}
    assert all(row["rank"] == "" and row["comparable"] == "false" for row in unknown)
    searched = {row["place_id"] for row in published(atlas, "searched") if row["topic"] == "ai_firms"}
    told = {row["place_id"] for row in rows if row["searched_on"]}
    assert searched & {row["place_id"] for row in unknown} <= told
    found = {one["place_id"]: one["searched"] for one in content(atlas, "/data/ai_firms.json")["unknown"]}
    assert {place_id for place_id, rows_ in found.items() if rows_} == told


def test_ranks_count_only_what_may_be_compared(atlas: Atlas) -> None:
    rows = rows_of(ask(atlas, "/data/area_km2.csv"))
    for level in {row["level"] for row in rows}:
        own = [row for row in rows if row["level"] == level]
        ranked = [row for row in own if row["rank"]]
        assert all(row["comparable"] == "true" and not row["reasons"] for row in ranked)
        values = [float(row["value"]) for row in ranked]
        assert values == sorted(values, reverse=True)
        assert [int(row["rank"]) for row in ranked] == [1 + sum(v > value for v in values) for value in values]
        assert all(row["why_zh"] and row["why_en"] for row in own if row["value"] and not row["rank"])


def test_facts_are_those_of_the_state(atlas: Atlas) -> None:
    """The query of a page gives the facts of the places it shows; without a filter all; with a measure only its own."""
    every = published(atlas, "facts")
    rows = rows_of(ask(atlas, "/data/facts.csv"))
    assert tuple(rows[0]) == FACT_COLUMNS
    assert len(rows) == len(every)
    towns = {row["place_id"] for row in published(atlas, "places") if row["kind"] == "town"}
    assert {row["place_id"] for row in rows_of(ask(atlas, "/data/facts.csv?kind=town&lang=en"))} == towns & {
        row["place_id"] for row in every
    }
    firms = [row for row in every if row["measure_id"] == "ai_firms"]
    assert len(content(atlas, "/data/facts.json?measure=ai_firms")["facts"]) == len(firms)


def test_a_place_is_its_sheet(atlas: Atlas) -> None:
    found = content(atlas, "/data/places/zhangjiang.json")
    expected = json.loads(json.dumps(place_rows(atlas, place_sheet(atlas, "zhangjiang")), default=dict))
    assert {name: found[name] for name in expected} == expected
    assert found["about"]["version"] == atlas.meta["version"]
    assert all(fact["source_title"] and fact["source_grade"] and fact["as_of"] for fact in found["facts"])


@pytest.mark.parametrize(
    ("address", "status", "named"),
    [
        ("/data/ai_frms.csv", 404, "ai_firms"),
        ("/data/places/zhangjian.json", 404, "zhangjiang"),
        ("/data/places/../index.json", 404, ""),
        ("/data/ai_firms.xml", 404, ""),
        ("/data/nothing", 404, "/data/index.json"),
        ("/data/ai_firms.csv?format=x", 400, "format"),
        ("/data/facts.csv?kind=blt", 400, "belt"),
        ("/data/facts.csv?knd=belt", 400, "kind"),
        ("/data/facts.csv?measure=nothing", 400, "ai_firms"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(atlas: Atlas, address: str, status: int, named: str) -> None:
    reply = ask(atlas, address)
    assert (reply.status, reply.media_type) == (status, "application/json")
    said = json.loads(reply.body)
    assert set(said) == {"code", "description", "description_zh"}
    assert named in said["description"]
    assert any("一" <= letter <= "鿿" for letter in said["description_zh"])


@pytest.mark.parametrize(
    ("named", "by_id"),
    [
        ("/data/图上面积.csv", "/data/area_km2.csv"),
        ("/data/Drawn area.json", "/data/area_km2.json"),
        ("/data/图上面积.metadata.json", "/data/area_km2.metadata.json"),
        ("/data/places/张江.json", "/data/places/zhangjiang.json"),
        (
            "/data/facts.csv?measure=AI 核心企业数&district=浦东新区",
            "/data/facts.csv?measure=ai_core_firms&district=pudong",
        ),
    ],
)
def test_measures_and_places_may_be_named(atlas: Atlas, named: str, by_id: str) -> None:
    assert ask(atlas, by_id).status == 200
    assert ask(atlas, named) == ask(atlas, by_id)


def test_everything_is_as_the_schema_says(atlas: Atlas) -> None:
    """Every row of the published tables, and every figure of every measure, against the JSON Schema that is served."""
    schema = content(atlas, "/data/schema.json")
    Draft202012Validator.check_schema(schema)

    def check(name: str, rows: list[dict[str, Any]]) -> None:
        validator = Draft202012Validator({**schema, "$ref": f"#/$defs/{name}"})
        assert [error.message for row in rows for error in validator.iter_errors(row)] == [], name

    for measure in atlas.rows("measures"):
        check("figure", content(atlas, f"/data/{measure}.json")["figures"])
    check("fact", content(atlas, "/data/facts.json")["facts"])
    for table in ("sources", "measures", "editions"):
        check(table, [dict(row) for row in atlas.rows(table).values()])
    with pytest.raises(jsonschema.ValidationError, match="is not of type 'number'"):
        Draft202012Validator({**schema, "$ref": "#/$defs/fact"}).validate(
            {**content(atlas, "/data/facts.json")["facts"][0], "value": "many"}
        )


def test_metadata_says_how_to_read_it(atlas: Atlas) -> None:
    found = content(atlas, "/data/ai_firms.metadata.json")
    rows = rows_of(ask(atlas, "/data/ai_firms.csv"))
    assert set(found["columns"]) == set(rows[0])
    assert found["counts"] == {
        "places": len(rows),
        "known": sum(bool(row["value"]) for row in rows),
        "comparable": sum(row["comparable"] == "true" for row in rows),
        "unknown": sum(not row["value"] for row in rows),
    }
    assert {row["source_id"] for row in found["sources"]} == {row["source_id"] for row in rows if row["value"]}
    assert found["links"]["csv"] == f"{BASE}/data/ai_firms.csv"


def test_every_link_of_the_index_is_answered(atlas: Atlas) -> None:
    found = content(atlas, "/data/index.json")
    plain = ("csv", "json", "metadata", "facts", "schema")  # to draw them takes long: a picture of each kind is below
    links = [one["links"][name] for one in found["measures"][:5] for name in plain]
    assert set(found["measures"][0]["links"]) == {*plain, "svg", "png"}
    links += [one["link"] for one in found["places"]]
    drawn = {one["place_id"]: [chart["links"]["svg"] for chart in one["charts"]] for one in found["places"]}
    assert drawn["district_310115"][0].startswith(f"{BASE}/data/charts/district_310115/")
    assert f"{BASE}/data/charts/district_310115/firms-firms.svg" in drawn["district_310115"]
    links += [drawn["district_310115"][0], found["measures"][0]["links"]["svg"]]
    links += [link for name, link in found["links"].items() if name != "features"]
    for link in links:
        assert ask(atlas, link.removeprefix(BASE)).status == 200, link
    assert {one["measure_id"] for one in found["measures"]} == set(atlas.rows("measures"))


def test_the_data_package_leads_to_the_files(atlas: Atlas) -> None:
    package = content(atlas, "/datapackage.json")
    assert package["hash"] == digest_of(package)
    for resource in package["resources"]:
        assert (Path(atlas.folder).parent / resource["path"]).stat().st_size == resource["bytes"]


def test_another_city_is_served_without_code(tiny: Atlas) -> None:
    assert content(tiny, "/data/index.json")["about"]["title_en"] == "Tiny city"
    for measure in tiny.rows("measures"):
        rows = rows_of(ask(tiny, f"/data/{measure}.csv"))
        assert len(rows) == content(tiny, f"/data/{measure}.metadata.json")["counts"]["places"]


def test_pandas_reads_it(atlas: Atlas) -> None:
    frame = pd.read_csv(io.BytesIO(ask(atlas, "/data/ai_firms.csv").body))
    assert frame.columns[0] == "level"
    assert frame["value"].dtype == "float64"


def test_every_answer_says_whose_it_is(atlas: Atlas) -> None:
    said = about(atlas)
    assert all(said[name] for name in ("notice_zh", "notice_en", "attribution_zh", "attribution_en", "licence"))
    assert said["digest"] == atlas.digest
