"""Whether a figure is about, over, nearly or exactly what the words say."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
import tiny_city

from geo.seeds.qualifiers import check_qualifiers, qualifiers_in
from geo.seeds.read import Seeds, read_seeds

ROOT = Path(__file__).parents[2]
YI, WAN, KM2, PER_CENT, EFLOPS = 1e8, 1e4, 1e6, 0.01, 1e18


@pytest.mark.parametrize(
    ("words", "value", "factor", "expected"),
    [
        ("近300家企业", 300, 1, {"nearly"}),
        ("接近400亿元", 400, YI, {"nearly"}),
        ("nearly 20,000 PFLOPS managed", 20, EFLOPS, {"nearly"}),
        ("约15.7平方公里", 15.7, KM2, {"about"}),
        ("規劃總用地面積約30.54公頃", 0.3054, KM2, {"about"}),
        ("10家左右的独角兽", 10, 1, {"about"}),
        ("约占全市的61%", 61, PER_CENT, {"about"}),
        ("力争达千亿级规模", 1000, YI, {"about"}),
        ("about 22.9 million km", 2290, 1e7, {"about"}),
        ("超1/4的大模型备案企业", 25, PER_CENT, {"over"}),
        ("1.4万多家", 14000, 1, {"over"}),
        ("1500余家", 1500, 1, {"over"}),
        ("600家以上", 600, 1, {"over"}),
        ("百余家", 100, 1, {"over"}),
        ("上千家", 1000, 1, {"over"}),
        ("more than 91 billion yuan", 910, YI, {"over"}),
        ("exceeding 450 billion yuan", 4500, YI, {"over"}),
        ("300여 건의 구매 수요", 300, 1, {"over"}),
        ("überschritt im letzten Jahr 210 Milliarden Yuan", 2100, YI, {"over"}),
        ("不足300家", 300, 1, {"under"}),
        ("16至17家企业", 16, 1, {"about", "over"}),
        ("기업 800개, 여러 나라", 800, 1, {"exact"}),
        # the word belongs to another number, or is none
        ("企业300余家，人才300名", 300, 1, {"over", "exact"}),
        ("占地11万平方米,总建筑面积约35万平方米", 0.11, KM2, {"exact"}),
        ("推动1000家规模以上制造业企业", 1000, 1, {"exact"}),
        ("集中突破50项关键技术", 50, 1, {"exact"}),
        ("19个区级高质量孵化器", 19, 1, {"exact"}),
        ("the park to cover 7.46 square kilometers", 7.46, KM2, {"exact"}),
        ("邻近的16家", 16, 1, {"exact"}),
        ("没有这个数", 16, 1, set()),
    ],
)
def test_the_qualifier_is_read_off_the_words_at_the_number(
    words: str, value: float, factor: float, expected: set[str]
) -> None:
    assert qualifiers_in(words, value, factor) == expected


@pytest.fixture(scope="module")
def shanghai() -> Seeds:
    return read_seeds(ROOT / "seeds")


def changed(seeds: Seeds, quote: str, **cells: str) -> list[str]:
    """Return the problems of the first fact of a count after its words and cells have changed."""
    rows = copy.deepcopy(dict(seeds.rows))
    units = {row["measure_id"]: row["unit"] for row in rows["measures"]}
    fact = next(row for row in rows["facts"] if units[row["measure_id"]] == "firms")
    fact.update({"value": "300", "note_zh": "", "quote_note_zh": "", "quote": quote, **cells})
    return check_qualifiers(rows)


def test_every_qualifier_of_the_seeds_is_its_sources(shanghai: Seeds, tmp_path: Path) -> None:
    assert check_qualifiers(shanghai.rows) == []
    assert check_qualifiers(read_seeds(tiny_city.write(tmp_path / "seeds")).rows) == []


def test_a_qualifier_that_the_words_do_not_carry_is_told(shanghai: Seeds) -> None:
    (problem,) = changed(shanghai, "近300家", qualifier="exact")
    assert re.search(r"facts\.csv:\d+: qualifier is exact, its words give 300 as nearly .*say why in note_zh", problem)
    assert len(changed(shanghai, "300家", qualifier="over")) == 1
    assert changed(shanghai, "300家", qualifier="exact") == []
    assert changed(shanghai, "300余家", qualifier="over") == []


def test_a_note_may_explain_and_a_share_written_out_is_about(shanghai: Seeds) -> None:
    assert changed(shanghai, "300家", qualifier="about", note_zh="整数") == []
    assert changed(shanghai, "占全国的1/9", qualifier="about", value="11.1", measure_id="ai_talent_share_pct") == []
