from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from geo.export.text import guard_formula, has_formula_start, safe_text, unguard_formula, xml_text


@given(st.text(alphabet=st.characters(codec=None) | st.sampled_from("'=+-@\t\r\n0123456789.eE"), max_size=12))
def test_formula_guard_is_undone_and_leaves_no_formula(text: str) -> None:
    guarded = guard_formula(text)
    assert unguard_formula(guarded) == text
    assert guarded == text or guarded[1:] == text


@pytest.mark.parametrize("text", ["=1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", "=cmd|' /C calc'!A0", "-5x"])
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guard_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+3.25", "-1.5e-7", "10", "a=b", "中文", "", "'quoted'"])
def test_numbers_and_plain_text_stay(text: str) -> None:
    assert not has_formula_start(text)
    assert guard_formula(text) == text


@given(st.text(alphabet=st.characters(codec=None), max_size=30))
def test_xml_text_survives_a_parser(text: str) -> None:
    node = etree.Element("a")
    node.text = xml_text(text)
    assert (etree.fromstring(etree.tostring(node, encoding="utf-8")).text or "") == xml_text(text)
    safe_text(text).encode()
    assert "\0" not in safe_text(text)
