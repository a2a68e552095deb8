"""The doors over HTTP: headers for scripts of any page, tags, heads, what crawlers read, wrong addresses."""

from __future__ import annotations

import gzip
import json
from urllib.parse import urlsplit

import lxml.etree
import pytest
from asked import Asked
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from geo.web.pages import pages
from geo.web.server import doors, middleware, routes
from geo.web.server.current import current_atlas


async def _index(request: object) -> HTMLResponse:
    return HTMLResponse("<html><head><title>x</title></head><body>page</body></html>")


get = Asked(Starlette(routes=[*routes.routes(), Route("/{path:path}", _index)], middleware=middleware.middleware()))


@pytest.mark.parametrize(
    "path", ["/data/index.json", "/data/facts.csv?kind=town", "/datapackage.json", "/layers/datapackage.json"]
)
def test_a_script_of_any_page_may_read_it(path: str) -> None:
    plain, packed = get(path), get(path, accept_encoding="gzip")
    assert plain.status == packed.status == 200
    assert plain.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body
    assert plain.headers["etag"] != packed.headers["etag"]
    again = get(path, if_none_match=plain.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["access-control-allow-origin"] == "*"
    head = get(path, method="HEAD")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", plain.headers["etag"])


def test_a_browser_may_ask_first() -> None:
    answer = get("/data/index.json", method="OPTIONS", origin="https://news.example")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_written(method: str) -> None:
    answer = get("/data/index.json", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_an_answer_that_was_made_goes_through_no_router_and_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty programs that read pages of items at once wait for each other: what each costs is all there is to it."""
    path = "/ogc/collections/institutions/items?limit=7&offset=3"
    first = get(path)

    def refused(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("starlette.routing.Router.__call__", refused)
    monkeypatch.setattr(doors, "answer", refused)
    again = Asked(doors.Doors(refused))(path)
    assert (again.status, again.body, again.headers["etag"]) == (200, first.body, first.headers["etag"])


def test_wrong_addresses_are_404_and_readable_from_any_page() -> None:
    for path in ("/data/nothing.csv", "/data/places/nowhere.json", "/data/../pyproject.toml", "/wfs", "/robots.tx"):
        assert get(path).status == 404, path
    wrong = get("/data/nothing.csv")
    assert wrong.headers["access-control-allow-origin"] == "*"
    assert json.loads(wrong.body)["code"] == "NotFound"


def test_the_page_of_the_same_name_is_still_there() -> None:
    assert b"page" in get("/data").body
    answer = get("/data/")
    assert (answer.status, answer.headers["location"]) == (308, "/data")


def test_links_are_of_the_host_that_was_asked() -> None:
    links = json.loads(get("/data/index.json", host="localhost:8501").body)["links"]
    assert links["facts"] == "http://localhost:8501/data/facts.csv"


def test_robots_and_sitemap() -> None:
    robots = get("/robots.txt").body.decode()
    assert "Sitemap: http://127.0.0.1/sitemap.xml" in robots
    assert "Disallow: /media/" in robots
    answer = get("/sitemap.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    tree = lxml.etree.fromstring(answer.body)
    found = tree.xpath("//s:loc/text()", namespaces=spaces)
    # Every page and every place, in both languages, each telling of the other.
    assert len(found) == len(set(found)) == 2 * (len(pages()) + len(current_atlas()))
    assert set(tree.xpath("//x:link/@href", namespaces=spaces)) == set(found)
    for address in found:
        parts = urlsplit(address)
        assert get(f"{parts.path}?{parts.query}").status == 200, address


def test_what_nobody_thought_of_is_json_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr(doors, "answer", broken)
    wrong = get("/ogc/collections/node/items?limit=3&offset=1")
    assert (wrong.status, json.loads(wrong.body)["code"]) == (500, "ServerError")
    assert b"secret" not in wrong.body
