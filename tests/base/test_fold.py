"""Text as it is compared."""

from __future__ import annotations

import time

from geo.base.fold import fold


def test_case_width_blanks_and_dashes_make_no_difference() -> None:
    assert fold(" Ａｂ—c ") == fold("aB-C") == "ab-c"
    assert fold("徐汇 滨江") == fold("徐汇　滨江") == "徐汇滨江"
    assert fold("ab") != fold("a.b")


def test_heaped_marks_take_no_time() -> None:
    """Each pair is put into the other order: that took quadratic time."""
    began = time.process_time()
    assert len(fold("\u0315\u0300" * 500_000)) <= 1000
    assert time.process_time() - began < 0.5
