"""What programs make of the service over HTTP: GDAL's OAPIF driver, OWSLib, and schemathesis by its definition."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from service import Service
from thorough import sample

from bench.serving import PATIENCE_S, START, free_port, running
from geo.atlas.atlas import Atlas

#: Cases for each address of the definition, right ones and wrong ones: some hundreds in all.
CASES = 6


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    base = f"http://127.0.0.1:{port}/city"
    with running([*START, str(port), "--base-path", "city"], tmp_path_factory.mktemp("ogc"), f"{base}/ogc/"):
        yield f"{base}/ogc"


def ogrinfo(url: str, *arguments: str) -> str:
    if shutil.which("ogrinfo") is None:
        pytest.skip("GDAL's programs are not installed")
    done = subprocess.run(["ogrinfo", "-ro", *arguments], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr + done.stdout
    assert "Warning" not in done.stderr
    return done.stdout


def by_layer(said: str) -> dict[str, str]:
    """Return what ogrinfo says of each layer that it was asked for."""
    parts = re.split(r"^Layer name: (.+)$", said, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_gdal_reads_every_collection_whole(url: str, atlas: Atlas) -> None:
    """By pages of seven: count, a place on the Earth, and the fields that the schema names."""
    service = Service(atlas)
    listed = ogrinfo(url, "-so", f"OAPIF:{url}")
    paged = [name for name in service.ids if name != "facts"]
    layers = by_layer(ogrinfo(url, "-so", "-oo", "PAGE_SIZE=7", f"OAPIF:{url}", *paged))
    layers |= by_layer(ogrinfo(url, "-so", f"OAPIF:{url}", "facts"))
    for name in service.ids:
        assert f": {name} (title:" in listed
        told = layers[name]
        assert f"Feature Count: {len(service.features(name))}" in told
        for key in service.json(f"/collections/{name}/schema")["properties"]:
            assert key == "geometry" or f"\n{key}: " in told, (name, key)
        if name != "facts":
            assert "Extent: (12" in told  # longitude first: Shanghai, not the sea off Antarctica


def test_gdal_filters_on_the_server(url: str, atlas: Atlas) -> None:
    service = Service(atlas)
    told = ogrinfo(url, "-so", f"OAPIF:{url}", "places", "-where", "kind = 'town'")
    assert f"Feature Count: {len(service.features('town'))}" in told
    box = ("121.5", "31.1", "121.65", "31.25")
    told = ogrinfo(url, "-so", "-spat", *box, f"OAPIF:{url}", "node")
    assert f"Feature Count: {len(service.found('node', bbox=','.join(box)))}" in told


def test_qgis_reads_every_collection(url: str, atlas: Atlas) -> None:
    """By its own provider, paged: every feature, in its place, and only what the map's window asks for."""
    service = Service(atlas)
    probe = ["/usr/bin/python3", str(Path(__file__).with_name("qgis_probe.py")), url, *service.ids]
    done = subprocess.run(
        probe, capture_output=True, text=True, encoding="utf-8", env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    )
    if "No module named 'qgis'" in done.stderr:
        pytest.skip("QGIS is not installed")
    told = json.loads(done.stdout.splitlines()[-1])
    assert [line for line in told["messages"] if "rror" in line] == []
    for name, layer in told["layers"].items():
        features = service.features(name)
        assert layer["valid"], name
        assert layer["count"] == len(features), name
        assert layer["ids"] == sorted({str(next(iter(one["properties"].values()))) for one in features}), name
        assert {*service.json(f"/collections/{name}/schema")["properties"]} - {"geometry"} <= {*layer["fields"]}
        if name != "facts":
            assert 121 < layer["centre"][0] < 122
            window = {one["id"] for one in service.features(name, bbox="121.5,31.1,121.65,31.25") if one["geometry"]}
            assert layer["inside"] == len(window), name


def test_owslib_reads_every_collection(url: str, atlas: Atlas) -> None:
    from owslib.ogcapi.features import Features

    service, remote = Service(atlas), Features(f"{url}/")
    assert set(remote.feature_collections()) == set(service.ids)
    assert remote.conformance()["conformsTo"] == service.json("/conformance")["conformsTo"]
    for name in service.ids:
        found = remote.collection_items(name, limit=3)
        assert [one["id"] for one in found["features"]] == [one["id"] for one in service.features(name, limit=3)]
        assert remote.collection_queryables(name)["properties"]
    towns = remote.collection_items("places", filter="kind = 'town'", limit=100)
    assert {one["id"] for one in towns["features"]} == service.found("town")


def get(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    asked = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(asked) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def test_links_hold_the_path_it_is_served_under(url: str) -> None:
    for address in (url, f"{url}/"):
        status, headers, body = get(address)
        assert (status, headers["content-type"]) == (200, "application/json")
        links = json.loads(body)["links"]
        assert all(one["href"].startswith(url.removesuffix("/ogc")) for one in links)
        assert {get(one["href"])[0] for one in links} == {200}
    # One that was handed on by a server before it.
    status, _, body = get(f"{url}/collections", **{"X-Forwarded-Proto": "https"})
    assert json.loads(body)["links"][0]["href"].startswith("https://127.0.0.1")


def test_headers_are_for_scripts_and_caches(url: str) -> None:
    status, headers, body = get(f"{url}/collections/node/items?limit=5")
    assert (status, headers["access-control-allow-origin"]) == (200, "*")
    assert "Content-Crs" in headers["access-control-expose-headers"]
    assert get(f"{url}/collections/node/items?limit=5", **{"If-None-Match": headers["etag"]})[0] == 304
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert get(f"{url}/", Accept=browser)[1]["content-type"].startswith("text/html")
    assert get(f"{url}/", Accept="application/json, text/html;q=0.5")[1]["content-type"] == "application/json"
    status, headers, body = get(f"{url}/collections/nothing")
    assert (status, headers["content-type"], json.loads(body)["code"]) == (404, "application/json", "NotFound")
    assert get(f"{url}x")[0] == 404


def test_no_request_of_the_definition_breaks_it(url: str) -> None:
    """Requests that schemathesis makes of the definition, right ones and wrong ones: every answer is as it says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import schemathesis
        from schemathesis.checks import not_a_server_error
        from schemathesis.generation import GenerationMode
        from schemathesis.specs.openapi.checks import (
            content_type_conformance,
            response_schema_conformance,
            status_code_conformance,
        )
    schema = schemathesis.openapi.from_url(f"{url}/api", timeout=PATIENCE_S)
    checks = [
        not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    ]  # fmt: skip
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 60
    # All collections are answered by the same code; here some of each kind of address, spread over them.
    tried = sample(operations, 20, kind=lambda one: re.sub("(?<=/collections/)[^/]+", "*", one.path))
    quiet = settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    asked: list[Any] = []

    def fuzz(cases: Any) -> None:
        @quiet
        @given(case=cases)
        def ask(case: Any) -> None:
            asked.append(case)
            case.call_and_validate(checks=checks, timeout=PATIENCE_S)

        ask()

    for operation in tried:
        for mode in GenerationMode:
            # Of some addresses nothing wrong can be made.
            with suppress(Unsatisfiable):
                fuzz(operation.as_strategy(generation_mode=mode))
    assert len(asked) > 4 * len(tried)
