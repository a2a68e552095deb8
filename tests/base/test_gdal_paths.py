"""File names that GDAL's Python face reads as URLs: what is read and written is the file of that name all the same."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import osm_extract
import pyogrio
import pytest
import shapely

from geo.base.gdal_paths import readable, writable
from geo.osm.derive import derive
from geo.tables import open_table

NAMES = ["a;b.gpkg", "a!b.gpkg", "a?b.gpkg", "a!b;c?.gpkg", "zip!x.zip!b.gpkg", "a#b:c d.gpkg"]
FRAME = gpd.GeoDataFrame({"n": [1, 2]}, geometry=shapely.points([[10.1, 50.1], [10.2, 50.1]]), crs=4326)


def test_the_library_reads_such_names_as_urls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should this fail, the module is no longer needed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    pyogrio.write_dataframe(FRAME, tmp_path / "folder" / "a!b.gpkg", driver="GPKG", layer="x")
    assert (tmp_path / "b.gpkg").exists()
    assert not list((tmp_path / "folder").iterdir())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("parent", ["plain", "odd;!?folder"])
def test_written_and_read_under_any_name(
    tmp_path: Path, name: str, parent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / parent
    folder.mkdir()
    monkeypatch.chdir(folder)
    with writable(Path(name)) as path:
        pyogrio.write_dataframe(FRAME, path, driver="GPKG", layer="x")
    assert [found.name for found in folder.iterdir()] == [name]
    with open_table(name) as table:
        assert sum(batch.num_rows for batch in table.batches()) == 2


@pytest.mark.parametrize("name", ["a.gpkg", "a;b.gpkg", "vsicurl_http:x", "a.osm.pbf"])
def test_what_is_read_has_a_name_of_ours(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    (tmp_path / "private").mkdir()
    found = readable(tmp_path / name, tmp_path / "private", ".gpkg")
    assert found == tmp_path / "private" / "input.gpkg"
    assert found.read_text() == "x"


def test_without_links_no_name_is_taken_as_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("links need a right")

    monkeypatch.setattr(Path, "symlink_to", refused)
    assert readable(tmp_path / "a.gpkg", tmp_path, ".gpkg") == tmp_path / "a.gpkg"
    for name in ("/vsicurl/http://127.0.0.1/a.gpkg", "/vsizip/a.zip", str(tmp_path / "a!b.gpkg")):
        with pytest.raises(OSError, match="links need a right"):
            readable(Path(name), tmp_path, ".gpkg")


def test_a_plain_name_is_written_to(tmp_path: Path) -> None:
    with writable(tmp_path / "a.gpkg") as path:
        assert path == tmp_path / "a.gpkg"


def test_an_extract_of_any_name(tmp_path: Path) -> None:
    osm_extract.write(tmp_path / "a;b!c?.osm")
    assert len(derive(tmp_path / "a;b!c?.osm", city="小城", code_tag="ref").features("district")) == 2
