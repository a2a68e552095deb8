"""Every way of writing a number that words may hold, and the numbers they do not hold."""

from __future__ import annotations

import copy
import csv
from pathlib import Path

import pytest
import tiny_city

from geo.seeds.quotes import LONGEST_QUOTE, check_quotes, holds, readings
from geo.seeds.read import Seeds, read_seeds

ROOT = Path(__file__).parents[2]
YI, WAN, KM2, PER_CENT = 1e8, 1e4, 1e6, 0.01

# words, number in its unit, base units in one unit
HELD = [
    # digits
    ("规模达4354.92亿元", 4354.92, YI),
    ("规模达4,354.92亿元", 4354.92, YI),
    ("规模达４３５４．９２亿元", 4354.92, YI),
    ("规模达４，３５４．９２亿元", 4354.92, YI),
    ("435.492 billion yuan", 4354.92, YI),
    ("435,492 million yuan", 4354.92, YI),
    ("435.492bn yuan", 4354.92, YI),
    ("集聚企业1149家", 1149, 1),
    ("集聚企业1,149家", 1149, 1),
    ("14 000 firms", 14000, 1),
    ("a total of 24,000 companies", 24000, 1),
    ("over 500 AI-related companies", 500, 1),
    ("1330 | 电子信息", 1330, None),
    # Chinese magnitudes
    ("企业1.4万多家", 14000, 1),
    ("从业人员近30万", 300000, 1),
    ("从业人员20余万人", 200000, 1),
    ("1万4千家", 14000, 1),
    ("3千万元", 0.3, YI),
    ("500万亿元", 5_000_000, YI),
    ("萬億級,達1.8萬億元", 18000, YI),
    ("五、六家，共3萬人", 30000, 1),
    # Chinese numerals
    ("三千零五十六家", 3056, 1),
    ("四千三百亿元", 4300, YI),
    ("四千三百五十四点九二亿元", 4354.92, YI),
    ("三百五十家", 350, 1),
    ("两千亿元", 2000, YI),
    ("两万三千人", 23000, 1),
    ("十五个", 15, 1),
    ("一百零三家", 103, 1),
    ("二十余万人", 200000, 1),
    ("逾千亿元", 1000, YI),
    ("百余家企业", 100, 1),
    ("近百家", 100, 1),
    ("一亿两千万元", 1.2, YI),
    ("壹仟贰佰叁拾肆家", 1234, 1),
    ("共五个部分21条措施", 5, 1),
    # English numerals
    ("twenty-one provisions", 21, 1),
    ("three hundred and fifty firms", 350, 1),
    ("two thousand three hundred", 2300, 1),
    ("a dozen parks", 12, 1),
    ("1.5 million people", 1_500_000, 1),
    ("one million square metres", 100, WAN),
    ("5 thousand visitors", 5000, 1),
    # areas and lengths in other units
    ("占地11万平方米", 0.11, KM2),
    ("110,000 m2", 0.11, KM2),
    ("110,000 m²", 11, WAN),
    ("total floor area of 300,000 square meters", 30, WAN),
    ("15.7 sq km", 15.7, KM2),
    ("规划面积1330公顷", 13.3, KM2),
    ("868.18 hectares", 8.6818, KM2),
    ("120平方千米", 120, KM2),
    ("15.7(平方公里)", 15.7, KM2),
    ("20,48 chilometri quadrati", 20.48, KM2),
    ("3천여 건의 첨단 과학기술", 3000, None),
    ("1천500여 명의 대표", 1500, None),
    ("开放道路530.57公里", 530.57, 1e3),
    ("2.3 million km of tests", 230, 1e7),
    ("算力超过120 EFLOPS", 120, 1e18),
    ("5000 PFLOPS", 5, 1e18),
    # shares
    ("同比增长39.6%", 39.6, PER_CENT),
    ("同比增长３９．６％", 39.6, PER_CENT),
    ("39.6 percent", 39.6, PER_CENT),
    ("39.6 per cent", 39.6, PER_CENT),
    ("占全市四分之一", 25, PER_CENT),
    ("超1/4的备案企业", 25, PER_CENT),
    ("占三分之一", 33.3, PER_CENT),
    ("nearly one-third of the talent", 33.3, PER_CENT),
    ("two thirds", 66.7, PER_CENT),
    ("one-ninth of the nation's total output", 11.1, PER_CENT),
    ("an eighth of the city", 12.5, PER_CENT),
    ("百分之六十", 60, PER_CENT),
    ("占六成", 60, PER_CENT),
    ("增长五成半", 55, PER_CENT),
    ("about half of the city's", 50, PER_CENT),
    # years
    ("2012年9月成為全市首家", 2012, 1),
    ("漕河泾 | 1988.06 | 1330", 1988, 1),
    ("on 2018-09-17", 2018, 1),
    ("二〇一七年", 2017, 1),
    ("一九八八年", 1988, 1),
    # ranges
    ("投资50—60亿元", 50, YI),
    ("投资50至60亿元", 60, YI),
    ("30-35 billion yuan", 300, YI),
]

