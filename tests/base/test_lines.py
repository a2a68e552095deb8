from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from geo.base.lines import columns_of, is_wide, wrapped


def _columns(letter: str) -> int:
    return 2 if is_wide(letter) else 1


@given(st.text(alphabet="ab中，。（ \n", max_size=60), st.integers(4, 20))
def test_lines_fit_and_keep_all_letters(words: str, width: int) -> None:
    lines = wrapped(words, width, _columns)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", words)
    assert all(columns_of(line) <= width for line in lines)
    assert len(lines) > words.count("\n")


def test_lines_break_where_one_may() -> None:
    told = "上海市人民政府关于同意《张江科学城建设规划》的批复（沪府〔2017〕68号），Zhangjiang Science City, 2017"
    lines = wrapped(told, 24, _columns)
    assert not any(line[0] in "，。）〕》," or line[-1] in "（〔《 " for line in lines)
    for word in ("Zhangjiang", "Science", "City,", "2017"):
        assert any(word in line for line in lines)
    # Each line holds as much as it can: what the next begins with does not fit.
    assert all(columns_of(line) > 24 - 11 for line in lines[:-1])


def test_each_letter_is_measured_a_few_times_however_long_the_text_is() -> None:
    asked = 0

    def width(letter: str) -> int:
        nonlocal asked
        asked += 1
        return _columns(letter)

    words = "中文 and words " * 200 + "a" * 2000
    assert len(wrapped(words, 400, width)) > 9
    assert asked <= 3 * len(words)
