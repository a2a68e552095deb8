"""Cells that a spreadsheet would run: guarded, undone, and the same for whole columns."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.assign.guard import guard_batch
from geo.base.formulas import guard_formula, has_formula_start, unguard_formula

BEFORE = st.sampled_from("'=+-@＝1.e\n \u00a0\u200b\u3000\ufeff\x0b")
CELLS = st.text(alphabet=st.characters(codec=None) | st.sampled_from("'=+-@\t\r\n0123456789.eE \u3000"), max_size=12)


@given(CELLS)
def test_formula_guard_is_undone_and_leaves_no_formula(text: str) -> None:
    guarded = guard_formula(text)
    assert unguard_formula(guarded) == text
    assert guarded == text or guarded[1:] == text


@pytest.mark.parametrize(
    "text",
    [
        "=1",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1",
        " =1",
        "\u3000@x",
        "\u200b=1",
        "\u00a0 +x",
        "\ufeff-x",
        "=cmd|' /C calc'!A0",
        "-5x",
    ],
)
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guard_formula(text) == f"'{text}"


@pytest.mark.parametrize("before", [" ", "\u3000", "\u200b", "\u00a0 ", "\ufeff", "\x0b"])
def test_blanks_before_it_hide_no_formula(before: str) -> None:
    assert guard_formula(f"{before}=1") == f"'{before}=1"
    assert guard_formula(f"{before}-1{before}") == f"{before}-1{before}"  # a number that is padded


@pytest.mark.parametrize(
    "text", ["-5", " -5", "+3.25 ", " a=b", "-1.5e-7", "10", "a=b", "中文", "", "'quoted'", "-", "--", " -\u3000"]
)
def test_numbers_and_plain_text_stay(text: str) -> None:
    assert not has_formula_start(text)
    assert guard_formula(text) == text


@given(
    st.lists(
        st.none()
        | st.text(
            alphabet=st.characters(codec="utf-8") | st.sampled_from("'=+-@＝1.e\n \u00a0\u200b\u3000\ufeff\x0b"),
            max_size=9,
        )
    )
)
def test_columns_are_guarded_as_cells_are(cells: list[str | None]) -> None:
    for kind in (pa.string(), pa.large_string()):
        whole = pa.array(["=outside the slice", *cells], kind)
        batch = pa.RecordBatch.from_arrays([whole.slice(1), pa.nulls(len(cells), pa.int8())], names=["t", "n"])
        guarded, count = guard_batch(batch)
        assert guarded["t"].to_pylist() == [None if cell is None else guard_formula(cell) for cell in cells]
        assert guarded.schema == batch.schema
        assert count == sum(cell is not None and has_formula_start(cell) for cell in cells)
