"""The abstract tests of OGC API – Features, Parts 1, 2, 3 and 5, one by one: each is named after its id.

They ask every collection of the published data. What needs HTTP itself (HEAD, headers of every answer) is in
``tests/web/server/test_doors.py``; what clients make of it in ``test_clients.py``.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import numpy as np
import pyproj
import pytest
import shapely
from jsonschema import Draft202012Validator
from service import BASE, CRS84, ROOT, Service
from shapely.geometry import box, shape
from thorough import sample

from geo.api.ogc.openapi import OPENAPI
from geo.api.ogc.parameters import MOST
from geo.atlas.atlas import Atlas
from geo.contract.periods import Period

REL = "http://www.opengis.net/def/rel/ogc/1.0/"


@pytest.fixture(scope="module")
def ogc(atlas: Atlas) -> Service:
    return Service(atlas)


def links(document: dict[str, Any], rel: str) -> list[dict[str, str]]:
    return [one for one in document["links"] if one["rel"] == rel]


def spatial(ogc: Service) -> list[dict[str, Any]]:
    return [one for one in ogc.json("/collections")["collections"] if "spatial" in one["extent"]]


@cache
def from_crs84(uri: str) -> pyproj.Transformer:
    """The axes as the authority has them."""
    return pyproj.Transformer.from_crs("OGC:CRS84", authority(uri))


def some_properties(ogc: Service, name: str) -> list[tuple[str, dict[str, Any]]]:
    """Return properties of a collection that can be asked for, every type among them, and what is said of each."""
    properties = ogc.json(f"/collections/{name}/queryables")["properties"]
    return sample(properties.items(), 8, kind=lambda one: (str(one[1].get("type")), "enum" in one[1]))


def flipped(geometry: Any) -> Any:
    return shapely.transform(geometry, lambda points: points[:, ::-1])


# --- Part 1: core ---------------------------------------------------------------------------------------------------


def test_core_root_op_and_success(ogc: Service) -> None:
    for path in ("", "/"):
        root = ogc.json(path)
        assert [links(root, rel) != [] for rel in ("service-desc", "service-doc", "conformance", "data")] == [True] * 4


def test_core_api_definition_op_and_success(ogc: Service) -> None:
    (desc,) = links(ogc.json("/"), "service-desc")
    reply = ogc.get(desc["href"])
    assert (reply.status, reply.media_type, desc["type"]) == (200, OPENAPI, OPENAPI)
    definition = json.loads(reply.body)
    assert definition["openapi"].startswith("3.0.")
    assert {"title", "version"} <= definition["info"].keys()
    assert definition["servers"] == [{"url": ROOT}]


def test_core_conformance_op_and_success(ogc: Service) -> None:
    (declared,) = links(ogc.json("/"), "conformance")
    for where in (declared["href"], "/conformance"):
        classes = ogc.json(where)["conformsTo"]
        assert len(classes) == len(set(classes))
        for part, names in {
            "ogcapi-features-1": ("core", "geojson", "html", "oas30"),
            "ogcapi-features-2": ("crs",),
            "ogcapi-features-3": ("queryables", "queryables-query-parameters", "filter", "features-filter"),
            "cql2": ("cql2-text", "cql2-json", "basic-cql2", "basic-spatial-functions"),
            "ogcapi-features-5": ("schemas", "returnables-and-receivables", "queryables"),
        }.items():
            for name in names:
                assert f"http://www.opengis.net/spec/{part}/1.0/conf/{name}" in classes


def test_core_fc_md_op_and_success_links_and_items(ogc: Service) -> None:
    document = ogc.json("/collections")
    assert {one["rel"] for one in document["links"]} >= {"self", "alternate"}
    assert all({"href", "rel", "type"} <= one.keys() for one in document["links"])
    kinds = set(ogc.atlas.rows("kinds"))
    assert {*kinds, "places", "institutions", "townships", "facts"} == set(ogc.ids)
    for one in document["collections"]:
        assert {item["type"] for item in links(one, "items")} == {"application/geo+json", "text/html"}
        assert all({"href", "rel", "type"} <= item.keys() for item in one["links"])


def test_core_fc_md_extent(ogc: Service) -> None:
    """The extent holds all geometries and all dates of the collection."""
    for one in ogc.json("/collections")["collections"]:
        features = ogc.features(one["id"])
        shapes = [shape(feature["geometry"]) for feature in features if feature["geometry"]]
        if shapes:
            (bounds,) = one["extent"]["spatial"]["bbox"]
            assert shapely.total_bounds(shapes) == pytest.approx(bounds)
        else:
            assert "spatial" not in one["extent"]
        if "as_of" in features[0]["properties"]:
            first, last = one["extent"]["temporal"]["interval"][0]
            periods = [Period.parse(feature["properties"]["as_of"]) for feature in features]
            known = [period for period in periods if period]
            assert min(period.first_day for period in known).isoformat() == first[:10]
            assert max(period.last_day for period in known).isoformat() == last[:10]


def test_core_sfc_md_op_and_success(ogc: Service) -> None:
    for one in ogc.json("/collections")["collections"]:
        assert ogc.json(f"/collections/{one['id']}") == one
    assert ogc.status("/collections/nothing") == 404


def test_core_fc_op_and_response_links_and_types(ogc: Service) -> None:
    for name in ogc.ids:
        reply = ogc.get(f"/collections/{name}/items")
        assert (reply.status, reply.media_type) == (200, "application/geo+json")
        document = json.loads(reply.body)
        assert document["type"] == "FeatureCollection"
        assert [one["type"] for one in links(document, "self")] == ["application/geo+json"]
        assert [one["type"] for one in links(document, "alternate")] == ["text/html"]
        assert all({"href", "rel", "type"} <= one.keys() for one in document["links"])
        for one in document["links"]:
            assert ogc.status(one["href"]) == 200, one


def test_core_fc_limit_definition_and_response(ogc: Service) -> None:
    definition = ogc.json("/api")["components"]["parameters"]["limit"]
    assert (definition["in"], definition["schema"]["type"], definition["schema"]["maximum"]) == (
        "query",
        "integer",
        MOST,
    )
    for name in ogc.ids:
        assert len(ogc.features(name, limit=1)) == 1
        assert len(ogc.features(name, limit=MOST + 1)) <= MOST
    for wrong in ("0", "-1", "x", "1.5", "", "１"):
        assert ogc.status("/collections/node/items", limit=wrong) == 400


def test_core_fc_number_matched_and_returned_and_paging(ogc: Service) -> None:
    """Following next gives every feature once, in one order; prev leads back."""
    for name in ogc.ids:
        whole = [one["id"] for one in ogc.features(name)]
        seen: list[str] = []
        page = ogc.json(f"/collections/{name}/items", limit=300 if len(whole) > 300 else 7)
        before = None
        while True:
            assert page["numberReturned"] == len(page["features"])
            assert page["numberMatched"] == len(whole)
            seen += [one["id"] for one in page["features"]]
            if before is not None:
                (prev,) = links(page, "prev")
                assert ogc.json(prev["href"])["features"] == before
            if not links(page, "next"):
                break
            before = page["features"]
            page = ogc.json(links(page, "next")[0]["href"])
        assert seen == whole


def test_core_fc_bbox_definition(ogc: Service) -> None:
    definition = ogc.json("/api")["components"]["parameters"]["bbox"]
    assert (definition["style"], definition["explode"], definition["required"]) == ("form", False, False)
    assert definition["schema"]["type"] == "array"
    assert definition["schema"]["items"] == {"type": "number"}
    assert [one["minItems"] for one in definition["schema"]["oneOf"]] == [4, 6]


def test_core_fc_bbox_response(ogc: Service) -> None:
    """What intersects the box, by shapely, and what has no geometry; heights change nothing."""
    asked = (121.5, 31.1, 121.65, 31.25)
    for name in ogc.ids:
        expected = {
            one["id"]
            for one in ogc.features(name)
            if not one["geometry"] or shape(one["geometry"]).intersects(box(*asked))
        }
        assert ogc.found(name, bbox=",".join(map(str, asked))) == expected
        assert ogc.found(name, bbox="121.5,31.1,-10,121.65,31.25,10") == expected
    assert ogc.found("node", bbox="170,30,-170,32") == set()  # over the antimeridian
    assert ogc.found("node", bbox="121,30,-170,32") == ogc.found("node")
    for wrong in ("1,2,3", "1,2,3,4,5", "a,b,c,d", "121,32,122,31", "31,121,32,122", "1,2,3,nan", "", "1,2,3,1e999"):
        assert ogc.status("/collections/node/items", bbox=wrong) == 400, wrong


def test_core_fc_time_definition_and_response(ogc: Service) -> None:
    """A place is there from the month of the document that first names it; a fact in its period; others always."""
    assert ogc.json("/api")["components"]["parameters"]["datetime"]["schema"] == {"type": "string"}
    months = {key: Period.parse(row["month"]) for key, row in ogc.atlas.rows("editions").items()}
    day = date(2019, 7, 1)
    for name in ogc.ids:
        features = ogc.features(name)

        def spans(one: dict[str, Any], name: str = name) -> tuple[date, date]:
            properties = one["properties"]
            period = (
                Period.parse(properties["as_of"])
                if "as_of" in properties
                else months.get(properties.get("since_edition"))
            )
            if period is None:
                return date.min, date.max
            return period.first_day, period.last_day if "as_of" in properties else date.max

        at = {one["id"] for one in features if spans(one)[0] <= day <= spans(one)[1]}
        since = {one["id"] for one in features if spans(one)[1] >= day}
        until = {one["id"] for one in features if spans(one)[0] <= day}
        written = f"{day}T00:00:00Z"
        assert ogc.found(name, datetime=written) == at
        assert ogc.found(name, datetime=f"{day}T08:00:00+08:00") == at
        for open_end in ("..", ""):
            assert ogc.found(name, datetime=f"{written}/{open_end}") == since
            assert ogc.found(name, datetime=f"{open_end}/{written}") == until
        end = f"{day + timedelta(days=366)}T00:00:00Z"
        within = {one["id"] for one in features if spans(one)[1] >= day and spans(one)[0] <= day + timedelta(days=366)}
        assert ogc.found(name, datetime=f"{written}/{end}") == within
    wrong = ("x", "../..", "/", "2019", "2020-01-01/2019-01-01", "2019-02-30", "2019-01-01T25:00:00Z", "1/2/3", "")
    for given in wrong:
        assert ogc.status("/collections/node/items", datetime=given) == 400, given


def test_core_query_param_unknown_and_invalid(ogc: Service) -> None:
    paths = ["/", "/api", "/conformance", "/collections"]
    paths += [f"/collections/{name}{rest}" for name in ogc.ids for rest in ("", "/items", "/schema", "/queryables")]
    for path in paths:
        assert ogc.status(path, unknown="1") == 400, path
        assert ogc.status(path, f="xml") == 400, path
        said = json.loads(ogc.get(path, unknown="1").body)
        assert {"code", "description"} <= said.keys()
    assert ogc.status("/collections/node/items?limit=1&limit=2") == 400


def test_core_crs84(ogc: Service) -> None:
    """Without a CRS asked for, longitude is first: all lies within the extent of the city."""
    west, south, east, north = ogc.atlas.meta["bbox"]
    for name in ogc.ids:
        for one in ogc.features(name):
            if one["geometry"]:
                assert box(west, south, east, north).intersects(shape(one["geometry"]))


def test_core_f_op_success_and_links(ogc: Service) -> None:
    """Every feature by its id is what the collection shows of it."""
    for name in ogc.ids:
        for one in ogc.features(name)[:: 1 if name != "facts" else 40]:
            reply = ogc.get(f"/collections/{name}/items/{one['id']}")
            assert (reply.status, reply.media_type) == (200, "application/geo+json")
            single = json.loads(reply.body)
            assert {key: single[key] for key in one} == one
            assert {link["rel"] for link in single["links"]} >= {"self", "alternate", "collection"}
        assert ogc.status(f"/collections/{name}/items/nothing") == 404


def test_geojson_definition_and_content(ogc: Service) -> None:
    for name in ogc.ids:
        for one in ogc.features(name):
            assert one["type"] == "Feature"
            assert set(one) == {"type", "id", "geometry", "properties"}
            assert one["geometry"] is None or shape(one["geometry"]).is_valid


def test_html_definition_and_content(ogc: Service) -> None:
    paths = ["/", "/api", "/conformance", "/collections"]
    paths += [f"/collections/{name}{rest}" for name in ogc.ids for rest in ("", "/items", "/schema", "/queryables")]
    paths += [f"/collections/{name}/items/{ogc.features(name, limit=1)[0]['id']}" for name in ogc.ids]
    for path in paths:
        reply = ogc.get(path, f="html")
        assert (reply.status, reply.media_type) == (200, "text/html"), path
        page = lxml.html.document_fromstring(reply.body.decode())
        assert page.xpath("string(//title)").strip()
        assert page.xpath("string(//h1)").strip()
        assert page.xpath("//script | //@src | //link/@href") == []
        for href in page.xpath("//a/@href"):
            assert ogc.status(str(href)) == 200 if str(href).startswith(ROOT) else str(href).startswith(BASE), href


def test_oas30_definition_completeness_and_exception_codes(ogc: Service) -> None:
    """Every address is described with its parameters and answers, and nothing that needs a key."""
    definition = ogc.json("/api")
    assert links(ogc.json("/"), "service-doc")[0]["type"] == "text/html"
    paths = definition["paths"]
    for name in ogc.ids:
        for rest in ("", "/schema", "/queryables", "/items", "/items/{featureId}"):
            operation = paths[f"/collections/{name}{rest}"]["get"]
            assert {"200", "400", "404", "500"} <= operation["responses"].keys()
        asked = {
            one.get("name") or one["$ref"].rpartition("/")[2]
            for one in paths[f"/collections/{name}/items"]["get"]["parameters"]
        }
        properties = set(ogc.json(f"/collections/{name}/queryables")["properties"]) - {"geometry"}
        assert asked == properties | set(definition["components"]["parameters"])
    assert "securitySchemes" not in definition["components"]
    for reference in re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(definition)):
        found: Any = definition
        for step in reference.split("/"):
            found = found[step]


def test_oas30_impl(ogc: Service) -> None:
    for path in ogc.json("/api")["paths"]:
        name = path.split("/")[2] if path.startswith("/collections/") else ""
        concrete = path.replace("{featureId}", ogc.features(name, limit=1)[0]["id"]) if name else path
        assert ogc.status(concrete) == 200


# --- Part 2: coordinate reference systems ---------------------------------------------------------------------------


def authority(uri: str) -> str:
    return "OGC:CRS84" if uri == CRS84 else f"EPSG:{uri.rpartition('/')[2]}"


def test_crs_uri_default_and_storage(ogc: Service) -> None:
    offered = ogc.json("/collections")["crs"]
    assert [authority(uri) for uri in offered] == ["OGC:CRS84", "EPSG:4326", "EPSG:4490", "EPSG:4549", "EPSG:3857"]
    for one in spatial(ogc):
        assert CRS84 in one["crs"]
        assert one["storageCrs"] in one["crs"]
        assert all(urlsplit(uri).scheme == "http" for uri in one["crs"])


def test_crs_parameter_and_default(ogc: Service) -> None:
    for one in spatial(ogc):
        feature = ogc.features(one["id"], limit=1)[0]["id"]
        for path in (f"/collections/{one['id']}/items", f"/collections/{one['id']}/items/{feature}"):
            assert ogc.get(path).headers["Content-Crs"] == f"<{CRS84}>"
            for uri in one["crs"]:
                reply = ogc.get(path, crs=uri)
                assert (reply.status, reply.headers["Content-Crs"]) == (200, f"<{uri}>")


def test_crs_parameter_invalid(ogc: Service) -> None:
    for one in spatial(ogc):
        feature = ogc.features(one["id"], limit=1)[0]["id"]
        for path in (f"/collections/{one['id']}/items", f"/collections/{one['id']}/items/{feature}"):
            for wrong in ("http://www.opengis.net/def/crs/EPSG/0/2381", "EPSG:4326", "", "x"):
                assert ogc.status(path, crs=wrong) == 400


def test_crs_parameter_transform(ogc: Service) -> None:
    """Back to CRS84 by pyproj with the axes as the authority has them: within a decimetre."""
    for one in spatial(ogc):
        plain = {feature["id"]: feature["geometry"] for feature in ogc.features(one["id"])}
        for uri in one["crs"]:
            for feature in ogc.features(one["id"], crs=uri)[::10]:
                if feature["geometry"]:
                    moved = shapely.transform(
                        shape(feature["geometry"]),
                        lambda p, uri=uri: np.column_stack(
                            from_crs84(uri).transform(p[:, 0], p[:, 1], direction="INVERSE")
                        ),
                    )
                    assert shapely.hausdorff_distance(moved, shape(plain[feature["id"]])) < 1e-6


def test_crs_axes_are_in_the_order_of_the_authority(ogc: Service) -> None:
    """Latitude first in EPSG:4326 and 4490, northing first in 4549, easting first in 3857."""
    first = {
        authority(uri): shape(ogc.features("city", crs=uri)[0]["geometry"]).centroid.coords[0]
        for uri in ogc.json("/collections")["crs"]
    }
    assert 121 < first["OGC:CRS84"][0] < 122
    assert 30 < first["EPSG:4326"][0] < 32
    assert 30 < first["EPSG:4490"][0] < 32
    assert 3.4e6 < first["EPSG:4549"][0] < 3.5e6
    assert 4e5 < first["EPSG:4549"][1] < 7e5
    assert 1.34e7 < first["EPSG:3857"][0] < 1.36e7


def test_crs_bbox_crs_parameter(ogc: Service) -> None:
    for one in spatial(ogc):
        for uri in one["crs"]:
            to = from_crs84(uri)
            corners = [to.transform(121.45, 31.1), to.transform(121.6, 31.25)]
            lows, highs = (tuple(pick(pair) for pair in zip(*corners, strict=True)) for pick in (min, max))
            asked = box(*lows, *highs)
            found = ogc.features(one["id"], bbox=",".join(map(str, (*lows, *highs))), bbox_crs=uri, crs=uri)
            expected = {
                feature["id"]
                for feature in ogc.features(one["id"], crs=uri)
                if not feature["geometry"] or shape(feature["geometry"]).intersects(asked)
            }
            assert {feature["id"] for feature in found} == expected, uri


def test_crs_bbox_crs_parameter_default_and_invalid(ogc: Service) -> None:
    for one in spatial(ogc):
        asked = "121.45,31.1,121.6,31.25"
        assert ogc.found(one["id"], bbox=asked, bbox_crs=CRS84) == ogc.found(one["id"], bbox=asked)
        assert ogc.status(f"/collections/{one['id']}/items", bbox=asked, bbox_crs="EPSG:4326") == 400


# --- Part 3: filtering ----------------------------------------------------------------------------------------------


def test_queryables_get_queryables_uris(ogc: Service) -> None:
    for name in ogc.ids:
        reply = ogc.get(f"/collections/{name}/items")
        assert f'<{ROOT}/collections/{name}/queryables>; rel="{REL}queryables"' in reply.headers["Link"]
        (found,) = links(ogc.json(f"/collections/{name}"), f"{REL}queryables")
        assert found["href"] == f"{ROOT}/collections/{name}/queryables"


def test_queryables_get_queryables(ogc: Service) -> None:
    for name in ogc.ids:
        reply = ogc.get(f"/collections/{name}/queryables")
        assert (reply.status, reply.media_type) == (200, "application/schema+json")
        schema = json.loads(reply.body)
        Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["$id"] == f"{ROOT}/collections/{name}/queryables"
        assert schema["type"] == "object"
        assert schema["properties"]
        for about in schema["properties"].values():
            assert isinstance(about.get("type"), str) or about["format"].startswith("geometry-")


def test_queryables_query_parameters_query_param(ogc: Service) -> None:
    """Properties of every collection, with a value that a feature has, and one that it cannot have."""
    for name in ogc.ids:
        features = ogc.features(name)
        for key, about in some_properties(ogc, name):
            if "type" not in about:
                continue
            values = [one["properties"][key] for one in features if one["properties"][key] is not None]
            if values:
                given = json.dumps(values[0]) if not isinstance(values[0], str) else values[0]
                expected = {one["id"] for one in features if one["properties"][key] == values[0]}
                assert ogc.found(name, **{key: given}) == expected, (name, key)
            if about["type"] != "string" or "enum" in about:
                assert ogc.status(f"/collections/{name}/items", **{key: "no such value"}) == 400, (name, key)


def test_filter_filter_param_and_lang_default(ogc: Service) -> None:
    """Properties of every collection; some of each in JSON and in the language that holds where none is given."""
    for name in ogc.ids:
        features = ogc.features(name)
        for number, (key, _) in enumerate(some_properties(ogc, name)):
            text = f'"{key}" IS NULL'
            missing = {
                one["id"]
                for one in features
                if (one["geometry"] if key == "geometry" else one["properties"][key]) is None
            }
            assert ogc.found(name, filter=text, filter_lang="cql2-text") == missing, (name, key)
            if number % 10 == 0 or key == "geometry":
                json_filter = json.dumps({"op": "isNull", "args": [{"property": key}]})
                assert ogc.found(name, filter=json_filter, filter_lang="cql2-json") == missing, (name, key)
                assert ogc.found(name, filter=text) == missing, (name, key)
        for language in ({"filter_lang": "cql2-text"}, {"filter_lang": "cql2-json"}, {}):
            assert ogc.status(f"/collections/{name}/items", filter="THIS IS NOT A FILTER", **language) == 400
    assert ogc.status("/collections/node/items", filter="true", filter_lang="sql") == 400


def test_filter_expression_construction(ogc: Service) -> None:
    for name in ogc.ids:
        assert ogc.status(f"/collections/{name}/items", filter="this_is_not_a_queryable IS NULL") == 400


def test_filter_filter_crs_wgs84(ogc: Service) -> None:
    for one in spatial(ogc):
        west, south, east, north = one["extent"]["spatial"]["bbox"][0]
        placed = {feature["id"] for feature in ogc.features(one["id"]) if feature["geometry"]}
        whole = f"S_INTERSECTS(geometry,BBOX({west},{south},{east},{north}))"
        assert ogc.found(one["id"], filter=whole) == placed
        far = "S_INTERSECTS(geometry,BBOX(1000000,1000000,2000000,2000000))"
        assert ogc.status(f"/collections/{one['id']}/items", filter=far) == 400


def test_filter_filter_crs_param(ogc: Service) -> None:
    for one in spatial(ogc):
        west, south, east, north = one["extent"]["spatial"]["bbox"][0]
        placed = {feature["id"] for feature in ogc.features(one["id"]) if feature["geometry"]}
        for uri in one["crs"]:
            to = from_crs84(uri)
            low, high = to.transform(west - 0.1, south - 0.1), to.transform(east + 0.1, north + 0.1)
            whole = f"S_INTERSECTS(geometry,BBOX({low[0]},{low[1]},{high[0]},{high[1]}))"
            assert ogc.found(one["id"], filter=whole, filter_crs=uri) == placed, uri
        wrong = "http://www.opengis.net/def/crs/OGC/0/does_not_exist"
        assert ogc.status(f"/collections/{one['id']}/items", filter="true", filter_crs=wrong) == 400


def test_features_filter_mixing_expressions(ogc: Service) -> None:
    """Filter, box, moment and property are joined by and."""
    for one in spatial(ogc):
        west, south, east, north = one["extent"]["spatial"]["bbox"][0]
        inside = f"S_INTERSECTS(geometry,BBOX({west},{south},{east},{north}))"
        placed = {feature["id"] for feature in ogc.features(one["id"]) if feature["geometry"]}
        assert ogc.found(one["id"], filter=inside, bbox=f"{west},{south},{east},{north}") == placed
        assert ogc.found(one["id"], filter=inside, bbox="10,10,11,11") == set()
    both = ogc.found("places", filter="area_km2 > 5", kind="node", datetime="2018-01-01")
    parts = (ogc.found("places", filter="area_km2 > 5"), ogc.found("node"), ogc.found("places", datetime="2018-01-01"))
    assert both == set.intersection(*parts)
    assert both


# --- Part 5: schemas ------------------------------------------------------------------------------------------------


def test_schemas_basic_inspection_role_seq_and_unit(ogc: Service) -> None:
    for name in ogc.ids:
        for kind in ("schema", "queryables"):
            schema = ogc.json(f"/collections/{name}/{kind}")
            Draft202012Validator.check_schema(schema)
            assert "?" not in schema["$id"]
            assert ogc.json(schema["$id"]) == schema
            properties = schema["properties"]
            ids = [about for about in properties.values() if about.get("x-ogc-role") == "id"]
            assert [about["type"] for about in ids] == ["string"]
            shapes = [about for about in properties.values() if about.get("x-ogc-role") == "primary-geometry"]
            assert len(shapes) == (name != "facts")
            assert all("type" not in about and about["format"].startswith("geometry-") for about in shapes)
            for about in properties.values():
                assert isinstance(about["x-ogc-propertySeq"], int)
                assert " · " in about["title"] or about["title"].isascii()
                if "x-ogc-unit" in about:
                    assert about["x-ogc-unit"] in ("deg", "km", "km2", "m")
                    assert "number" in about["type"] or "integer" in about["type"]


def test_returnables_link_op_and_response(ogc: Service) -> None:
    """Every feature is as the schema says, and has nothing that the schema does not tell of."""
    for name in ogc.ids:
        (found,) = links(ogc.json(f"/collections/{name}"), f"{REL}schema")
        assert found["href"] == f"{ROOT}/collections/{name}/schema"
        schema = ogc.json(found["href"])
        own = {**schema, "properties": {key: about for key, about in schema["properties"].items() if key != "geometry"}}
        validator = Draft202012Validator(own)
        for one in ogc.features(name):
            assert [error.message for error in validator.iter_errors(one["properties"])] == []
            assert set(one["properties"]) == set(own["properties"])


def test_another_city_is_served_without_code(tiny: Atlas) -> None:
    ogc = Service(tiny)
    assert "facts" in ogc.ids
    assert [authority(uri) for uri in ogc.json("/collections")["crs"]][1:] == ["EPSG:4326", "EPSG:32632", "EPSG:3857"]
    for name in ogc.ids:
        assert ogc.features(name)
