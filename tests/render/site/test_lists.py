"""The pages that are lists: nothing is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.analysis.values import citation
from geo.atlas.atlas import Atlas


def test_institutions_and_services_are_all_there(tiny: Atlas, pages: Mapping[str, Any]) -> None:
    page = pages["en/firms.html"]
    assert {f"n-{one}" for one in tiny.institutions.index} <= set(page.ids)
    for row in tiny.table("filed_services").to_dict("records"):
        assert row["filing_no"] in page.text


def test_every_source_is_there_with_method_and_licences(tiny: Atlas, pages: Mapping[str, Any]) -> None:
    page = pages["zh/sources.html"]
    for number, source in enumerate(tiny.rows("sources").values(), 1):
        assert f"s-{number}" in page.ids
        assert citation(source, "zh") in page.text
    assert "ODbL-1.0" in page.text


def test_downloads_name_each_file_of_the_whole_with_its_size(
    site: Mapping[str, bytes], pages: Mapping[str, Any]
) -> None:
    page = pages["en/downloads.html"]
    listed = {link.removeprefix("../") for link in page.links}
    layers = {path for path in site if path.startswith(("layers/", "features/"))}
    assert layers <= listed
    assert {"data/facts.csv", "data/index.json", "datapackage.json"} <= listed
    size = len(site["layers/node.geojson"])
    assert (f"{size / 1000:,.0f} kB" if size >= 1000 else f"{size} B") in page.text
