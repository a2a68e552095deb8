from __future__ import annotations

import pytest

from geo.render.figure import fonts
from geo.render.figure.fonts import chinese_font, font, width_pt, wrapped


def test_the_font_has_files_for_both_weights_and_measures_them() -> None:
    chosen = font()
    assert chosen.family == chinese_font()
    assert chosen.face(False) == chosen.regular != chosen.bold == chosen.face(True)
    assert width_pt("张江", 10) == pytest.approx(20, rel=0.02)
    assert width_pt("AI", 20) == pytest.approx(2 * width_pt("AI", 10))
    assert width_pt("Zhangjiang", 10, bold=True) > width_pt("Zhangjiang", 10)


def test_without_a_chinese_font_one_is_there_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "CHINESE_FONTS", ("No Such Font",))
    assert chinese_font() is None
    assert font().family == "DejaVu Sans"
    assert width_pt("Hongqiao", 10) > 30


def test_lines_fit_keep_all_and_break_where_one_may() -> None:
    told = "上海市人民政府关于同意《张江科学城建设规划》的批复（沪府〔2017〕68号），Zhangjiang Science City, 2017"
    lines = wrapped(told, 120, 8)
    assert "".join(lines).replace(" ", "") == told.replace(" ", "")
    assert all(width_pt(line, 8) <= 120.01 for line in lines)
    assert not any(line[0] in "，。）〕》" or line[-1] in "（〔《" for line in lines)
    assert not any("Zhangjiang"[:n] == line[-n:] for line in lines for n in range(3, 10))
    assert wrapped("a\nb", 100, 8) == ["a", "b"]
    # What is longer than a line is cut, not lost.
    address = "https://example.org/" + "a" * 80
    assert "".join(wrapped(address, 60, 8)) == address