NOT_HELD = [
    # syllables of Korean words and names
    ("인천과 상하이", 1000, None),
    ("천만다행으로", 10_000_000, None),
    ("300개 기업이 참여했다, 백여", 100, None),
    ("规模达4354.92亿元", 4354.9, YI),  # another figure, if only by rounding
    ("规模达4354.92亿元", 435.492, YI),
    ("435.492 million yuan", 4354.92, YI),
    ("120万元", 120, YI),
    ("集聚企业1149家", 149, 1),
    ("集聚企业1149家", 114, 1),
    ("2018年，300家", 2018300, 1),
    ("占全市60%", 60, 1),  # sixty per cent are not sixty firms
    ("三千零五十六家", 3560, 1),
    ("三千五百", 3056, 1),
    ("二十余万人", 20, 1),
    ("15.7平方公里", 16, KM2),
    ("1330平方公里", 13.3, KM2),
    ("300,000 square metres", 300, WAN),
    ("over 500 companies", 50, 1),
    ("half of the firms", 25, PER_CENT),
    ("四分之一", 40, PER_CENT),
    ("", 1, 1),
    ("没有数字的一句话", 0, 1),
    ("a firm and an island", 1, 1),
]


@pytest.mark.parametrize(("quote", "value", "factor"), HELD)
def test_a_quote_holds_its_number_in_any_writing(quote: str, value: float, factor: float | None) -> None:
    decimals = len(f"{value:g}".partition(".")[2])
    assert holds(quote, value, factor, decimals=decimals), [reading.value for reading in readings(quote)]
    assert not holds(quote, value * 3.7, factor, decimals=decimals)


@pytest.mark.parametrize(("quote", "value", "factor"), NOT_HELD)
def test_a_quote_does_not_hold_another_number(quote: str, value: float, factor: float) -> None:
    assert not holds(quote, value, factor, decimals=len(f"{value:g}".partition(".")[2]))


def test_a_fraction_may_be_rounded_only_as_the_number_is() -> None:
    assert holds("占三分之一", 33.3, PER_CENT, decimals=1)
    assert not holds("占三分之一", 33.4, PER_CENT, decimals=1)
    assert not holds("占三分之一", 33.3, PER_CENT, decimals=2)
    assert holds("占地800亩", 0.53, KM2, decimals=2)
    assert not holds("占地800亩", 0.54, KM2, decimals=2)


def test_chinese_numerals_by_counting_on() -> None:
    """Every number up to 12,000 and some beyond, written by a second route and read back."""
    numbers = [*range(1, 12_000, 7), 99_999, 100_000, 123_456, 1_000_000, 10_000_000, 430_000_000, 1_200_300_000]
    for number in numbers:
        assert number in {reading.value for reading in readings(f"共{written(number)}个")}, written(number)


def written(number: int) -> str:
    """Return a whole number as Chinese writes it."""
    digits = "零一二三四五六七八九"
    for power, name in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= power:
            head, rest = divmod(number, power)
            zero = "零" if rest and rest < power // 10 else ""
            return written(head) + name + zero + (written(rest) if rest else "")
    return digits[number]


def test_hostile_words_are_read_in_time_and_without_an_error() -> None:
    for quote in (
        "九" * 400,
        "1" * 400,
        "1,234" * 80,
        "万亿" * 200,
        "one hundred " * 90,
        "分之" * 200,
        "(" * 400,
        "½⅓②㊿",
    ):
        readings(quote)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    return read_seeds(tiny_city.write(tmp_path_factory.mktemp("quotes") / "seeds"))


def problems(seeds: Seeds, table: str, *changes: dict[str, str]) -> list[str]:
    rows = copy.deepcopy(dict(seeds.rows))
    for row, cells in zip(rows[table], changes, strict=False):
        row.update(cells)
    return check_quotes(rows)


WITHOUT = {"quote_note_zh": "", "quote_note_en": ""}


