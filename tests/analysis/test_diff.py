"""Two data sets set side by side: every change that was made is told, and nothing else."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import shutil
import xml.etree.ElementTree as Xml
from pathlib import Path

import pytest
import tiny_city

from geo.analysis.diff import BOUNDARIES, Change, Published, diff
from geo.analysis.diff_words import diff_atom, diff_json, diff_text
from geo.atlas.atlas import Atlas
from geo.build import build
from geo.cli.main import main
from geo.contract.datapackage import PACKAGE, digest_of
from geo.contract.schema import KEYS, table
from geo.crs.geodesy import geodesic_area_km2
from geo.errors import DataError

ROOT = Path(__file__).parents[2]


class Copy:
    """A copy of published layers whose files can be changed; `seal` makes its hashes hold again."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(shutil.copytree(ROOT / "layers", folder))

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def write(self, name: str, rows: list[dict[str, str]]) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, table(name).names(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        (self.folder / "tables" / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8")

    def layer(self, kind: str) -> dict:
        return json.loads((self.folder / f"{kind}.geojson").read_text(encoding="utf-8"))

    def write_layer(self, kind: str, content: dict) -> None:
        (self.folder / f"{kind}.geojson").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    def seal(self) -> Path:
        package = json.loads((self.folder / PACKAGE).read_text(encoding="utf-8"))
        for resource in package["resources"]:
            content = (self.folder / resource["path"]).read_bytes()
            resource["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
        package["hash"] = digest_of(package)
        (self.folder / PACKAGE).write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
        return self.folder


#: Table → how many of its rows are removed, changed in the column, added.
PLAN = {
    "facts": (15, 40, "value", 15),
    "sources": (8, 20, "title", 8),
    "institutions": (6, 15, "status", 6),
    "policy_outcomes": (3, 15, "status", 3),
    "measures": (2, 10, "label_en", 3),
    "places": (1, 8, "name_en", 1),
    "filed_services": (3, 6, "name", 3),
}
MOVED = 9


def changed(copy: Copy, seed: int) -> set[tuple[str, str, tuple[str, ...]]]:
    """Make 200 changes and return each as (group, kind, key)."""
    luck = random.Random(seed)
    made: set[tuple[str, str, tuple[str, ...]]] = set()
    for name, (removed, altered, column, added) in PLAN.items():
        rows = copy.rows(name)
        chosen = luck.sample(range(len(rows)), removed + altered + added)
        gone, other, doubled = chosen[:removed], chosen[removed : removed + altered], chosen[removed + altered :]

        def key(row: dict[str, str], name: str = name) -> tuple[str, ...]:
            return tuple(row[part] for part in KEYS[name])

        made |= {(name, "removed", key(rows[at])) for at in gone}
        for at in other:
            allowed = table(name).column(column).allowed
            words = next(value for value in allowed if value != rows[at][column]) if allowed else ""
            number = str(float(rows[at][column]) + 1) if column == "value" else ""
            rows[at][column] = words or number or f"{rows[at][column]} (changed)"
            made.add((name, "changed", key(rows[at])))
        new = [rows[at] | {KEYS[name][0]: f"{rows[at][KEYS[name][0]]}_new"} for at in doubled]
        made |= {(name, "added", key(row)) for row in new}
        copy.write(name, [row for at, row in enumerate(rows) if at not in gone] + new)
    for number, kind in enumerate(["node", "demo_park", "pilot_zone"]):
        content = copy.layer(kind)
        for feature in luck.sample(content["features"], MOVED // 3):
            rings = feature["geometry"]["coordinates"]
            ring = rings[0][0] if feature["geometry"]["type"] == "MultiPolygon" else rings[0]
            ring[1][0] += 0.002 * (number + 1)
            made.add((BOUNDARIES, "changed", (feature["properties"]["place_id"],)))
        copy.write_layer(kind, content)
    return made


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_hundred_changes_are_all_found_and_nothing_else(tmp_path: Path, seed: int) -> None:
    copy = Copy(tmp_path / "new")
    made = changed(copy, seed)
    assert len(made) == 200
    found = diff(ROOT / "layers", copy.seal())
    assert {(one.group, one.kind, one.key) for one in found.changes} == made
    assert len(found) == 200
    assert found.computed == ()
    assert all(one.moved_km2 is not None for one in found.changes if one.group == BOUNDARIES)  # a corner of a plot: 0.0
    # Back again: what was added is removed, old and new trade places.
    back = diff(copy.folder, ROOT / "layers")
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(one.group, turned[one.kind], one.key) for one in back.changes} == made
    values = {(one.group, one.key): one.columns for one in back.changes}
    assert all({c: (b, a) for c, (a, b) in values[one.group, one.key].items()} == one.columns for one in found.changes)


def test_equal_data_sets_differ_in_nothing(tmp_path: Path) -> None:
    found = diff(ROOT / "layers", Copy(tmp_path / "same").folder)
    assert (len(found), found.changes, found.computed, found.counts()) == (0, (), (), {})
    assert "没有不同" in diff_text(found, "zh")
    assert "are equal" in diff_text(found, "en")


def test_old_and_new_values_are_told(seeds: Path) -> None:
    build(seeds, seeds.parent / "old")
    fact = {"place_id": "node_a", "measure_id": "firms", "as_of": "2019", "source_id": "plan", "scope": "whole"}
    tiny_city.add(seeds, "facts", [fact | {"value": "105", "qualifier": "about"}])
    build(seeds, seeds.parent / "new")
    found = diff(seeds.parent / "old", Atlas.load(seeds.parent / "new"))
    key = ("node_a", "firms", "2019", "plan", "whole")
    assert found.changes == (
        Change("facts", key, "changed", {"value": ("100", "105"), "qualifier": ("exact", "about")}),
    )
    text = diff_text(found, "en")
    assert "~ node_a / firms / 2019 / plan / whole" in text
    assert "Value: 100 → 105" in text
    assert "数值: 100 → 105" in diff_text(found, "zh")


def test_what_the_build_computes_is_counted_apart(seeds: Path) -> None:
    """A newer figure comes first in the place of another: that follows, and nobody changed it by hand."""
    build(seeds, seeds.parent / "old")
    fact = {"place_id": "node_a", "measure_id": "firms", "as_of": "2023-12", "source_id": "plan", "scope": "whole"}
    tiny_city.add(seeds, "facts", [fact | {"value": "200"}])
    build(seeds, seeds.parent / "new")
    found = diff(seeds.parent / "old", seeds.parent / "new")
    assert [(one.group, one.kind) for one in found.changes] == [("facts", "added")]
    headlines = [one for one in found.computed if one.group == "facts"]
    assert [one.columns["headline"] for one in headlines] == [("true", "false")]
    assert any(one.key == ("node_a", "firms_per_km2") for one in found.computed)
    assert f"{len(found.computed)} more rows follow" in diff_text(found, "en")


def test_boundaries_are_told_by_the_area_that_moved(seeds: Path) -> None:
    build(seeds, seeds.parent / "old")
    path = seeds / "boundaries" / "node_a.geojson"
    drawn = tiny_city.boundary("node_a", method="digitised"), tiny_city.square(10.11, 50.09, 10.15, 50.11)
    path.write_text(tiny_city.collection(drawn), encoding="utf-8")
    build(seeds, seeds.parent / "new")
    found = diff(seeds.parent / "old", seeds.parent / "new")
    (one,) = found.changes
    old, new = (Atlas.load(seeds.parent / side).places.geometry["node_a"] for side in ("old", "new"))
    assert one.moved_km2 == pytest.approx(float(geodesic_area_km2(old)) - float(geodesic_area_km2(new)), abs=1e-4)
    assert one.columns["method"] == ("official_bounds", "digitised")
    assert one.columns["bounds_stated"] == ("↑ North Road", None)
    assert f"moved by {one.moved_km2:g} km²" in diff_text(found, "en")


def test_a_redrawing_that_moves_nothing_is_no_change(seeds: Path) -> None:
    """Another first corner, a corner more on a straight side."""
    build(seeds, seeds.parent / "old")
    ring = [[10.15, 50.11], [10.1, 50.11], [10.1, 50.1], [10.1, 50.09], [10.15, 50.09], [10.15, 50.11]]
    drawn = tiny_city.boundary("node_a", method="official_bounds", bound_north="North Road")
    content = tiny_city.collection((drawn, {"type": "Polygon", "coordinates": [ring]}))
    (seeds / "boundaries" / "node_a.geojson").write_text(content, encoding="utf-8")
    build(seeds, seeds.parent / "new")
    assert diff(seeds.parent / "old", seeds.parent / "new").changes == ()


def test_settings_and_basemap_are_compared_too(seeds: Path) -> None:
    build(seeds, seeds.parent / "old")
    path = seeds / "atlas.toml"
    text = (
        path.read_text(encoding="utf-8")
        .replace('"Tiny city"', '"Small city"')
        .replace('version = "1"', 'version = "2"')
    )
    path.write_text(text, encoding="utf-8")
    base = seeds / "basemap" / "quarters.geojson"
    base.write_text(base.read_text(encoding="utf-8").replace("西区", "新西区"), encoding="utf-8")
    build(seeds, seeds.parent / "new")
    found = diff(seeds.parent / "old", seeds.parent / "new")
    assert {(one.group, one.key): one.columns for one in found.changes} == {
        ("atlas", ("title_en",)): {"value": ("Tiny city", "Small city")},
        ("basemap_features", ("quarters", "west")): {"name_zh": ("西区", "新西区")},
    }
    assert (found.old["version"], found.new["version"]) == ("1", "2")


def test_columns_that_one_side_lacks_are_named_and_not_compared(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "old")
    rows = copy.rows("facts")
    text = io.StringIO()
    columns = [column for column in rows[0] if column != "quote"] + ["former"]
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(row | {"former": "x"} for row in rows)
    (copy.folder / "tables" / "facts.csv").write_text(text.getvalue(), encoding="utf-8")
    found = diff(copy.seal(), ROOT / "layers")
    assert found.changes == ()
    assert (found.columns_added, found.columns_removed) == ({"facts": ("quote",)}, {"facts": ("former",)})


def test_a_table_that_the_old_one_lacks_is_all_new(tmp_path: Path) -> None:
    found = diff(ROOT / "seeds" / "releases" / "2026.11", ROOT / "layers")
    services = Atlas.load(ROOT / "layers").table("filed_services")
    assert found.counts()["filed_services"] == {"added": len(services), "removed": 0, "changed": 0}
    assert found.columns_added["facts"] == ("quote", "quote_note_zh", "quote_note_en")
    assert "basemap_features" not in found.counts()  # a kept release has no basemap


def test_json_and_feed_are_whole_and_the_same_each_time(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "new")
    changed(copy, 4)
    found = diff(ROOT / "layers", copy.seal())
    again = diff(ROOT / "layers", copy.folder)
    titles = Published.of(copy.folder).titles()
    assert diff_json(found) == diff_json(again) == json.loads(json.dumps(diff_json(found)))
    assert len(diff_json(found)["changes"]) == 200
    moved = [one for one in diff_json(found)["changes"] if one["table"] == BOUNDARIES]
    assert {tuple(one["key"]) for one in moved} == {("place_id",)}
    assert all(one["moved_km2"] > 0 for one in moved)
    short = diff_json(found, whole=False)["changes"]
    assert all(("columns" in one) is (one["kind"] != "added") for one in short)
    feed = diff_atom(found, titles)
    assert feed == diff_atom(again, titles)
    root = Xml.fromstring(feed)
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert root.tag == f"{{{space['a']}}}feed"
    entries = root.findall("a:entry", space)
    ids = [entry.findtext("a:id", namespaces=space) for entry in [root, *entries]]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("urn:uuid:") for one in ids)
    for entry in entries:
        assert entry.findtext("a:title", namespaces=space)
        assert entry.findtext("a:updated", namespaces=space) == f"{found.new['data_date']}T00:00:00Z"
        assert entry.findtext("a:content", namespaces=space)
    assert len(entries) > 20


def test_hostile_names_stay_text_in_the_feed(seeds: Path) -> None:
    build(seeds, seeds.parent / "old")
    tiny_city.add(seeds, "places", [{"place_id": "park_b", "name_en": "<script>&]]> Park"}])
    build(seeds, seeds.parent / "new")
    new = Published.of(seeds.parent / "new")
    feed = Xml.fromstring(diff_atom(diff(seeds.parent / "old", new), new.titles()))
    assert "<script>&]]> Park" in "".join(feed.itertext())


def test_damaged_or_missing_layers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        diff(tmp_path / "nowhere", ROOT / "layers")
    copy = Copy(tmp_path / "new")
    (copy.folder / "tables" / "facts.csv").write_text("place_id\n", encoding="utf-8")
    with pytest.raises(DataError, match="facts"):
        diff(ROOT / "layers", copy.folder)


def test_command_prints_text_json_and_atom(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(seeds, seeds.parent / "old")
    tiny_city.add(seeds, "measures", [{"measure_id": "firms", "label_en": "Companies"}])
    build(seeds, seeds.parent / "new")
    sides = [str(seeds.parent / "old"), str(seeds.parent / "new")]
    assert main(["diff", *sides, "--language", "en"]) == 0
    assert "Label (en): firms → Companies" in capsys.readouterr().out
    assert main(["diff", *sides]) == 0
    assert "英文名: firms → Companies" in capsys.readouterr().out
    assert main(["diff", *sides, "--format", "json"]) == 0
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert change["key"] == {"measure_id": "firms"}
    assert change["columns"] == {"label_en": ["firms", "Companies"]}
    assert main(["diff", *sides, "--format", "atom"]) == 0
    assert Xml.fromstring(capsys.readouterr().out).tag.endswith("feed")
    assert main(["diff", sides[0], str(seeds.parent / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err
