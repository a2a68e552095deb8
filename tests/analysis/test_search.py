from __future__ import annotations

from pathlib import Path

import pytest
import tiny_city

from geo.analysis.search import LONGEST, WORST, Index
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
        ("node_a".ljust(LONGEST) + "x", "node_a"),
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


@pytest.mark.parametrize(
    ("text", "kind", "identifier"),
    [
        ("2号线", "line", "line_02"),
        ("Line 2", "line", "line_02"),
        ("龙华街道", "township", "310104_longhua_jiedao"),
        ("lhjd", "township", "310104_longhua_jiedao"),
        ("智能软件与算法", "cluster", "software_algorithms"),
        ("znrj", "cluster", "software_algorithms"),
        ("AI 重点企业数", "measure", "ai_key_firms"),
        ("ai key firms", "measure", "ai_key_firms"),
        ("智元", "institution", "agibot"),
        ("WITA对话助手", "service", None),
    ],
)
def test_every_kind_is_found(whole: Index, text: str, kind: str, identifier: str | None) -> None:
    found = [hit.id for hit in whole.search(text) if hit.kind == kind]
    assert found
    assert identifier in (None, found[0])


@pytest.fixture(scope="module")
def whole(atlas: Atlas) -> Index:
    return Index(atlas)


@pytest.mark.parametrize(
    "text", ["zhangjinag", "zhangjian9", "zhngjiang", "zhaangjiang", "Zhangjinag", "张江科学成", "张将科学城"]
)
def test_one_wrong_letter_is_a_guess(whole: Index, text: str) -> None:
    assert whole.search(text) == [] or text == "zhngjiang"
    assert whole.near(text)[0].id == "zhangjiang"
    assert all(hit.score > WORST for hit in whole.near(text))


@pytest.mark.parametrize("text", ["", "张", "张将", "zhan", "qqqqqqqq", "完全没有的名字", "{{7*7}}", "<script>"])
def test_what_is_too_short_or_too_far_is_no_guess(whole: Index, text: str) -> None:
    assert whole.near(text) == []


@pytest.mark.parametrize(
    ("text", "plain"),
    [("東区", "东区"), ("ｐａｒｋ　ｂ", "park b"), ("yǐyuán", "yiyuan"), ("parks", "park"), ("二号线", "2号线")],
)
def test_a_query_may_be_in_traditional_characters_with_tones_wide_or_in_the_plural(
    index: Index, whole: Index, text: str, plain: str
) -> None:
    for one in (index, whole):
        wanted = {hit.id for hit in one.search(plain, limit=500) if hit.kind in ("place", "district", "line")}
        assert wanted <= {hit.id for hit in one.search(text, limit=500)}
    assert whole.search("十一号线")[0].name_zh == "11号线"