@pytest.mark.parametrize("table", ["facts", "policy", "policy_outcomes"])
def test_no_words_need_a_reason_in_both_languages(whole: Seeds, table: str) -> None:
    (problem,) = problems(whole, table, WITHOUT)
    assert problem.startswith(f"{table}.csv:2: has no quote and does not say why")
    (problem,) = problems(whole, table, {"quote_note_en": ""})
    assert problem == f"{table}.csv:2: quote_note_zh and quote_note_en: give both or neither"
    assert problems(whole, table, {}) == []


def test_words_must_hold_the_number_and_be_short(whole: Seeds) -> None:
    assert problems(whole, "facts", {"quote": "面积7.97平方公里", **WITHOUT}) == []
    (problem,) = problems(whole, "facts", {"quote": "面积约8平方公里", **WITHOUT})
    assert problem.startswith(
        "facts.csv:2: quote does not hold the number 7.97 it is to prove ('面积约8平方公里'): give"
    )
    assert problems(whole, "facts", {"quote": "7.97" + "。" * (LONGEST_QUOTE - 4), **WITHOUT}) == []
    (problem,) = problems(whole, "facts", {"quote": "7.97" + "。" * (LONGEST_QUOTE - 3), **WITHOUT})
    assert problem == "facts.csv:2: quote has 101 characters: cut it to 100, keeping the number"


def test_a_reason_excuses_no_wrong_words(whole: Seeds) -> None:
    (problem,) = problems(whole, "facts", {"quote": "面积约8平方公里"})  # the note of the tiny city stands beside it
    assert "does not hold the number 7.97" in problem


def test_the_unit_decides_what_a_number_is(whole: Seeds) -> None:
    rows = copy.deepcopy(dict(whole.rows))
    rows["facts"][0].update({"quote": "规划面积797公顷", **WITHOUT})
    assert len(check_quotes(rows)) == 1  # without a factor the number must stand as it is
    next(row for row in rows["units"] if row["unit_id"] == "km2")["factor"] = "1000000"
    assert check_quotes(rows) == []
    rows["facts"][0]["quote"] = "规划面积79.7公顷"
    assert len(check_quotes(rows)) == 1


def test_the_locator_may_name_the_unit_that_only_a_tables_head_names(whole: Seeds) -> None:
    rows = copy.deepcopy(dict(whole.rows))
    next(row for row in rows["units"] if row["unit_id"] == "km2")["factor"] = "1000000"
    cells = {"quote": "甲园 | 1988.06 | 797 | 机器人", **WITHOUT}
    rows["facts"][0].update(cells)
    assert len(check_quotes(rows)) == 1
    rows["facts"][0]["locator"] = "797公顷"
    assert check_quotes(rows) == []
    rows["facts"][0]["quote"] = "甲园 | 1988.06 | 79 | 机器人"  # the number itself must be among the words
    assert len(check_quotes(rows)) == 1


def test_policy_without_a_number_needs_words_but_no_number(whole: Seeds) -> None:
    assert problems(whole, "policy", {"quote": "建成一批园区", **WITHOUT}) == []
    (problem,) = problems(whole, "policy", {"quote": "建成一批园区", "value": "6", "unit": "count", **WITHOUT})
    assert "does not hold the number 6" in problem
    assert problems(whole, "policy", {"quote": "建成六个园区", "value": "6", "unit": "count", **WITHOUT}) == []


def test_all_problems_are_told_at_once(whole: Seeds) -> None:
    found = problems(whole, "facts", WITHOUT, {"quote": "无", **WITHOUT}, {"quote": "万" * 101, **WITHOUT})
    assert [p.split(":")[1] for p in found] == ["2", "3", "4", "4"]


def test_quotes_of_the_real_seeds_prove_their_own_number_and_hardly_another() -> None:
    """The check means something: of all the facts' words few would pass with a tenth, ten or 10,000 times the value."""
    with (ROOT / "seeds" / "facts.csv").open(encoding="utf-8", newline="") as file:
        facts = [row for row in csv.DictReader(file) if row.get("quote")]
    with (ROOT / "seeds" / "measures.csv").open(encoding="utf-8", newline="") as file:
        units = {row["measure_id"]: row["unit"] for row in csv.DictReader(file)}
    with (ROOT / "seeds" / "units.csv").open(encoding="utf-8", newline="") as file:
        factors = {row["unit_id"]: float(row["factor"]) for row in csv.DictReader(file) if row["factor"]}
    assert len(facts) >= 600
    for wrong in (10, 0.1, 10_000, 1e-4):
        passed = [
            row for row in facts if holds(row["quote"], float(row["value"]) * wrong, factors[units[row["measure_id"]]])
        ]
        assert len(passed) <= 0.015 * len(facts), wrong
