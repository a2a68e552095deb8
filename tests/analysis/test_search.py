from __future__ import annotations

from pathlib import Path

import pytest
import tiny_city

from geo.analysis.search import Index
from geo.atlas.atlas import Atlas
from geo.build import build


def test_a_character_is_found_by_each_of_its_readings(seeds: Path) -> None:
    tiny_city.add(seeds, "places", [{"place_id": "park_b", "aliases": "长乐里;重厦"}])
    build(seeds, seeds.parent / "layers")
    found = Index(Atlas.load(seeds.parent / "layers"))
    for query in ("changle", "zhangle", "changyue", "zhongsha", "chongxia", "cyl", "zl"):
        assert [hit.id for hit in found.search(query)] == ["park_b"], query
    assert found.search("changxia") == []


@pytest.fixture(scope="module")
def index(tiny: Atlas) -> Index:
    return Index(tiny)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("乙园", "park_b"),
        ("老乙", "park_b"),
        ("park b", "park_b"),
        ("PARK", "park_b"),
        ("yiyuan", "park_b"),
        ("yy", "park_b"),
        ("yiy", "park_b"),
        ("yyuan", "park_b"),
        ("jia d", "belt_a"),
        ("dongqu", "east"),
        ("某实验室", "lab_x"),
        ("msys", "lab_x"),
        ("shiyan", "lab_x"),
        ("目标", "target_1"),
        ("mubiao", "target_1"),
        ("node_a", "node_a"),
    ],
)
def test_best_hit(index: Index, text: str, expected: str) -> None:
    assert index.search(text)[0].id == expected


@pytest.mark.parametrize("text", ["", "   ", "zzz", "yx", "园乙", "{{7*7}}", "<script>"])
def test_nothing_is_found(index: Index, text: str) -> None:
    assert index.search(text) == []


def test_a_place_comes_before_others_and_hits_tell_where(index: Index) -> None:
    hits = index.search("jia")
    assert [hit.id for hit in hits][:2] == ["belt_a", "node_a"]
    assert hits[0].kind == "place"
    assert hits[0].lon == pytest.approx(10.2, abs=0.05)
    assert index.search("未定位")[0].lon is None
    assert len(index.search("a", limit=1)) == 1
