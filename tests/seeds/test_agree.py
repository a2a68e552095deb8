"""Whether rows that rest on the same words, or speak of the same firm, tell the same date and qualifier."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
import tiny_city

from geo.seeds.agree import check_agreement, dates_in
from geo.seeds.read import Seeds, read_seeds

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shanghai() -> Seeds:
    return read_seeds(ROOT / "seeds")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("截至2020年末,入驻法人企业4.9万家", ["2020-12"]),
        ("截止到2020年底，重点企业1149家", ["2020-12"]),
        ("截至2025年12月24日,已有139款大模型完成备案", ["2025-12-24"]),
        ("截至2023年6月底", ["2023-06"]),
        ("截至2023年", ["2023"]),
        ("As of Dec. 24, 2025, Shanghai had registered 139", ["2025-12-24"]),
        ("By the end of 2018, output reached 70 billion yuan", ["2018-12"]),
        ("As of the end of June 2021", ["2021-06"]),
        # a year of a period, an aim, and no date at all
        ("2020年入驻4.9万家", []),
        ("to hit 5 EFLOPS by 2025", []),
        ("截至目前，企业300家", []),
        ("截至2023年13月", []),
    ],
)
def test_the_dates_up_to_which_words_count(words: str, expected: list[str]) -> None:
    assert [str(date) for date in dates_in(words)] == expected


def test_the_seeds_agree_with_their_words_and_each_other(shanghai: Seeds, tmp_path: Path) -> None:
    assert check_agreement(shanghai.rows) == []
    assert check_agreement(read_seeds(tiny_city.write(tmp_path / "seeds")).rows) == []


@pytest.mark.parametrize("table", ["facts", "policy_outcomes"])
def test_a_figure_stands_at_the_date_its_words_give(shanghai: Seeds, table: str) -> None:
    rows = copy.deepcopy(dict(shanghai.rows))
    published = {row["source_id"]: row["published"] for row in rows["sources"]}
    row = next(row for row in rows[table] if published.get(row["source_id"], "") >= "2025" and row["as_of"])
    row.update({"quote": "截至2023年6月，企业300家", "as_of": "2024"})
    (problem,) = [found for found in check_agreement(rows) if "words give" in found]
    assert re.match(rf"{table}\.csv:\d+: as_of 2024 is not the date its words give \(2023-06, '截至2023年6月", problem)
    for as_of, words in (("2023", "截至2023年6月"), ("2023-06-30", "截至2023年6月"), ("2024", "by the end of 2099")):
        row.update({"quote": words, "as_of": as_of})
        assert not [found for found in check_agreement(rows) if "words give" in found]


def test_an_outcome_and_a_fact_of_the_same_words_are_one(shanghai: Seeds) -> None:
    rows = copy.deepcopy(dict(shanghai.rows))
    units = {row["measure_id"]: row["unit"] for row in rows["measures"]}
    fact = next(row for row in rows["facts"] if row["quote"] and units[row["measure_id"]] == "firms")
    same = {column: fact[column] for column in ("source_id", "value", "quote", "as_of", "qualifier")}
    outcome = rows["policy_outcomes"][0]
    outcome.update({**same, "unit": "firms"})
    assert check_agreement(rows) == []
    outcome.update({"as_of": "1999-01", "qualifier": "under"})
    found = check_agreement(rows)
    assert [re.search(r"csv:2: (\w+) (\S+) of .* rests on the same words", problem).groups() for problem in found] == [  # type: ignore[union-attr]
        ("as_of", "1999-01"),
        ("qualifier", "under"),
    ]
    for other in ({"quote": "别的话"}, {"quote": ""}, {"value": "9999999"}, {"unit": "models"}):
        outcome.update({**same, "unit": "firms", "as_of": "1999-01", **other})
        assert check_agreement(rows) == []


def test_an_institution_is_not_older_than_what_it_filed(shanghai: Seeds) -> None:
    rows = copy.deepcopy(dict(shanghai.rows))
    filed = next(row for row in rows["filed_services"] if row["institution_id"])
    number, firm = next(
        (n, row)
        for n, row in enumerate(rows["institutions"], start=2)
        if row["institution_id"] == filed["institution_id"]
    )
    filed["filed_on"] = "2099-05-06"
    firm.update({"as_of": "2020", "note_zh": ""})
    (problem,) = check_agreement(rows)
    assert problem.startswith(f"institutions.csv:{number}: {firm['institution_id']} is of 2020, yet it filed a service")
    for cells in ({"as_of": "2099-05"}, {"note_zh": "2099-05-06 有大模型备案"}, {"as_of": "unknown"}):
        firm.update({"as_of": "2020", "note_zh": "", **cells})
        assert check_agreement(rows) == []
