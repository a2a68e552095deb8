from __future__ import annotations

import pytest

from geo.base.nearest import nearest, no_such, unknown_part

IDS = ["ai_firms", "ai_firms_per_km2", "area_km2", "test_roads_km"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("ai_frms", "ai_firms"),
        ("AI＿FIRMS", "ai_firms"),
        ("area", "area_km2"),
        ("roads", "test_roads_km"),
        ("ai_firms_2024", "ai_firms"),
    ],
)
def test_the_nearest_comes_first(given: str, expected: str) -> None:
    assert nearest(given, IDS)[0] == expected


@pytest.mark.parametrize("given", ["", "  ", "zzz", "漕河泾"])
def test_what_is_like_nothing_has_no_nearest(given: str) -> None:
    assert nearest(given, IDS) == []


def test_at_most_three_are_suggested() -> None:
    assert len(nearest("abcd", [f"abcd{n}" for n in range(9)])) == 3


def test_an_error_names_the_nearest_or_the_first_of_many_never_all() -> None:
    assert str(no_such("measure", "area_km", IDS)) == "no measure 'area_km': did you mean area_km2?"
    assert str(no_such("measure", "zzz", IDS)) == f"no measure 'zzz': there are {', '.join(IDS)}"
    many = [f"place_{n:03}" for n in range(500)]
    said = str(no_such("place", "?" * 1000, many))
    assert said.endswith("there are " + ", ".join(many[:8]) + " and 492 more")
    assert len(said) < 250
    assert str(no_such("place", "x", [])) == "no place 'x': there are none"


@pytest.mark.parametrize("given", ["area_km", "zzz", "?" * 1000])
@pytest.mark.parametrize("allowed", [IDS, [f"place_{n:03}" for n in range(500)], []])
def test_a_name_that_is_not_there_is_told_in_both_languages(given: str, allowed: list[str]) -> None:
    """With the same names."""
    error = no_such("measure", given, allowed, where="a.csv")
    assert str(error) == error.translations["en"] == f"a.csv: {no_such('measure', given, allowed)}"
    chinese = error.translations["zh"]
    assert chinese.startswith(f"a.csv：没有指标“{given[:80]}”")
    assert all((name in chinese) == (name in str(error)) for name in allowed)
    assert ("492" in chinese) == ("492" in str(error))


@pytest.mark.parametrize("what", ["layer", "sheet"])
def test_a_part_that_a_file_has_not_is_told_with_the_nearest_in_both_languages(what: str) -> None:
    error = unknown_part(what, "企业名簿", ["说明", "企业名单"], "a")
    assert str(error) == f"a: no {what} '企业名簿': there are 说明, 企业名单; did you mean 企业名单?"
    assert error.translations["zh"].endswith("有的是：说明, 企业名单；是不是 企业名单？")
    far = unknown_part(what, "x" * 99, ["说明"], "a")
    assert str(far) == f"a: no {what} '{'x' * 80}': there are 说明"
    assert "是不是" not in far.translations["zh"]
