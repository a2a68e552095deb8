"""CQL2 over the features: each operator against the same question in Python; unknown is neither true nor false."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service import Service
from shapely.geometry import Point, box, shape

from geo.api.ogc.filters import DEEPEST, LONGEST
from geo.atlas.atlas import Atlas


@pytest.fixture(scope="module")
def ogc(atlas: Atlas) -> Service:
    return Service(atlas)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("kind = 'node'", lambda p: p["kind"] == "node"),
        ("kind <> 'node'", lambda p: p["kind"] != "node"),
        ("area_km2 > 5", lambda p: p["area_km2"] is not None and p["area_km2"] > 5),
        ("NOT (area_km2 > 5)", lambda p: p["area_km2"] is not None and p["area_km2"] <= 5),
        ("area_km2 IS NULL", lambda p: p["area_km2"] is None),
        ("area_km2 IS NOT NULL", lambda p: p["area_km2"] is not None),
        ("area_km2 BETWEEN 1 AND 5", lambda p: p["area_km2"] is not None and 1 <= p["area_km2"] <= 5),
        ("area_km2 NOT BETWEEN 1 AND 5", lambda p: p["area_km2"] is not None and not 1 <= p["area_km2"] <= 5),
        ("kind IN ('node','town')", lambda p: p["kind"] in ("node", "town")),
        ("kind NOT IN ('node','town')", lambda p: p["kind"] not in ("node", "town")),
        ("name_zh LIKE '张江%'", lambda p: p["name_zh"].startswith("张江")),
        ("name_zh LIKE '%人工智能%岛'", lambda p: "人工智能" in p["name_zh"] and p["name_zh"].endswith("岛")),
        ("name_zh LIKE '__'", lambda p: len(p["name_zh"]) == 2),
        ("CASEI(name_en) LIKE CASEI('%AI%')", lambda p: "ai" in p["name_en"].lower()),
        ("CASEI(name_en) = CASEI('zhangjiang ai island')", lambda p: p["name_en"].lower() == "zhangjiang ai island"),
        ("area_km2 = area_official_km2 OR kind = 'town'",
         lambda p: p["kind"] == "town" or (p["area_km2"] is not None and p["area_km2"] == p["area_official_km2"])),
        ("area_km2 IS NULL OR area_km2 > 5", lambda p: p["area_km2"] is None or p["area_km2"] > 5),
        ("area_km2 > 5 AND (area_km2 < 9 OR kind = 'city')",
         lambda p: p["area_km2"] is not None and p["area_km2"] > 5 and (p["area_km2"] < 9 or p["kind"] == "city")),
        ("area_km2 * 2 + 1 > perimeter_km - 3",
         lambda p: p["area_km2"] is not None and p["area_km2"] * 2 + 1 > p["perimeter_km"] - 3),
        ("perimeter_km ^ 2 / area_km2 < 20",
         lambda p: p["area_km2"] is not None and p["perimeter_km"] ** 2 / p["area_km2"] < 20),
        ("area_km2 div 2 = 3", lambda p: p["area_km2"] is not None and p["area_km2"] // 2 == 3),
        ("stations_1km % 2 = 1", lambda p: p["stations_1km"] is not None and math.fmod(p["stations_1km"], 2) == 1),
        ("area_km2 / 0 > 1", lambda p: False),
        ("true", lambda p: True),
        ("false", lambda p: False),
    ],
)  # fmt: skip
def test_each_operator_finds_what_python_finds(ogc: Service, text: str, holds: Callable[[Any], bool]) -> None:
    features = ogc.features("places")
    assert ogc.found("places", filter=text) == {one["id"] for one in features if holds(one["properties"])}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("S_INTERSECTS(geometry,POINT(121.6 31.2))", lambda s: s.intersects(Point(121.6, 31.2))),
        ("S_INTERSECTS(geometry,BBOX(121.4,31.1,121.6,31.3))", lambda s: s.intersects(box(121.4, 31.1, 121.6, 31.3))),
        ("S_DISJOINT(geometry,BBOX(121.4,31.1,121.6,31.3))", lambda s: s.disjoint(box(121.4, 31.1, 121.6, 31.3))),
        ("S_WITHIN(geometry,BBOX(121.4,31.1,121.6,31.3))", lambda s: s.within(box(121.4, 31.1, 121.6, 31.3))),
        ("S_CONTAINS(geometry,POINT(121.6 31.2))", lambda s: s.contains(Point(121.6, 31.2))),
        ("S_OVERLAPS(geometry,POLYGON((121.4 31.1,121.6 31.1,121.6 31.3,121.4 31.3,121.4 31.1)))",
         lambda s: s.overlaps(box(121.4, 31.1, 121.6, 31.3))),
        ("NOT S_INTERSECTS(geometry,POINT(121.6 31.2))", lambda s: not s.intersects(Point(121.6, 31.2))),
    ],
)  # fmt: skip
def test_each_spatial_operator_finds_what_shapely_finds(ogc: Service, text: str, holds: Callable[[Any], bool]) -> None:
    for name in ("places", "institutions"):
        features = ogc.features(name)
        # Of what has no geometry nothing is known: it is in no answer, nor in that of the negation.
        expected = {one["id"] for one in features if one["geometry"] and holds(shape(one["geometry"]))}
        assert ogc.found(name, filter=text) == expected


def test_text_and_json_are_one_language(ogc: Service) -> None:
    tree = {
        "op": "and",
        "args": [
            {"op": "=", "args": [{"property": "kind"}, "node"]},
            {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [121.4, 31.1, 121.6, 31.3]}]},
        ],
    }
    text = "kind = 'node' AND S_INTERSECTS(geometry, BBOX(121.4,31.1,121.6,31.3))"
    assert ogc.found("places", filter=json.dumps(tree), filter_lang="cql2-json") == ogc.found("places", filter=text)


@pytest.mark.parametrize(
    "text",
    [
        "area_km2 > 'x'", "kind = 1", "kind", "1", "'x'", "area_km2 + 1", "area_km2 AND true", "NOT kind",
        "geometry = geometry", "avg(area_km2) = 1", "kind LIKE name_zh", "S_INTERSECTS(kind, POINT(1 1))",
        "S_INTERSECTS(geometry, POLYGON((0 0,1 1,1 0,0 1,0 0)))", "S_INTERSECTS(geometry, POINT(181 0))",
        "A_CONTAINS(clusters, ('a'))", "T_AFTER(since_edition, DATE('2019-01-01'))", "kind = ", "", "(", "a" * 5000,
        "DROP TABLE places", "kind = 'node'; true", "CASEI(area_km2) = 'x'", "kind IN (1, 'a')",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(ogc: Service, text: str) -> None:
    reply = ogc.get("/collections/places/items", filter=text)
    assert reply.status == 400, reply.body
    said = json.loads(reply.body)
    assert said["code"] == "InvalidParameterValue"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1900 + "true" + ")" * 1900,
        "NOT " * 990 + "true",
        "((((true = true) = true) = true) = " * 90,
        "kind LIKE '" + "%_" * 1500 + "x'",
        "name_zh LIKE '" + "%a" * 1500 + "'",
        "CASEI(" * 500 + "kind" + ")" * 500 + " = 'x'",
        "area_km2 = " + "2^" * 800 + "2",
        "area_km2 = " + "-" * 1000 + "1",
        "kind = 'x' OR " * 250 + "kind = 'y'",
        "S_INTERSECTS(geometry, MULTIPOINT(" + ",".join(["1 1"] * 900) + "))",
        "(" * DEEPEST,
        "(" * 3990,
        "area_km2 IN (" * DEEPEST,
        "'" * 3999,
    ],
)
def test_what_is_made_to_hurt_is_answered(ogc: Service, text: str) -> None:
    """Neither stack, time nor the parser's own panic: an answer, or a refusal."""
    assert len(text) <= LONGEST
    assert ogc.status("/collections/places/items", filter=text) in (200, 400)


def test_brackets_in_quotes_are_letters(ogc: Service) -> None:
    assert ogc.found("places", filter=f"name_en = '{'(' * 100}' OR kind = 'town'") == ogc.found("town")
    nested = "(" * (DEEPEST - 1) + "kind = 'town'" + ")" * (DEEPEST - 1)
    assert ogc.found("places", filter=nested) == ogc.found("town")
    assert ogc.status("/collections/places/items", filter=f"(({nested}))") == 400


@settings(max_examples=150)
@given(st.text(max_size=60) | st.text(alphabet="()=<>'\"%_ andortkis01.,-NULL", max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    service = Service(Atlas.load())
    for language in ("cql2-text", "cql2-json"):
        assert service.status("/collections/town/items", filter=text, filter_lang=language) in (200, 400)
