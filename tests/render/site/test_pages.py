"""The site as a whole: pages are valid and the same each time, every link leads somewhere, none elsewhere."""

from __future__ import annotations

import json
import posixpath
import xml.etree.ElementTree as Xml
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES
from geo.render.site.pages import site_files

ADDRESS = "https://example.org/base"


def test_a_page_for_each_place_district_measure_and_policy_item_in_either_language(
    tiny: Atlas, pages: Mapping[str, Any]
) -> None:
    wanted = {f"places/{one}.html" for one in tiny}
    wanted |= {f"measures/{one}.html" for one in tiny.rows("measures")}
    wanted |= {f"policy/{one}.html" for one in tiny.rows("policy")}
    assert {"places/east.html", "places/tiny.html", "measures/area_km2.html"} <= wanted
    for language in LANGUAGES:
        own = {path.removeprefix(f"{language}/") for path in pages if path.startswith(f"{language}/")}
        assert wanted <= own
        assert {path for path in own - wanted if "/" in path} == set()
    other = {path.removeprefix("zh/") for path in pages if path.startswith("zh/")}
    assert other == {path.removeprefix("en/") for path in pages if path.startswith("en/")}


def test_pages_are_valid_and_say_what_they_are_and_of_which_data(pages: Mapping[str, Any]) -> None:
    titles: dict[str, list[str]] = {"zh": [], "en": []}
    for path, page in pages.items():
        assert page.wrong == [], path
        if path == "index.html":
            continue
        language = path[:2]
        titles[language].append(page.title)
        assert page.headings[0] == "h1", path
        assert page.headings.count("h1") == 1, path
        steps = [int(b[1]) - int(a[1]) for a, b in zip(page.headings, page.headings[1:], strict=False)]
        assert max(steps, default=0) <= 1, path
        assert {"zh": "数据日期 2024-06-30 · 版本 1", "en": "Data of 2024-06-30 · version 1"}[language] in page.text, (
            path
        )
        assert {"zh": "边界仅供参考", "en": "Borders for reference only"}[language] in page.text, path
        assert page.meta["description"]
    assert len(set(titles["zh"])) == len(titles["zh"])


def test_every_link_leads_to_a_file_of_the_site_and_to_a_part_that_is_there(
    site: Mapping[str, bytes], pages: Mapping[str, Any]
) -> None:
    checked = 0
    for path, page in pages.items():
        for link in page.links + page.loads:
            parts = urlsplit(link)
            if parts.scheme == "data":
                continue
            assert not parts.scheme, (path, link)
            assert not link.startswith("/"), (path, link)
            target = (
                posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path))) if parts.path else path
            )
            assert target in site, (path, link)
            if parts.fragment and "=" not in parts.fragment:
                assert unquote(parts.fragment) in pages[target].ids, (path, link)
            checked += 1
    assert checked > 500


def test_same_layers_same_bytes(tiny: Atlas, site: Mapping[str, bytes]) -> None:
    listed = json.loads(site["catalog.jsonld"])["dcat:dataset"][0]["dcat:distribution"]
    sizes = {one["dcat:downloadURL"]["@id"]: one["dcat:byteSize"] for one in listed}
    again = dict(site_files(Atlas.load(tiny.folder), sizes))
    assert [path for path, content in again.items() if content != site.get(path)] == []


def test_the_layers_of_the_site_are_the_published_ones(tiny: Atlas, site_folder: Path) -> None:
    assert Atlas.load(site_folder / "layers").digest == tiny.digest
    for name in ("datapackage.json", "node.geojson", "tables/facts.csv"):
        assert (site_folder / "layers" / name).read_bytes() == (tiny.folder / name).read_bytes()


def test_an_address_makes_whole_links_for_those_who_need_them_and_a_sitemap(tiny: Atlas) -> None:
    made = dict(site_files(tiny, {}, f"{ADDRESS}/"))
    page = made["en/places/node_a.html"].decode()
    assert f'<link rel="canonical" href="{ADDRESS}/en/places/node_a.html">' in page
    assert f'<meta property="og:url" content="{ADDRESS}/en/places/node_a.html">' in page
    assert 'href="../../assets/site.css"' in page  # what the page loads stays relative
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = [one.text for one in Xml.fromstring(made["sitemap.xml"]).findall("s:url/s:loc", spaces)]
    paths = {path for path in made if path.endswith(".html") and path != "index.html"}
    assert found
    assert {one.removeprefix(f"{ADDRESS}/") for one in found if one} == paths
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in made["robots.txt"].decode()


def test_without_an_address_no_sitemap_is_made_up(site: Mapping[str, bytes]) -> None:
    assert "sitemap.xml" not in site
    assert b"Sitemap" not in site["robots.txt"]
